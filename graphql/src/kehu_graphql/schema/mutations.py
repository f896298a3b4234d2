"""Mutations: create, update, delete, the actions of entities, and those that plugins write by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import strawberry

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.ids import key_of
from kehu.kernel.names import camel, pascal
from kehu.kernel.plugin import declarations as d
from kehu.kernel.writing.archived import check_current
from kehu.kernel.writing.inputs import check_version, create_record, delete_record, update_record
from kehu.kernel.writing.upserts import upsert_record
from kehu.platform.idempotency.keys import once, refuse_key
from kehu_graphql.schema.bulk import bulk_mutations, told
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
from kehu_graphql.schema.functions import DeclaredFunction, blaming, unwrapped
from kehu_graphql.schema.inputs import key_enum, upsert_input, write_input
from kehu_graphql.schema.registry import Registry
from kehu_graphql.schema.rights import verb_of
from kehu_graphql.schema.visible_records import seen_each

Run = Callable[[kehu.Context, dict[str, Any]], Awaitable[dict[str, Any]]]

_ID = Argument(strawberry.ID, description="Which record.")
_VERSION = Argument(nullable(int), description="Refuse with CONFLICT when the record is at another version.")
_SHOWN = {
    "deletedId": "The record that left.",
    "result": "What came of it.",
    "created": "Whether the record is new.",
}
_RECORD = "The record as it is now."


@dataclasses.dataclass(frozen=True, slots=True)
class MutationOf:
    """What makes a field of the root a mutation that plans may call: it asks of `info` the context and its own key."""

    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """The root value where the mutation has been called already: its payload, or the exception there was instead."""

    outcome: Any

    def again(self) -> Any:
        """The payload. Raises the exception."""
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def entity_mutations(registry: Registry, entity: EntityDefinition) -> list[GeneratedField]:
    """createX, updateX, deleteX, upsertX, their plurals, and the actions of an entity."""
    made = {"create": _create, "update": _update, "delete": _delete}
    fields = [make(registry, entity) for operation, make in made.items() if operation in entity.operations]
    if entity.natural_keys:
        fields.append(_upsert(registry, entity))
    return (
        fields
        + bulk_mutations(registry, entity)
        + [_action(registry, entity, action) for action in entity.actions]
    )


def root_mutation(registry: Registry, root: d.RootDeclaration) -> GeneratedField:
    """A hand-written mutation: its result under `result`, or the fields of the dataclass it returns."""
    function = DeclaredFunction(registry, root.function, root.origin, skip=0, is_writing=True)
    shown = {} if function.returns in (None, type(None)) else {"result": registry.output(function.returns)}

    async def run(ctx: kehu.Context, given: dict[str, Any]) -> dict[str, Any]:
        if root.permission:
            ctx.require(root.permission)
        result = await function.call(ctx, None, given)
        return {"result": result} if shown else {}

    name, arguments, text = camel(root.name), function.arguments, root.description
    return _mutation(
        registry,
        name,
        shown,
        run,
        arguments,
        text,
        deprecated=root.deprecated,
        in_transaction=root.in_transaction,
        is_public=root.public,
    )


def _create(registry: Registry, entity: EntityDefinition) -> GeneratedField:
    async def run(ctx: kehu.Context, given: dict[str, Any]) -> dict[str, Any]:
        return {entity.singular: await create_record(ctx, entity, given["input"])}

    arguments = {"input": Argument(write_input(registry, entity, creating=True), description="Its values.")}
    return _mutation(
        registry, f"create{entity.name}", _own(registry, entity), run, arguments, f"Create a {entity.name}."
    )


def _update(registry: Registry, entity: EntityDefinition) -> GeneratedField:
    async def run(ctx: kehu.Context, given: dict[str, Any]) -> dict[str, Any]:
        return {entity.singular: await update_record(ctx, entity, given["input"])}

    arguments = {
        "input": Argument(write_input(registry, entity, creating=False), description="Its new values.")
    }
    return _mutation(
        registry, f"update{entity.name}", _own(registry, entity), run, arguments, f"Change a {entity.name}."
    )


def _upsert(registry: Registry, entity: EntityDefinition) -> GeneratedField:
    async def run(ctx: kehu.Context, given: dict[str, Any]) -> dict[str, Any]:
        key = entity.natural_keys[given["by"].value]
        outcome = await upsert_record(ctx, entity, key, given["input"])
        return {entity.singular: outcome.record, "created": outcome.created}

    arguments = {
        "by": Argument(
            key_enum(registry, entity), description="What the record is found by; `input` has its value."
        ),
        "input": Argument(upsert_input(registry, entity), description="The key, and the other values."),
    }
    shown = {**_own(registry, entity), "created": bool}
    text = f"Change the {entity.name} with this key, or create it where there is none."
    return _mutation(registry, f"upsert{entity.name}", shown, run, arguments, text)


def _delete(registry: Registry, entity: EntityDefinition) -> GeneratedField:
    archives = issubclass(entity.model, kehu.Archivable)

    async def run(ctx: kehu.Context, given: dict[str, Any]) -> dict[str, Any]:
        record = await delete_record(ctx, entity, given["id"], given.get("version"))
        return {"deletedId": given["id"], **({entity.singular: record} if archives else {})}

    arguments = {"id": _ID, "version": _VERSION}
    shown = {"deletedId": strawberry.ID, **(_own(registry, entity) if archives else {})}
    text = (
        f"Archive a {entity.name}: it leaves lists and stays reachable by its id."
        if archives
        else f"Delete a {entity.name}."
    )
    return _mutation(registry, f"delete{entity.name}", shown, run, arguments, text)


def _action(registry: Registry, entity: EntityDefinition, action: d.ActionDeclaration) -> GeneratedField:
    function = DeclaredFunction(registry, action.function, action.origin, skip=1, is_writing=True)
    verb = camel(action.name)
    returns_itself = function.returns in (None, type(None), entity.model)
    shown = _own(registry, entity)
    if not returns_itself:
        shown["result"] = registry.output(function.returns)

    async def run(ctx: kehu.Context, given: dict[str, Any]) -> dict[str, Any]:
        ctx.require(entity.action_permission(action))
        key = key_of(given.pop("id"), entity.name, field="id")
        record = await ctx.get(entity.model, key, verb=verb_of(entity, action))
        if not action.on_archived:
            check_current(record, entity.name)
        check_version(record, given.pop("version", None))
        with blaming(action.origin.plugin):
            result = await action.function(record, **await function.values(ctx, None, given))
        return {entity.singular: record, **({} if returns_itself else {"result": unwrapped(result)})}

    arguments = {"id": _ID, "version": _VERSION, **function.arguments}
    name, text, gone = verb + entity.name, action.description, action.deprecated
    return _mutation(registry, name, shown, run, arguments, text, deprecated=gone)


def _own(registry: Registry, entity: EntityDefinition) -> dict[str, Any]:
    return {entity.singular: registry.objects[entity.model]}


def _mutation(
    registry: Registry,
    name: str,
    shown: dict[str, Any],
    run: Run,
    arguments: dict[str, Argument],
    description: str | None,
    *,
    deprecated: kehu.Deprecation | None = None,
    in_transaction: bool = True,
    is_public: bool = False,
) -> GeneratedField:
    """A mutation, whose refusals become userErrors of its payload."""
    payload = _payload(registry, f"{pascal(name)}Payload", shown)

    async def resolve(root: Any, info: Any, **given: Any) -> Any:
        if isinstance(root, Done):
            return root.again()
        ctx: kehu.Context = info.context
        if not is_public:
            # Before anything is looked at: who is nobody is told so, and not which ids there are.
            ctx.require_signed_in()
        try:
            if in_transaction:
                values = await once(ctx, info.path.key, lambda: run(ctx, given))
            else:
                refuse_key(ctx, name)
                values = await run(ctx, given)
        except kehu.Unauthenticated:
            raise
        except kehu.Refusal as refusal:
            errors = [told(ctx, error) for error in refusal.errors]
            return payload(**dict.fromkeys(shown), userErrors=errors)
        # Once stored, because a write may take a record out of the writer's sight, and hooks may find others.
        shown_values = await seen_each(ctx, list(values.values()))
        return payload(**dict(zip(values, shown_values, strict=True)), userErrors=[])

    return field(
        name,
        nullable(payload),
        resolve=resolve,
        means=MutationOf(name),
        arguments=arguments,
        description=description,
        deprecated=deprecated,
    )


def _payload(registry: Registry, name: str, shown: dict[str, Any]) -> type[Any]:
    def fields() -> list[GeneratedField]:
        errors = field(
            "userErrors",
            list_of(registry.user_error),
            attribute="userErrors",
            description="Why nothing was changed; empty when it worked.",
        )
        values = (
            field(key, nullable(kind), attribute=key, description=_SHOWN.get(key, _RECORD))
            for key, kind in shown.items()
        )
        return [*values, errors]

    return define(
        new_class(name, Bag),
        fields,
        description="The result of a mutation: the record, or the reasons why not.",
    )
