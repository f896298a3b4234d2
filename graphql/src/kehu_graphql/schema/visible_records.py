"""Seen: what functions answer, without the records in it that the reader may not see, however they were found."""

from __future__ import annotations

import copy
import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

import kehu
from kehu.kernel.access import Level, row_scope
from kehu.kernel.access.scope import reaches

T = TypeVar("T")
Found = dict[type[Any], dict[uuid.UUID, Any]]
Hidden = Mapping[type[Any], frozenset[uuid.UUID]]

MOST_KEYS = 5_000
_LISTS = (list, tuple, set, frozenset)
_GONE: Any = object()


async def seen(ctx: kehu.Context, value: T) -> T | None:
    """The value as the reader may see it: a hidden record is None, and is left out of a list.

    Pages are given as they are: what they list is read under the row scope.
    """
    return (await seen_each(ctx, [value]))[0]


async def seen_each(ctx: kehu.Context, values: Sequence[T]) -> list[T | None]:
    """The same of several values; what has to be asked of the database is one statement for each type of record."""
    found: Found = {}
    for value in values:
        _collect(ctx, value, found)
    hidden = {model: keys for model in found if (keys := await _hidden(ctx, model, found[model]))}
    if not hidden:
        return list(values)
    return [None if (shown := _without(value, hidden)) is _GONE else shown for value in values]


def _collect(ctx: kehu.Context, value: Any, found: Found) -> None:
    if value is None or isinstance(value, (str, int)):
        return
    if type(value) in ctx.app.composition.entities:
        # What was never stored is no record that anybody could see or not.
        if not sa.inspect(value).transient:
            found.setdefault(type(value), {})[_key(value)] = value
    elif isinstance(value, _LISTS):
        for part in value:
            _collect(ctx, part, found)
    elif _is_dataclass(value):
        for member in dataclasses.fields(value):
            _collect(ctx, getattr(value, member.name, None), found)


async def _hidden(
    ctx: kehu.Context, model: type[Any], records: Mapping[uuid.UUID, Any]
) -> frozenset[uuid.UUID]:
    """The keys of those records that the row scope of reading does not have."""
    if row_scope(ctx, model, model) is None:
        return frozenset()
    if model is kehu.User:
        # Everybody may know who they are themselves.
        records = {key: record for key, record in records.items() if key != ctx.principal.id}
    if ctx.principal.level(ctx.app.composition.entities[model].permission("read")) is Level.NONE:
        return frozenset(records)
    doubtful = [key for key, record in records.items() if not _is_surely_seen(ctx, model, record)]

    async def fetch(keys: Sequence[uuid.UUID]) -> Sequence[bool]:
        visible: set[uuid.UUID] = set()
        for start in range(0, len(keys), MOST_KEYS):
            some = sa.select(model.id).where(model.id.in_(keys[start : start + MOST_KEYS]))
            visible.update(await ctx.session.scalars(some))
        return [key in visible for key in keys]

    loader = ctx.loader(("seen", model), fetch)
    answers = [loader.load(key) for key in doubtful]
    return frozenset([key for key, answer in zip(doubtful, answers, strict=True) if not await answer])


def _is_surely_seen(ctx: kehu.Context, model: type[Any], record: Any) -> bool:
    """Whether the record itself tells that it may be seen."""
    state = sa.inspect(record)
    return not (state.expired or state.unloaded) and reaches(ctx, model, record, "read")


def _key(record: Any) -> uuid.UUID:
    """The key, also of a record that a rollback has emptied."""
    return sa.inspect(record).identity[0]  # type: ignore[no-any-return]  # entities have one key


def _without(value: Any, hidden: Hidden) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    if type(value) in hidden:
        is_hidden = not sa.inspect(value).transient and _key(value) in hidden[type(value)]
        return _GONE if is_hidden else value
    if isinstance(value, _LISTS):
        return [shown for part in value if (shown := _without(part, hidden)) is not _GONE]
    return _emptied(value, hidden) if _is_dataclass(value) else value


def _emptied(value: Any, hidden: Hidden) -> Any:
    """The same values, with None for each record that is hidden."""
    shown = copy.copy(value)
    for member in dataclasses.fields(value):
        before = getattr(value, member.name, None)
        after = _without(before, hidden)
        if after is not before:
            object.__setattr__(shown, member.name, None if after is _GONE else after)
    return shown


def _is_dataclass(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, (type, kehu.Connection))
