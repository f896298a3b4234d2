"""Every query and field of all plugins whose function gives records, asked by a reader who may see none of them."""

from __future__ import annotations

import dataclasses
import enum
import typing
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from sqlalchemy.orm import make_transient_to_detached

import kehu
from kehu import Level
from kehu.kernel.plugin import annotations_of
from kehu_graphql.compiled.values import Info
from kehu_graphql.schema import objects, roots
from kehu_graphql.schema.fields import GeneratedField
from kehu_graphql.schema.functions import DeclaredFunction
from kehu_graphql.schema.registry import Registry
from tests.templates import Templates

_LISTS = (list, tuple, set, frozenset)


@pytest.fixture
async def app(database_url: str, templates: Templates) -> AsyncIterator[kehu.App]:
    """All plugins that are installed, on an empty database."""
    app = await templates.open(database_url, *kehu.installed())
    yield app
    await app.close()


def example(registry: Registry, annotation: Any) -> Any:
    """A value of an annotation, with a record wherever there may be one."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        with_records = [part for part in args if registry.has_records(part)]
        return example(registry, with_records[0]) if with_records else None
    if origin is Annotated:
        return example(registry, args[0])
    if args and registry.has_records(args[0]):
        return [example(registry, args[0])]
    if annotation in registry.composition.interfaces:
        annotation = next(m for m, e in registry.composition.entities.items() if e.interfaces)
    if annotation in registry.objects:
        record = annotation(id=uuid.uuid4())
        make_transient_to_detached(record)
        return record
    if dataclasses.is_dataclass(annotation) and registry.has_records(annotation):
        cls: Any = annotation
        made, hints = object.__new__(cls), typing.get_type_hints(cls)
        for member in dataclasses.fields(annotation):
            object.__setattr__(made, member.name, example(registry, hints[member.name]))
        return made
    return None


def records_in(registry: Registry, value: Any) -> Iterator[Any]:
    """The records in a value, wherever they are."""
    if type(value) in registry.objects:
        yield value
    elif isinstance(value, _LISTS):
        for part in value:
            yield from records_in(registry, part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, (type, enum.Enum)):
        for member in dataclasses.fields(value):
            yield from records_in(registry, getattr(value, member.name))


def functions(registry: Registry) -> Mapping[str, tuple[str | None, type[Any] | None, GeneratedField]]:
    """Queries and fields that give records, with the permission that they need and the entity that they are of."""
    found: dict[str, tuple[str | None, type[Any] | None, GeneratedField]] = {}
    for root in registry.composition.roots:
        if root.kind == "query" and gives_records(registry, root.function):
            found[root.name] = root.permission, None, roots.root_query(registry, root)
    for model, entity in registry.composition.entities.items():
        for each in entity.fields:
            if each.kind != "sql" and gives_records(registry, each.function):
                made = objects._computed_field(registry, entity, each)
                found[f"{entity.name}.{each.name}"] = each.read, model, made
    return found


def gives_records(registry: Registry, function: Any) -> bool:
    return registry.has_records(annotations_of(function)["return"])


async def test_no_function_shows_a_record_that_the_reader_may_not_see(
    app: kehu.App, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(app.composition)
    given: list[Any] = []

    async def call(self: DeclaredFunction, *given_to: Any) -> Any:
        many = len(given_to) > 3 and isinstance(given_to[3], list)
        annotation = get_args(self.returns)[0] if many else self.returns
        found = example(registry, annotation)
        given.extend(records_in(registry, found))
        return [found for _ in given_to[3]] if many else found

    monkeypatch.setattr(DeclaredFunction, "call", call)
    leaks, asked = [], 0
    for name, (permission, model, made) in functions(registry).items():
        grants = {permission: Level.ALL} if permission else {}
        source = None if model is None else example(registry, model)
        given.clear()
        async with app.context(kehu.Principal(uuid.uuid4(), "Lea", grants=grants)) as ctx:
            assert made.resolve is not None, name
            shown = await made.resolve(source, Info(ctx))
        readable = {m for m, e in app.composition.entities.items() if e.permission("read") == permission}
        asked += bool(given)
        if {type(record) for record in records_in(registry, shown)} - readable:
            leaks.append(name)

    print(f"{asked} functions that give records")  # noqa: T201  # how many were asked
    assert (leaks, asked > 20) == ([], True)
