"""Upserts: the record with a natural key is changed, or made where there is none, under the rights of who writes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.composition import ColumnDefinition, EntityDefinition, NaturalKey
from kehu.kernel.db.locks import take_locks
from kehu.kernel.errors import BadInput, FieldError, Refusal, Rejected
from kehu.kernel.ids import global_id
from kehu.kernel.model import Archivable
from kehu.kernel.texts import text
from kehu.kernel.writing.archived import check_current
from kehu.kernel.writing.bulk import ItemsRejected, Outcome, check_reach, flush, for_each, moved_records
from kehu.kernel.writing.inputs import apply_input, check_version, column_value
from kehu.kernel.writing.texts import rule_of

if TYPE_CHECKING:
    from kehu.kernel.context import Context

Values = Mapping[str, Any]
Key = tuple[Any, ...]

# Any number that is ours: the first of the two keys of PostgreSQL's advisory locks on natural keys.
_KEYS = 1_264_938_313


class AmbiguousKey(Refusal):
    """Several records have the key, which no constraint makes unique."""

    code = "AMBIGUOUS_KEY"


async def upsert_record(ctx: Context, entity: EntityDefinition, key: NaturalKey, values: Values) -> Outcome:
    """What became of one record. Inside `ctx.write()`; raises what creating or updating raises."""
    try:
        (outcome,) = await upsert_records(ctx, entity, key, [values])
    except ItemsRejected as refusal:
        raise Rejected([*refusal.of_items.get(0, ()), *refusal.others]) from None
    return outcome


async def upsert_records(
    ctx: Context, entity: EntityDefinition, key: NaturalKey, items: Sequence[Values]
) -> list[Outcome]:
    """The records with these keys, changed or made. Inside `ctx.write()`; raises ItemsRejected.

    Upserts of the same key wait for one another. An archived record is found where no other has the key, and is
    refused as ARCHIVED. A record that one may not see counts as none, so making another is refused as DUPLICATE.
    """
    ctx.require_signed_in()
    keys: list[Key] = await for_each(range(len(items)), lambda at: _key_of(ctx, key, items[at]))
    _refuse_repeated(key, keys)
    await _wait_for_others(ctx, entity, key, keys)
    known = _known(key, keys, await _found(ctx, entity, key, keys))
    if known:
        ctx.require(entity.permission("update"))
        await check_reach(ctx, entity, known, "update")
    if len(known) < len(items):
        ctx.require(entity.permission("create"))
    records = [known[at] if at in known else entity.model() for at in range(len(items))]

    async def fill(at: int) -> None:
        if at in known:
            await _change(ctx, entity, records[at], items[at])
        else:
            await _fill(ctx, entity, records[at], items[at])

    await for_each(range(len(items)), fill)
    made = {at: ctx.add(record) for at, record in enumerate(records) if at not in known}
    moved = moved_records(ctx, entity, known)
    await flush(ctx, records)
    await check_reach(ctx, entity, moved, "update")
    if made:
        await check_reach(ctx, entity, made, "create")
    return [
        Outcome(at, global_id(entity.name, record.id), record, created=at in made)
        for at, record in enumerate(records)
    ]


# --- keys ---
async def _key_of(ctx: Context, key: NaturalKey, values: Values) -> Key:
    given = {column.name: await _value(ctx, column, values) for column in key.columns}
    missing = [column for column in key.columns if given[column.name] is None]
    if missing:
        raise Rejected([_required(column) for column in missing])
    return tuple(given.values())


async def _value(ctx: Context, column: ColumnDefinition, values: Values) -> Any:
    """What the column of a record would be stored with, None for nothing."""
    given = values.get(column.name)
    if given is None:
        return None
    value, mapped = await column_value(ctx, column, given), column.mapped.property.columns[0]
    rule = rule_of(mapped) if isinstance(mapped, sa.Column) else None
    return value if rule is None else rule.kept(value) or None


def _refuse_repeated(key: NaturalKey, keys: Sequence[Key]) -> None:
    field = key.columns[-1].name
    repeated = [at for at, given in enumerate(keys) if keys.index(given) != at]
    if repeated:
        errors = BadInput(text("Each record may be named once only."), field=field).errors
        raise ItemsRejected(dict.fromkeys(repeated, errors))


async def _wait_for_others(
    ctx: Context, entity: EntityDefinition, key: NaturalKey, keys: Sequence[Key]
) -> None:
    """Let nobody else look for these keys before this transaction ends; SQLite has one writer anyway."""
    if ctx.app.is_postgresql:
        names = (f"{entity.name} {key.constant} {given!r}" for given in keys)
        await take_locks(ctx.session, _KEYS, (zlib.crc32(name.encode()) - 2**31 for name in names))


async def _found(
    ctx: Context, entity: EntityDefinition, key: NaturalKey, keys: Sequence[Key]
) -> dict[Key, list[Any]]:
    """The records that have the keys, those in use before archived ones."""
    columns = [column.mapped for column in key.columns]
    among = (
        columns[0].in_([given[0] for given in keys]) if len(columns) == 1 else sa.tuple_(*columns).in_(keys)
    )
    found: dict[Key, list[Any]] = {}
    for record in await ctx.session.scalars(sa.select(entity.model).where(among)):
        given = tuple(getattr(record, column.attribute) for column in key.columns)
        found.setdefault(given, []).append(record)
    return {given: _in_use(records) or records for given, records in found.items()}


def _in_use(records: Sequence[Any]) -> list[Any]:
    return [record for record in records if not isinstance(record, Archivable) or record.archived_at is None]


def _known(key: NaturalKey, keys: Sequence[Key], found: Mapping[Key, Sequence[Any]]) -> dict[int, Any]:
    """The record of each item that has one. Raises ItemsRejected where several have the key."""
    known = {at: found[given] for at, given in enumerate(keys) if given in found}
    field = key.columns[-1].name
    refused = {
        at: AmbiguousKey(text("{number} records have this key.", number=len(records)), field=field).errors
        for at, records in known.items()
        if len(records) > 1
    }
    if refused:
        raise ItemsRejected(refused)
    return {at: records[0] for at, records in known.items()}


# --- values ---
async def _fill(ctx: Context, entity: EntityDefinition, record: Any, values: Values) -> None:
    missing = [c for c in entity.columns.values() if _is_needed(c) and values.get(c.name) is None]
    if missing:
        raise Rejected([_required(column) for column in missing])
    await apply_input(ctx, entity, record, {n: v for n, v in values.items() if n != "version"})


def _is_needed(column: ColumnDefinition) -> bool:
    return column.required and column.options.expose and column.options.create


async def _change(ctx: Context, entity: EntityDefinition, record: Any, values: Values) -> None:
    check_current(record, entity.name, field=None)
    check_version(record, values.get("version"))
    fixed = {c.name: c for c in entity.columns.values() if not c.options.update}
    for name in fixed.keys() & values.keys():
        if await _value(ctx, fixed[name], values) != getattr(record, fixed[name].attribute):
            raise BadInput(text("{field} stays as it was created.", field=fixed[name].label), field=name)
    changed = {n: v for n, v in values.items() if n != "version" and n not in fixed}
    await apply_input(ctx, entity, record, changed)


def _required(column: ColumnDefinition) -> FieldError:
    return FieldError("REQUIRED", text("{field} cannot be empty.", field=column.label), column.name)
