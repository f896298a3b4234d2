"""From an input by GraphQL names to attributes of a record, under the rights of who writes."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kehu.composition import ColumnDefinition, EntityDefinition
from kehu.errors import BadInput, Conflict, Refusal, Rejected
from kehu.ids import key_of
from kehu.names import camel
from kehu.translating.texts import text

if TYPE_CHECKING:
    from kehu.context import Context


async def create_record(ctx: Context, entity: EntityDefinition, values: Mapping[str, Any]) -> Any:
    """A new record from an input; needs the permission to create, for who will own it. Inside `ctx.write()`."""
    ctx.require(entity.permission("create"))
    record = entity.model()
    await apply_input(ctx, entity, record, values)
    ctx.add(record)
    await ctx.flush()
    await ctx.require_on(entity.model, record, "create")
    return record


async def update_record(ctx: Context, entity: EntityDefinition, values: Mapping[str, Any]) -> Any:
    """The record `values["id"]` with the given fields changed; absent fields stay. Inside `ctx.write()`.

    Raises NotFound, Forbidden, and Conflict when `values["version"]` is not the record's.
    """
    record = await ctx.get(entity.model, key_of(values["id"], entity.name, field="id"), verb="update")
    check_version(record, values.get("version"))
    await apply_input(ctx, entity, record, {k: v for k, v in values.items() if k not in ("id", "version")})
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


async def apply_input(ctx: Context, entity: EntityDefinition, record: Any, values: Mapping[str, Any]) -> None:
    """Set the attributes and custom fields named in `values`. Raises Rejected with everything that is wrong."""
    problems: list[Refusal] = []
    columns = {column.name: column for column in entity.columns.values()}
    customs = {camel(custom.field_name): custom for custom in entity.custom_fields}
    for name, value in values.items():
        try:
            if name in customs:
                customs[name].set(record, value)
            else:
                setattr(record, columns[name].attribute, await column_value(ctx, columns[name], value))
        except Refusal as refusal:
            problems.append(refusal)
    if problems:
        raise Rejected([error for problem in problems for error in problem.errors])


async def column_value(ctx: Context, column: ColumnDefinition, value: Any) -> Any:
    """What the attribute of a record gets for a value of an input: the key for an id, the text for a choice."""
    if column.options.write:
        ctx.require(column.options.write, field=column.name)
    if value is None and not column.nullable:
        message = text("{field} cannot be empty.", field=column.name)
        raise BadInput(message, code="REQUIRED", field=column.name)
    if column.target is not None and value is not None:
        return await _referenced(ctx, column, value)
    if column.choices and isinstance(value, enum.Enum):
        return value.value
    return value


async def _referenced(ctx: Context, column: ColumnDefinition, value: str) -> Any:
    assert column.target is not None
    name = ctx.app.composition.entities[column.target].name
    key = key_of(value, name, field=column.name)
    return (await ctx.get(column.target, key, field=column.name)).id
