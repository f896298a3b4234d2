"""From an input by GraphQL names to attributes of a record, under the rights of who writes."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from kehu.kernel.access.owned import OWNER, TEAM, note_named
from kehu.kernel.access.scope import may_have_left
from kehu.kernel.composition import ColumnDefinition, EntityDefinition
from kehu.kernel.errors import BadInput, Conflict, Refusal, Rejected
from kehu.kernel.ids import key_of
from kehu.kernel.model.borders import check_border
from kehu.kernel.texts import field_label, text
from kehu.kernel.writing.archived import check_current
from kehu.kernel.writing.shapes import shape_of

if TYPE_CHECKING:
    from kehu.kernel.context import Context

# Longer texts than this are not worked on before their length is looked at.
LONGEST_LOOKED_AT = 1_000

Refer = Callable[["Context", type[Any], uuid.UUID, str], Awaitable[uuid.UUID]]


async def create_record(ctx: Context, entity: EntityDefinition, values: Mapping[str, Any]) -> Any:
    """A new record from an input; needs the permission to create, for who will own it. Inside `ctx.write()`."""
    ctx.require(entity.permission("create"))
    record = entity.model()
    await apply_input(ctx, entity, record, values, refer=_seen)
    ctx.add(record)
    ctx.require_once_stored(entity.model, record, "create")
    return record


async def update_record(ctx: Context, entity: EntityDefinition, values: Mapping[str, Any]) -> Any:
    """The record `values["id"]` with the given fields changed; absent fields stay. Inside `ctx.write()`.

    Needs the permission to update the record where it was, and where it is moved to.

    Raises NotFound, Forbidden, RecordArchived, and Conflict when `values["version"]` is not the record's.
    """
    record = await ctx.get(entity.model, key_of(values["id"], entity.name, field="id"), verb="update")
    check_current(record, entity.name)
    check_version(record, values.get("version"))
    await apply_input(ctx, entity, record, {k: v for k, v in values.items() if k not in ("id", "version")})
    if may_have_left(ctx, entity.model, record):
        ctx.require_once_stored(entity.model, record, "update")
    return record


async def delete_record(ctx: Context, entity: EntityDefinition, key: str, version: int | None = None) -> Any:
    """Archive or delete the record with this global id. Inside `ctx.write()`."""
    record = await ctx.get(entity.model, key_of(key, entity.name, field="id"), verb="delete")
    check_version(record, version)
    await ctx.delete(record)
    return record


def check_version(record: Any, version: int | None) -> None:
    """Raise Conflict when the writer has seen another version of the record."""
    if version is not None and version != record.version:
        raise Conflict(
            text(
                "The record has changed since you read it: it is at version {now}, not {then}.",
                now=record.version,
                then=version,
            ),
            field="version",
        )


async def loaded(ctx: Context, model: type[Any], key: uuid.UUID, field: str) -> uuid.UUID:
    """The key of a record that is read together with others that are asked for. Raises NotFound, blaming `field`."""
    return (await ctx.get(model, key, field=field)).id  # type: ignore[no-any-return]  # the key of an entity


async def _seen(ctx: Context, model: type[Any], key: uuid.UUID, field: str) -> uuid.UUID:
    """The same for one record, which is not read where there is a shorter way to know that it may be."""
    return key if await ctx.sees(model, key) else await loaded(ctx, model, key, field)


async def apply_input(
    ctx: Context, entity: EntityDefinition, record: Any, values: Mapping[str, Any], *, refer: Refer = loaded
) -> None:
    """Set the attributes and custom fields named in `values`. Raises Rejected with everything that is wrong.

    `refer` looks for the records that ids stand for.
    """
    problems: list[Refusal] = []
    shape = entity.derived(shape_of)
    columns, customs = shape.columns, shape.customs
    for name, value in values.items():
        try:
            if isinstance(value, date):
                check_border(value, field_label(entity.name, name), field=name)
            if name in customs:
                customs[name].set(record, value)
                continue
            column = columns[name]
            setattr(record, column.attribute, await column_value(ctx, column, value, refer))
            if column.attribute in (OWNER, TEAM):
                note_named(record, column.attribute)
        except Refusal as refusal:
            problems.append(refusal)
    if problems:
        raise Rejected([error for problem in problems for error in problem.errors])


async def column_value(ctx: Context, column: ColumnDefinition, value: Any, refer: Refer = loaded) -> Any:
    """What the attribute of a record gets for a value of an input: the key for an id, the text for a choice."""
    if column.options.write:
        ctx.require(column.options.write, field=column.name)
    if value is None and not column.nullable:
        message = text("{field} cannot be empty.", field=column.label)
        raise BadInput(message, code="REQUIRED", field=column.name)
    if column.target is not None and value is not None:
        key = key_of(value, ctx.app.composition.entities[column.target].name, field=column.name)
        return await refer(ctx, column.target, key, column.name)
    if column.choices and isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str):
        _check_length(column, value)
    return value


def _check_length(column: ColumnDefinition, value: str) -> None:
    """Raise BadInput for far more than the column has; a little more is told with all else that is wrong."""
    longest: int | None = getattr(column.mapped.type, "length", None)
    if len(value) > LONGEST_LOOKED_AT and longest and len(value) > longest:
        message = "{field} has {length} characters; at most {longest} fit."
        said = text(message, field=column.label, length=len(value), longest=longest)
        raise BadInput(said, code="TOO_LONG", field=column.name)
