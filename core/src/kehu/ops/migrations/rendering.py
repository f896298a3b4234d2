"""How a revision file writes the types of columns: in SQLAlchemy's own words, so that it never needs kehu again."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator, TypeEngine

from kehu.kernel.errors import SetupError

POSTGRESQL, SQLITE = sa.make_url("postgresql://").get_dialect()(), sa.make_url("sqlite://").get_dialect()()
JSON = 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Alembic's hook: the source text of a type; False leaves everything else to Alembic."""
    return plain(item) if kind == "type" else False


def plain(kind: TypeEngine[Any]) -> str:
    """A type as source text; of a decorator what it stores, with a variant where SQLite stores something else."""
    if isinstance(kind, TypeDecorator):
        stored = kind.load_dialect_impl(POSTGRESQL)
        on_sqlite = kind.load_dialect_impl(SQLITE)
        text, other = plain(stored), plain(on_sqlite)
        return text if text == other else f'{text}.with_variant({other}, "sqlite")'
    if isinstance(kind, sa.JSON):
        return JSON
    if isinstance(kind, sa.Enum):
        return f"sa.String(length={kind.length})"
    if isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float):
        return f"sa.Numeric(precision={kind.precision}, scale={kind.scale})"
    if isinstance(kind, sa.Uuid):
        return "sa.Uuid()"
    return _generic(kind)


def _generic(kind: TypeEngine[Any]) -> str:
    try:
        generic = kind.as_generic()
    except NotImplementedError:
        generic = kind
    if not type(generic).__module__.startswith("sqlalchemy."):
        raise SetupError(
            f"A revision cannot be made of the type {kind!r}; wrap it in a sqlalchemy.types.TypeDecorator."
        )
    return f"sa.{generic!r}"
