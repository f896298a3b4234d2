"""Mutations of many records, such as `createCustomers`: all or nothing, or each for itself."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import strawberry

import kehu
from kehu.kernel.composition import EntityDefinition, NaturalKey
from kehu.kernel.names import camel, pascal
from kehu.kernel.plugin import declarations as d
from kehu.kernel.writing import bulk
from kehu.kernel.writing.bulk import ItemsRejected, Outcome, Work
from kehu.kernel.writing.upserts import upsert_records
from kehu.platform.idempotency.keys import once
from kehu.platform.localization.catalogues import catalogues_of
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
from kehu_graphql.schema.functions import DeclaredFunction, blaming
from kehu_graphql.schema.inputs import key_enum, upsert_input, write_input
from kehu_graphql.schema.registry import Registry
from kehu_graphql.schema.rights import verb_of
from kehu_graphql.schema.visible_records import seen_each

_ATOMIC = "All or none; false writes those that can be, and says why not of the others."
_MOST = f"1 to {bulk.LARGEST_BATCH}"


@dataclasses.dataclass(frozen=True, slots=True)
class _Many:
    """A mutation of many records: its name, what it takes, and the work that the other arguments ask for.

    `permission` is what the verb needs before anything is looked at; an upsert finds out which one it needs.
    """

    name: str
    items: str
    taken: Any
    text: str
    permission: str | None
    work: Callable[[kehu.Context, dict[str, Any]], Awaitable[Work]]
    arguments: Mapping[str, Argument] = dataclasses.field(default_factory=dict)
    deprecated: kehu.Deprecation | None = None


def bulk_mutations(registry: Registry, entity: EntityDefinition) -> list[GeneratedField]:
    """The mutations that write many records of an entity, as far as it offers those that write one."""
    made = [*_written(registry, entity), *_acted_on(registry, entity)]
    if not made:
        return []
    payload, result = _payload(registry, entity)
    return [
        field(
            many.name,
            nullable(payload),
            resolve=_resolver(entity, many, payload, result),
            arguments={
                many.items: Argument(list_of(many.taken), description="One for each record."),
                "atomic": Argument(bool, default=True, description=_ATOMIC),
                **many.arguments,
            },
            description=many.text,
            deprecated=many.deprecated,
        )
        for many in made
    ]


def _written(registry: Registry, entity: EntityDefinition) -> Iterator[_Many]:
    plural = pascal(entity.plural)
    verb_of_delete = "Archive" if issubclass(entity.model, kehu.Archivable) else "Delete"
    offered: dict[str, tuple[Work, str, Callable[[], Any], str]] = {
        "create": (
            bulk.create_records,
            "inputs",
            lambda: write_input(registry, entity, creating=True),
            "Create",
        ),
        "update": (
            bulk.update_records,
            "inputs",
            lambda: write_input(registry, entity, creating=False),
            "Change",
        ),
        "delete": (bulk.delete_records, "ids", lambda: strawberry.ID, verb_of_delete),
    }
    for verb, (work, items, taken, told_as) in offered.items():
        if verb in entity.operations:
            text = f"{told_as} {_MOST} {entity.plural}."
            permission = entity.permission(verb)
            yield _Many(f"{verb}{plural}", items, taken(), text, permission, _always(work))
    if entity.natural_keys:
        key = Argument(
            key_enum(registry, entity), description="What records are found by; inputs have its value."
        )
        text = f"Change {_MOST} {entity.plural}, or create those that there are not."
        taken = upsert_input(registry, entity)
        yield _Many(f"upsert{plural}", "inputs", taken, text, None, _upserting(entity), {"by": key})


def _acted_on(registry: Registry, entity: EntityDefinition) -> Iterator[_Many]:
    """The actions of an entity on many records; not those with a result of their own, which is of one record."""
    for action in entity.actions:
        function = DeclaredFunction(registry, action.function, action.origin, skip=1, is_writing=True)
        if function.returns not in (None, type(None), entity.model):
            continue
        name = camel(action.name) + pascal(entity.plural)
        text = f"`{camel(action.name)}{entity.name}` on {_MOST} {entity.plural}."
        permission = entity.action_permission(action)
        work = _acting(entity, action, function)
        yield _Many(name, "ids", strawberry.ID, text, permission, work, function.arguments, action.deprecated)


def _always(work: Work) -> Callable[[kehu.Context, dict[str, Any]], Awaitable[Work]]:
    async def made(ctx: kehu.Context, given: dict[str, Any]) -> Work:
        return work

    return made


def _upserting(entity: EntityDefinition) -> Callable[[kehu.Context, dict[str, Any]], Awaitable[Work]]:
    async def made(ctx: kehu.Context, given: dict[str, Any]) -> Work:
        ctx.require_signed_in()
        return functools.partial(_upsert_by, entity.natural_keys[given["by"].value])

    return made


async def _upsert_by(
    key: NaturalKey, ctx: kehu.Context, entity: EntityDefinition, items: Sequence[Any]
) -> list[Outcome]:
    return await upsert_records(ctx, entity, key, items)


def _acting(
    entity: EntityDefinition, action: d.ActionDeclaration, function: DeclaredFunction
) -> Callable[[kehu.Context, dict[str, Any]], Awaitable[Work]]:
    async def made(ctx: kehu.Context, given: dict[str, Any]) -> Work:
        async def act(record: Any) -> None:
            # Looked up anew for each record: one that was rolled back has emptied the session.
            values = await function.values(ctx, None, given)
            with blaming(action.origin.plugin):
                await action.function(record, **values)

        return functools.partial(
            bulk.act_on_records, verb=verb_of(entity, action), act=act, on_archived=action.on_archived
        )

    return made


def told(ctx: kehu.Context, error: kehu.FieldError) -> Bag:
    """The error in the language of who is told."""
    message = catalogues_of(ctx.app).tell(error.message, ctx.locale)
    return Bag(code=error.code, message=message, field=error.field, plugin=error.plugin)


def _resolver(
    entity: EntityDefinition, many: _Many, payload: type[Any], result: type[Any]
) -> Callable[..., Awaitable[Any]]:
    name = many.items

    async def resolve(root: Any, info: Any, *, atomic: bool = True, **given: Any) -> Any:
        ctx: kehu.Context = info.context
        ctx.require_signed_in()
        items: Sequence[Any] = given.pop(name)
        write = bulk.all_or_nothing if atomic else bulk.each_for_itself
        try:
            if many.permission is not None:
                ctx.require(many.permission)
            work = await many.work(ctx, given)
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
        records = await seen_each(ctx, [outcome.record for outcome in outcomes])
        outcomes = [
            dataclasses.replace(outcome, record=record)
            for outcome, record in zip(outcomes, records, strict=True)
        ]
        return payload(results=_shown(ctx, result, entity, outcomes), userErrors=[])

    return resolve


def _shown(
    ctx: kehu.Context, result: type[Any], entity: EntityDefinition, outcomes: Iterable[Outcome]
) -> list[Any]:
    return [
        result(
            index=outcome.index,
            id=outcome.id,
            created=outcome.created,
            userErrors=[told(ctx, error) for error in outcome.errors],
            **{entity.singular: outcome.record},
        )
        for outcome in outcomes
    ]


def _told_of(name: str, ctx: kehu.Context, refusal: kehu.Refusal) -> list[Bag]:
    """All reasons together; those of one item say which: `inputs.3.name`, or `ids.3`, which has no fields."""
    of_items = len(refusal.errors) - len(refusal.others) if isinstance(refusal, ItemsRejected) else 0
    located = [dataclasses.replace(e, field=_place(name, e.field or "")) for e in refusal.errors[:of_items]]
    return [told(ctx, error) for error in (*located, *refusal.errors[of_items:])]


def _place(name: str, field: str) -> str:
    """The path of what is to blame; `field` begins with the index of the item."""
    return f"{name}.{field.partition('.')[0] if name == 'ids' else field}"


def _payload(registry: Registry, entity: EntityDefinition) -> tuple[type[Any], type[Any]]:
    """`CustomersPayload` and `CustomerResult`."""
    errors = list_of(registry.user_error)
    result = define(
        new_class(f"{entity.name}Result", Bag),
        lambda: [
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
            field("created", bool, attribute="created", description="Whether the record is new."),
            field("userErrors", errors, attribute="userErrors", description="What is wrong with this one."),
        ],
        description=f"What became of one of several {entity.plural}.",
    )
    payload = define(
        new_class(f"{pascal(entity.plural)}Payload", Bag),
        lambda: [
            field(
                "results", list_of(result), attribute="results", description="One for each that was given."
            ),
            field(
                "userErrors",
                errors,
                attribute="userErrors",
                description="Why nothing was changed; `field` tells of which one: `inputs.3.name`.",
            ),
        ],
        description=f"What became of several {entity.plural}.",
    )
    return payload, result
