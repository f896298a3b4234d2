"""Root fields: node, lists, single records, aggregates, subscriptions, and those that plugins write by hand.

Those of queries are nullable, so that one that is refused leaves the others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import sqlalchemy as sa
import strawberry

import kehu
from kehu.kernel.broker import RecordChange
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.ids import global_id, key_of, parse_global_id
from kehu.kernel.names import camel
from kehu.kernel.plugin import declarations as d
from kehu.kernel.reading.pages import ListArguments, page
from kehu.platform.identity.sign_in import renew_principal
from kehu_graphql.schema.fields import (
    Argument,
    Bag,
    GeneratedField,
    define,
    field,
    list_of,
    new_class,
    nullable,
)
from kehu_graphql.schema.functions import DeclaredFunction, blaming, stream
from kehu_graphql.schema.inputs import list_arguments
from kehu_graphql.schema.registry import Registry


@dataclasses.dataclass(frozen=True, slots=True)
class RootOf:
    """What a root field of an entity does: get, list or aggregate; `node` and `nodes` are of none."""

    entity: EntityDefinition | None
    operation: str


def node_fields(registry: Registry) -> list[GeneratedField]:
    """`node` and `nodes`, as Relay has them."""

    async def find(ctx: kehu.Context, id: str) -> Any:
        type_name, key = parse_global_id(id)
        entity = registry.composition.by_name.get(type_name)
        return None if entity is None or "get" not in entity.operations else await ctx.find(entity.model, key)

    async def node(root: Any, info: Any, *, id: str) -> Any:
        info.context.require_signed_in()
        return await find(info.context, id)

    async def nodes(root: Any, info: Any, *, ids: list[str]) -> list[Any]:
        info.context.require_signed_in()
        return [await find(info.context, id) for id in ids]

    one = nullable(strawberry.relay.Node)
    many = nullable(list_of(one))
    return [
        field(
            "node",
            one,
            resolve=node,
            means=RootOf(None, "node"),
            arguments={"id": Argument(strawberry.ID, description="Which record.")},
            description="Any record by its global id.",
        ),
        field(
            "nodes",
            many,
            resolve=nodes,
            means=RootOf(None, "nodes"),
            arguments={"ids": Argument(list_of(strawberry.ID), description="Which records.")},
            description="Records by their global ids, in order; null where there is none.",
        ),
    ]


def entity_queries(registry: Registry, entity: EntityDefinition) -> list[GeneratedField]:
    """The list and the single record of an entity."""
    model, fields = entity.model, []

    async def get(root: Any, info: Any, *, id: str) -> Any:
        info.context.require(entity.permission("read"))
        return await info.context.find(model, key_of(id, entity.name, field="id"))

    async def listed(root: Any, info: Any, **given: Any) -> Any:
        info.context.require_signed_in()
        return await page(info.context, model, ListArguments(**given))

    if "get" in entity.operations:
        fields.append(
            field(
                entity.singular,
                nullable(registry.objects[model]),
                resolve=get,
                means=RootOf(entity, "get"),
                arguments={"id": Argument(strawberry.ID, description="Which record.")},
                description=f"One {entity.name} by its id; null where there is none that you may see.",
            )
        )
    if "list" in entity.operations:
        fields.append(
            field(
                entity.plural,
                nullable(registry.connections[model]),
                resolve=listed,
                means=RootOf(entity, "list"),
                arguments=list_arguments(registry, model),
                description=f"The {entity.plural} that you may see.",
            )
        )
    return fields


def entity_subscription(registry: Registry, entity: EntityDefinition) -> GeneratedField:
    """`customerChanged(filter)`: each write of a record that the listener may see."""
    change = _change_type(registry, entity)

    async def changed(root: Any, info: Any, *, filter: Any = None) -> AsyncIterator[Any]:
        ctx: kehu.Context = info.context
        ctx.require(entity.permission("read"))
        async with aclosing(ctx.app.broker.listen(entity.model)) as told:
            async for news in told:
                if not await renew_principal(ctx):
                    return
                ctx.forget()
                try:
                    event = await _event(ctx, change, entity, news, filter)
                except kehu.Refusal as refusal:
                    yield refusal  # Completing it raises it: the listener learns why nothing comes any more.
                    return
                if event is not None:
                    yield event
                await ctx.session.close()  # resumed once the answer is sent: no connection is held while idle

    return field(
        f"{entity.singular}Changed",
        change,
        resolve=changed,
        subscription=True,
        arguments={"filter": Argument(nullable(registry.filters[entity.model]), description="Only these.")},
        description=f"Tells of each write of a {entity.name} that you may see.",
    )


def root_query(registry: Registry, root: d.RootDeclaration) -> GeneratedField:
    """A hand-written query."""
    function = DeclaredFunction(registry, root.function, root.origin, skip=0)

    async def resolve(parent: Any, info: Any, **given: Any) -> Any:
        _authorise(info.context, root)
        return await function.answer(info.context, info, given)

    return field(
        camel(root.name),
        nullable(registry.output(function.returns)),
        resolve=resolve,
        arguments=function.arguments,
        description=root.description,
        deprecated=root.deprecated,
    )


def root_subscription(registry: Registry, root: d.RootDeclaration) -> GeneratedField:
    """A hand-written subscription."""
    function = DeclaredFunction(registry, root.function, root.origin, skip=0)

    async def resolve(parent: Any, info: Any, **given: Any) -> AsyncIterator[Any]:
        ctx: kehu.Context = info.context
        _authorise(ctx, root)
        with blaming(root.origin.plugin):
            async for value in stream(function, ctx, info, given):
                before = ctx.principal
                if not await renew_principal(ctx):
                    return
                try:
                    _authorise(ctx, root)
                except kehu.Refusal as refusal:
                    yield refusal
                    return
                if ctx.principal == before:  # or the plugin has read under rights that are others by now
                    yield value

    return field(
        camel(root.name),
        registry.items(function.returns),
        resolve=resolve,
        arguments=function.arguments,
        description=root.description,
        deprecated=root.deprecated,
        subscription=True,
    )


def _authorise(ctx: kehu.Context, root: d.RootDeclaration) -> None:
    if root.permission:
        ctx.require(root.permission)
    elif not root.public:
        ctx.require_signed_in()


async def _event(
    ctx: kehu.Context, change: type[Any], entity: EntityDefinition, news: RecordChange, filter: Any
) -> Any:
    """What a listener is told of a write; None where it may not see the record. Raises Forbidden without the right."""
    permission = entity.permission("read")
    ctx.require(permission)
    record = await _seen(ctx, entity, news, filter)
    is_told = record is not None or (
        news.operation == "delete" and ctx.principal.level(permission) is kehu.Level.ALL
    )
    if not is_told:
        return None
    return change(
        operation=news.operation.upper(),
        id=global_id(entity.name, news.key),
        changed=list(news.changed),
        **{entity.singular: record},
    )


async def _seen(ctx: kehu.Context, entity: EntityDefinition, news: RecordChange, filter: Any) -> Any:
    """The record as it is now, if the listener may see it and the filter holds; archived records count too."""
    if news.operation == "delete":
        return None
    conditions = ctx.app.filters.clauses(ctx, entity.model, entity.model, filter or {})
    statement = sa.select(entity.model).where(entity.model.id == news.key, *conditions)
    return (await ctx.session.scalars(statement)).one_or_none()


def _change_type(registry: Registry, entity: EntityDefinition) -> type[Any]:
    def fields() -> list[GeneratedField]:
        return [
            field("operation", str, attribute="operation", description="CREATE, UPDATE or DELETE."),
            field("id", strawberry.ID, attribute="id", description="Which record."),
            field(
                entity.singular,
                nullable(registry.objects[entity.model]),
                attribute=entity.singular,
                description="The record as it is now; null once deleted.",
            ),
            field("changed", list[str], attribute="changed", description="The fields that were written."),
        ]

    return define(new_class(f"{entity.name}Changed", Bag), fields, description=f"A write of a {entity.name}.")
