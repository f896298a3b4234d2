"""Many records at once, through the one write path: all or nothing, or each for itself with its own reasons."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.access.scope import may_have_left
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.db import Unscoped
from kehu.kernel.errors import BadInput, FieldError, Forbidden, Refusal, Rejected, Unauthenticated
from kehu.kernel.ids import global_id, key_of
from kehu.kernel.model import Archivable
from kehu.kernel.reading.reach import reached
from kehu.kernel.texts import out_of_reach, text
from kehu.kernel.writing.archived import check_current
from kehu.kernel.writing.inputs import apply_input, check_version

if TYPE_CHECKING:
    from kehu.kernel.context import Context

whoever_asks = Unscoped("who wrote a record was told that it may be")

LARGEST_BATCH = 500

Item = Any
Errors = tuple[FieldError, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the item at `index`: the id of its record and the record as it is now, or the reasons why not.

    `record` is None too where it was deleted for good; `created` tells those that are new.
    """

    index: int
    id: str | None = None
    record: Any = None
    created: bool = False
    errors: Errors = ()


class ItemsRejected(Rejected):
    """Items that cannot be written; `of_items` are the reasons by index, with fields as the item spells them."""

    def __init__(
        self, of_items: Mapping[int, Sequence[FieldError]], others: Sequence[FieldError] = ()
    ) -> None:
        self.of_items = {index: tuple(errors) for index, errors in sorted(of_items.items())}
        self.others = tuple(others)
        told = [_at(index, error) for index, errors in self.of_items.items() for error in errors]
        super().__init__([*told, *others])


Work = Callable[["Context", EntityDefinition, Sequence[Item]], Awaitable[list[Outcome]]]
Act = Callable[[Any], Awaitable[object]]
Transaction = Callable[[str, Callable[[], Awaitable[dict[str, Any]]]], Awaitable[dict[str, Any]]]


async def all_or_nothing(
    ctx: Context, entity: EntityDefinition, items: Sequence[Item], work: Work, transaction: Transaction
) -> list[Outcome]:
    """The outcomes of all items, in one transaction. Raises a Refusal: ItemsRejected where items are to blame."""
    _check_size(items)

    async def write() -> dict[str, Any]:
        return {"outcomes": await work(ctx, entity, items)}

    return (await transaction("", write))["outcomes"]  # type: ignore[no-any-return]


async def each_for_itself(
    ctx: Context, entity: EntityDefinition, items: Sequence[Item], work: Work, transaction: Transaction
) -> list[Outcome]:
    """The outcomes of all items: those that can be are written, the others say why not.

    One transaction when all goes well, otherwise one for each item; under an idempotency key always the latter,
    so that each item has an answer of its own.
    """
    _check_size(items)
    if ctx.idempotency is None:
        try:
            return await all_or_nothing(ctx, entity, items, work, transaction)
        except Unauthenticated:
            raise
        except Refusal:
            pass
    outcomes = [await _alone(ctx, entity, at, item, work, transaction) for at, item in enumerate(items)]
    return await _read_again(ctx, entity, outcomes)


async def create_records(ctx: Context, entity: EntityDefinition, items: Sequence[Item]) -> list[Outcome]:
    """A new record for each input. Inside `ctx.write()`; raises ItemsRejected."""
    ctx.require(entity.permission("create"))
    records = [entity.model() for _ in items]

    async def fill(at: int) -> None:
        await apply_input(ctx, entity, records[at], items[at])

    await for_each(range(len(items)), fill)
    for record in records:
        ctx.add(record)
    await flush(ctx, records)
    await check_reach(ctx, entity, dict(enumerate(records)), "create")
    return [
        Outcome(at, global_id(entity.name, record.id), record, created=True)
        for at, record in enumerate(records)
    ]


async def update_records(ctx: Context, entity: EntityDefinition, items: Sequence[Item]) -> list[Outcome]:
    """The records that the inputs name, changed. Inside `ctx.write()`; raises ItemsRejected."""
    ctx.require(entity.permission("update"))
    records = await _records(ctx, entity, [item["id"] for item in items], "update")

    async def change(at: int) -> None:
        check_current(records[at], entity.name)
        check_version(records[at], items[at].get("version"))
        values = {name: value for name, value in items[at].items() if name not in ("id", "version")}
        await apply_input(ctx, entity, records[at], values)

    await for_each(range(len(items)), change)
    moved = moved_records(ctx, entity, dict(enumerate(records)))
    await flush(ctx, records)
    await check_reach(ctx, entity, moved, "update")
    return [Outcome(at, global_id(entity.name, record.id), record) for at, record in enumerate(records)]


async def delete_records(ctx: Context, entity: EntityDefinition, items: Sequence[Item]) -> list[Outcome]:
    """The records with these global ids, archived or deleted. Inside `ctx.write()`; raises ItemsRejected."""
    ctx.require(entity.permission("delete"))
    records = await _records(ctx, entity, items, "delete")
    for record in records:
        await ctx.delete(record)
    await flush(ctx, records)
    stays = issubclass(entity.model, Archivable)
    return [
        Outcome(at, global_id(entity.name, record.id), record if stays else None)
        for at, record in enumerate(records)
    ]


async def act_on_records(
    ctx: Context, entity: EntityDefinition, items: Sequence[Item], *, verb: str, act: Act, on_archived: bool
) -> list[Outcome]:
    """The records with these global ids, each after `act`. Inside `ctx.write()`; raises ItemsRejected.

    Archived ones are refused unless the verb is `on_archived`. What is found wrong with what `act` adds is told of
    its item, too.
    """
    records = await _records(ctx, entity, items, verb)
    session = ctx.session.sync_session
    made: dict[int, int] = {}
    refused: dict[int, Errors] = {}
    for at, record in enumerate(records):
        try:
            if not on_archived:
                check_current(record, entity.name)
            await act(record)
            for new in session.new:
                made.setdefault(id(new), at)
        except Unauthenticated:
            raise
        except Refusal as refusal:
            refused[at] = refusal.errors
    if refused:
        raise ItemsRejected(refused)
    await flush(ctx, records, made)
    return [Outcome(at, global_id(entity.name, record.id), record) for at, record in enumerate(records)]


# --- steps ---
def _check_size(items: Sequence[Item]) -> None:
    if not 0 < len(items) <= LARGEST_BATCH:
        message = "Write 1 to {most} records at once, not {number}."
        raise BadInput(text(message, most=LARGEST_BATCH, number=len(items)), code="TOO_MANY_ITEMS")


async def _alone(
    ctx: Context, entity: EntityDefinition, at: int, item: Item, work: Work, transaction: Transaction
) -> Outcome:
    async def write() -> dict[str, Any]:
        return {"outcomes": await work(ctx, entity, [item])}

    try:
        outcomes: list[Outcome] = (await transaction(f".{at}", write))["outcomes"]
    except Unauthenticated:
        raise
    except ItemsRejected as refusal:
        return Outcome(at, errors=(*refusal.of_items.get(0, ()), *refusal.others))
    except Refusal as refusal:
        return Outcome(at, errors=refusal.errors)
    return dataclasses.replace(outcomes[0], index=at)


async def _read_again(ctx: Context, entity: EntityDefinition, outcomes: list[Outcome]) -> list[Outcome]:
    """The records as they are now: what was rolled back after one was written has emptied the session.

    Without the row scope, because who has written a record has been told that it may be.
    """
    if all(outcome.record is None or not sa.inspect(outcome.record).expired for outcome in outcomes):
        return outcomes
    keys = [key_of(o.id, entity.name) for o in outcomes if o.id is not None and o.record is not None]
    statement = sa.select(entity.model).where(entity.model.id.in_(keys))
    fresh = (await whoever_asks.scalars(ctx, statement.execution_options(populate_existing=True))).all()
    found = {global_id(entity.name, record.id): record for record in fresh}
    return [dataclasses.replace(outcome, record=found.get(outcome.id or "")) for outcome in outcomes]


async def _records(ctx: Context, entity: EntityDefinition, ids: Sequence[str], verb: str) -> list[Any]:
    """The records with these ids, read together, on which `verb` may be used."""
    keys: dict[int, uuid.UUID] = {}

    async def find(at: int) -> Any:
        keys[at] = key_of(ids[at], entity.name, field="id")
        record = await ctx.get(entity.model, keys[at])
        if ids.index(ids[at]) != at:
            raise BadInput(text("Each record may be named once only."), field="id")
        return record

    records = await for_each(range(len(ids)), find)
    await check_reach(ctx, entity, dict(enumerate(records)), verb)
    return records


def moved_records(ctx: Context, entity: EntityDefinition, records: Mapping[int, Any]) -> dict[int, Any]:
    """Those whose pending changes may have moved them out of reach, which is to be asked once they are stored."""
    return {at: record for at, record in records.items() if may_have_left(ctx, entity.model, record)}


async def check_reach(ctx: Context, entity: EntityDefinition, records: Mapping[int, Any], verb: str) -> None:
    """Raise ItemsRejected unless the grant for `verb` reaches each of the records, given by their items' indexes."""
    if not records:
        return
    allowed = (await reached(ctx, entity.model, [record.id for record in records.values()], [verb]))[verb]
    message = out_of_reach(entity.name)
    refused = {at: Forbidden(message).errors for at, record in records.items() if record.id not in allowed}
    if refused:
        raise ItemsRejected(refused)


async def for_each(indexes: Collection[int], step: Callable[[int], Awaitable[Any]]) -> list[Any]:
    """What `step` gives for each index, done together so that what they look up is fetched together."""
    results = await asyncio.gather(*(step(at) for at in indexes), return_exceptions=True)
    refused: dict[int, Errors] = {}
    for at, result in zip(indexes, results, strict=True):
        if isinstance(result, Unauthenticated):
            raise result
        if isinstance(result, Refusal):
            refused[at] = result.errors
        elif isinstance(result, BaseException):
            raise result
    if refused:
        raise ItemsRejected(refused)
    return results


async def flush(ctx: Context, records: Sequence[Any], made: Mapping[int, int] = MappingProxyType({})) -> None:
    """Store what is pending; what is found wrong with a record is told of its item.

    `made` has the items of further records by their identities.
    """
    try:
        await ctx.flush()
    except Refusal as refusal:
        index = {**made, **{id(record): at for at, record in enumerate(records)}}
        of_items: dict[int, list[FieldError]] = {}
        others: list[FieldError] = []
        for error, about in zip(refusal.errors, refusal.about, strict=True):
            at = index.get(id(about))
            (others if at is None else of_items.setdefault(at, [])).append(error)
        if not of_items:
            raise
        raise ItemsRejected(of_items, others) from refusal


def _at(index: int, error: FieldError) -> FieldError:
    path = f"{index}.{error.field}" if error.field else str(index)
    return dataclasses.replace(error, field=path)
