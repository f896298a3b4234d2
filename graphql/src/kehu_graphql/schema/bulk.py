"""Mutations of many records, such as `createCustomers`: all or nothing, or each for itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import strawberry

import kehu
from kehu.composition import EntityDefinition
from kehu.idempotency.keys import once
from kehu.names import pascal
from kehu.writing import bulk
from kehu.writing.bulk import ItemsRejected, Outcome, Work
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
from kehu_graphql.schema.inputs import write_input
from kehu_graphql.schema.registry import Registry

_ATOMIC = "All or none; false writes those that can be, and says why not of the others."
_MOST = f"1 to {bulk.LARGEST_BATCH}"


def bulk_mutations(registry: Registry, entity: EntityDefinition) -> list[GeneratedField]:
    """The mutations that write many records of an entity, as far as it offers those that write one."""
    made: dict[str, tuple[Work, str, Any, str]] = {}
    if "create" in entity.operations:
        taken = write_input(registry, entity, creating=True)
        made["create"] = (bulk.create_records, "inputs", taken, f"Create {_MOST} {entity.plural}.")
    if "update" in entity.operations:
        taken = write_input(registry, entity, creating=False)
        made["update"] = (bulk.update_records, "inputs", taken, f"Change {_MOST} {entity.plural}.")
    if "delete" in entity.operations:
        verb = "Archive" if issubclass(entity.model, kehu.Archivable) else "Delete"
        made["delete"] = (bulk.delete_records, "ids", strawberry.ID, f"{verb} {_MOST} {entity.plural}.")
    if not made:
        return []
    payload, result = _payload(registry, entity)
    return [
        field(
            f"{verb}{pascal(entity.plural)}",
            nullable(payload),
            resolve=_resolver(entity, verb, work, items, payload, result),
            arguments={
                items: Argument(list_of(taken), description="One for each record."),
                "atomic": Argument(bool, default=True, description=_ATOMIC),
            },
            description=text,
        )
        for verb, (work, items, taken, text) in made.items()
    ]


def told(ctx: kehu.Context, error: kehu.FieldError) -> Bag:
    """The error in the language of who is told."""
    message = ctx.app.translations.tell(error.message, ctx.principal.locale)
    return Bag(code=error.code, message=message, field=error.field, plugin=error.plugin)


def _resolver(
    entity: EntityDefinition, verb: str, work: Work, name: str, payload: type[Any], result: type[Any]
) -> Callable[..., Awaitable[Any]]:
    async def resolve(root: Any, info: Any, *, atomic: bool = True, **given: Any) -> Any:
        ctx: kehu.Context = info.context
        items: Sequence[Any] = given[name]
        write = bulk.all_or_nothing if atomic else bulk.each_for_itself
        try:
            ctx.require(entity.permission(verb))
            outcomes = await write(
                ctx, entity, items, work, lambda part, do: once(ctx, info.path.key + part, do)
            )
        except kehu.Unauthenticated:
            raise
        except ItemsRejected as refusal:
            refused = [Outcome(at, errors=refusal.of_items.get(at, ())) for at in range(len(items))]
            return payload(
                results=_shown(ctx, result, entity, refused), userErrors=_told_of(name, ctx, refusal)
            )
        except kehu.Refusal as refusal:
            return payload(results=[], userErrors=_told_of(name, ctx, refusal))
        return payload(results=_shown(ctx, result, entity, outcomes), userErrors=[])

    return resolve


def _shown(
    ctx: kehu.Context, result: type[Any], entity: EntityDefinition, outcomes: Iterable[Outcome]
) -> list[Any]:
    return [
        result(
            index=outcome.index,
            id=outcome.id,
            userErrors=[told(ctx, error) for error in outcome.errors],
            **{entity.singular: outcome.record},
        )
        for outcome in outcomes
    ]


def _told_of(name: str, ctx: kehu.Context, refusal: kehu.Refusal) -> list[Bag]:
    """All reasons together; those of one item say which: `inputs.3.name`."""
    of_items = len(refusal.errors) - len(refusal.others) if isinstance(refusal, ItemsRejected) else 0
    located = [dataclasses.replace(e, field=f"{name}.{e.field}") for e in refusal.errors[:of_items]]
    return [told(ctx, error) for error in (*located, *refusal.errors[of_items:])]


def _payload(registry: Registry, entity: EntityDefinition) -> tuple[type[Any], type[Any]]:
    """`CustomersPayload` and `CustomerResult`."""
    errors = list_of(registry.user_error)
    result = define(
        new_class(f"{entity.name}Result", Bag),
        [
            field("index", int, attribute="index", description="Its place among what was given, from 0."),
            field(
                "id",
                nullable(strawberry.ID),
                attribute="id",
                description="The id of the record that was written, also of one that is gone now.",
            ),
            field(
                entity.singular,
                nullable(registry.objects[entity.model]),
                attribute=entity.singular,
                description="The record as it is now; null where nothing was written, or it was deleted.",
            ),
            field("userErrors", errors, attribute="userErrors", description="What is wrong with this one."),
        ],
        description=f"What became of one of several {entity.plural}.",
    )
    fields = [
        field("results", list_of(result), attribute="results", description="One for each that was given."),
        field(
            "userErrors",
            errors,
            attribute="userErrors",
            description="Why nothing was changed; `field` tells of which one: `inputs.3.name`.",
        ),
    ]
    name = f"{pascal(entity.plural)}Payload"
    return define(
        new_class(name, Bag), fields, description=f"What became of several {entity.plural}."
    ), result
