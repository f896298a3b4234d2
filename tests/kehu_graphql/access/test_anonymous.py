"""Who has not signed in is told so, by every root field but those that are for everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from graphql import GraphQLField, is_required_argument

import kehu
from kehu.kernel.names import camel
from kehu_graphql import Api
from tests.kehu_graphql.access.required import root_field, takes_files
from tests.templates import Templates


@pytest.fixture
async def api(database_url: str, templates: Templates) -> AsyncIterator[Api]:
    """All plugins that are installed, on an empty database."""
    app = await templates.open(database_url, *kehu.installed())
    yield Api(app)
    await app.close()


def public_of(api: Api, kind: str) -> set[str]:
    """The root fields that plugins have declared to be for everybody."""
    roots = api.app.composition.roots
    return {camel(root.name) for root in roots if root.kind == kind and root.public}


def fields_of(api: Api, kind: str) -> dict[str, GraphQLField]:
    """All others, but those that only a multipart request can ask for."""
    schema = api.schema._schema
    root = schema.query_type if kind == "query" else schema.mutation_type
    assert root is not None
    return {
        name: field
        for name, field in root.fields.items()
        if name not in public_of(api, kind)
        and not any(takes_files(a.type) and is_required_argument(a) for a in field.args.values())
    }


@pytest.mark.parametrize("kind", ["query", "mutation"])
async def test_who_has_not_signed_in_is_told_so_by_every_root_field(api: Api, kind: str) -> None:
    fields, told = fields_of(api, kind), {}

    for name, field in fields.items():
        answer = await api.execute(f"{kind} {{ {root_field(name, field)} }}", principal=kehu.ANONYMOUS)
        told[name] = [error["extensions"]["code"] for error in answer.get("errors", ())]

    print(f"{len(fields)} fields of {kind}")  # noqa: T201  # how many were asked
    others = {name: codes for name, codes in told.items() if codes != ["UNAUTHENTICATED"]}
    assert (others, len(fields) > 100) == ({}, True)
