"""From rows to records through the write path, in batches; a bad row never takes its neighbours with it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

import sqlalchemy as sa

import kehu
from kehu_sfa.imports.files import FileAccount, Row, RowRejected

BATCH_SIZE = 1000

T = TypeVar("T", bound=kehu.Archivable)
Contexts = Callable[[], kehu.Context]
"""Opens a context; all contexts of one import share a request id, by which the audit trail finds its writes."""


def _nothing_more(_row: Row, _record: kehu.Archivable) -> Sequence[kehu.Entity]:
    return ()


@dataclasses.dataclass(frozen=True, slots=True)
class Recipe(Generic[T]):
    """How the rows of a file become records.

    `key` is the column with the name by which the file knows the record, kept as its external id. `make` raises
    RowRejected; `also` makes the records that go with a stored one, in the same transaction.
    """

    model: type[T]
    key: str
    make: Callable[[Row], T]
    also: Callable[[Row, T], Sequence[kehu.Entity]] = _nothing_more


async def known_ids(contexts: Contexts, model: type[kehu.Archivable]) -> dict[str, uuid.UUID]:
    """The ids of the records that came from elsewhere, by their external id."""
    found = sa.select(model.external_id, model.id).where(model.external_id.is_not(None))
    async with contexts() as ctx:
        return {str(external_id): key for external_id, key in await ctx.session.execute(found)}


async def store(
    contexts: Contexts, recipe: Recipe[T], rows: Iterable[Row], account: FileAccount
) -> dict[str, uuid.UUID]:
    """Create a record for each row that has none yet, and keep account of all; the ids by external id."""
    known = await known_ids(contexts, recipe.model)
    fresh: dict[str, Row] = {}
    for row in rows:
        account.read += 1
        name = row[recipe.key]
        if not name:
            account.rejected.append((row.line, f"{recipe.key} is empty."))
        elif name in known or name in fresh:
            account.existing += 1
        else:
            fresh[name] = row
    waiting = list(fresh.values())
    for start in range(0, len(waiting), BATCH_SIZE):
        known |= await _store(contexts, recipe, waiting[start : start + BATCH_SIZE], account)
    return known


async def _store(
    contexts: Contexts, recipe: Recipe[T], rows: Sequence[Row], account: FileAccount
) -> dict[str, uuid.UUID]:
    """Store the rows in one transaction; if that is refused, each half of them, down to the row that is bad."""
    try:
        stored = await _write(contexts, recipe, rows)
    except (RowRejected, kehu.Refusal) as refusal:
        if len(rows) == 1:
            account.rejected.append((rows[0].line, str(refusal)))
            return {}
    else:
        account.created += len(rows)
        return stored
    middle = len(rows) // 2
    first = await _store(contexts, recipe, rows[:middle], account)
    return first | await _store(contexts, recipe, rows[middle:], account)


async def _write(contexts: Contexts, recipe: Recipe[T], rows: Sequence[Row]) -> dict[str, uuid.UUID]:
    async with contexts() as ctx, ctx.write():
        records = {row[recipe.key]: ctx.add(recipe.make(row)) for row in rows}
        await ctx.flush()
        for row, record in zip(rows, records.values(), strict=True):
            for more in recipe.also(row, record):
                ctx.add(more)
    return {name: record.id for name, record in records.items()}
