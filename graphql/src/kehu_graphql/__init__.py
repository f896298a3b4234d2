"""kehu's GraphQL face: the schema of a plugin set, and the server that answers it."""

from kehu_graphql.execution import Api
from kehu_graphql.schema.build import build_schema

__all__ = ["Api", "build_schema"]
