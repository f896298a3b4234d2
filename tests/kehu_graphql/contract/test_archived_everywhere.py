"""What holds of archived records holds of all types of all plugins."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_required_argument,
    is_required_input_field,
)

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.names import camel, pascal
from kehu_graphql import Api
from tests.kehu_graphql.compiled.filling import fill
from tests.templates import composed

PLUGINS = ("core", "sfa", "partner_inventory")
SAMPLES = {"ID": "Customer_1", "Decimal": "1", "Date": "2026-03-02", "DateTime": "2026-03-02T09:00:00Z"}


class Archive:
    """Rows of every type, all of them archived where that can be."""

    def __init__(self, api: Api, ids: dict[str, str]) -> None:
        self.api, self.ids = api, ids
        self.schema: GraphQLSchema = api.schema._schema

    async def code(self, mutation: str, **given: Any) -> list[str]:
        """The codes that a mutation answers, whose other required arguments get something."""
        assert self.schema.mutation_type is not None
        arguments = self.schema.mutation_type.fields[mutation].args
        values = {name: sample(a.type) for name, a in arguments.items() if is_required_argument(a)} | given
        variables = ", ".join(f"${name}: {arguments[name].type}" for name in values)
        passed = ", ".join(f"{name}: ${name}" for name in values)
        document = f"mutation ({variables}) {{ done: {mutation}({passed}) {{ userErrors {{ code }} }} }}"
        answer = await self.api.execute(document, values, principal=kehu.SYSTEM)
        assert "errors" not in answer, (mutation, answer["errors"])
        return [error["code"] for error in answer["data"]["done"]["userErrors"]]

    def entities(self) -> Iterator[EntityDefinition]:
        """The types whose records can be archived and of which there is one."""
        for entity in self.api.app.composition.entities.values():
            if issubclass(entity.model, kehu.Archivable) and entity.name in self.ids:
                yield entity


def sample(kind: Any) -> Any:
    """A value of this type of input."""
    if isinstance(kind, GraphQLNonNull):
        return sample(kind.of_type)
    if isinstance(kind, GraphQLList):
        return [sample(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {n: sample(f.type) for n, f in kind.fields.items() if is_required_input_field(f)}
    return SAMPLES.get(kind.name, {"Int": 1, "Float": 1.0, "Boolean": True}.get(kind.name, "x"))


@pytest.fixture
async def archive(database_url: str) -> AsyncIterator[Archive]:
    app = kehu.App(composed(*PLUGINS), database_url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    keys = await fill(app, random.Random(7))  # rows, not secrets
    ids = {}
    async with app.engine.begin() as connection:
        for entity in app.composition.entities.values():
            stored = keys[entity.model.__tablename__]
            if stored:
                ids[entity.name] = kehu.global_id(entity.name, stored[0])
            if issubclass(entity.model, kehu.Archivable):
                gone = sa.func.coalesce(entity.model.archived_at, app.clock())
                await connection.execute(sa.update(entity.model).values(archived_at=gone))
    yield Archive(Api(app), ids)
    await app.close()


async def test_no_archived_record_is_changed_or_used(archive: Archive) -> None:
    refused: list[str] = []
    for entity in archive.entities():
        key = archive.ids[entity.name]
        one, many = pascal(entity.name), pascal(entity.plural)
        asked: list[tuple[str, dict[str, Any]]] = []
        if "update" in entity.operations:
            asked = [(f"update{one}", {"input": {"id": key}}), (f"update{many}", {"inputs": [{"id": key}]})]
        asked += [(f"{camel(a.name)}{one}", {"id": key}) for a in entity.actions if a.name != "unarchive"]
        for mutation, given in asked:
            assert await archive.code(mutation, **given) == ["ARCHIVED"], mutation
        refused += [mutation for mutation, _ in asked]

    print(f"{len(refused)} mutations refuse archived records")  # noqa: T201  # how many were looked at
    assert len(refused) > 120


async def test_every_archived_record_is_taken_back(archive: Archive) -> None:
    taken: list[str] = []
    for entity in archive.entities():
        if "delete" not in entity.operations:
            continue
        codes = await archive.code(f"unarchive{entity.name}", id=archive.ids[entity.name])
        assert "ARCHIVED" not in codes, entity.name
        taken += [entity.name] if not codes else []

    print(f"{len(taken)} types of records were taken back")  # noqa: T201  # how many were looked at
    assert len(taken) > 20
