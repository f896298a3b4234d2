"""Plain reads: what the system itself asks all the time, as rows of the driver and not of a session."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.db.unscoped import Unscoped

if TYPE_CHECKING:
    from kehu.kernel.context import Context

whoever_asks = Unscoped("the system asks for itself")

REMEMBERED = 100

_Made = tuple[str, Sequence[tuple[str, Any]], Sequence[Any]]


async def committed(ctx: Context, statement: sa.Select[*tuple[Any, ...]], **values: Any) -> Sequence[Any]:
    """The rows of a SELECT of columns, without row scope and as they are committed, whatever `ctx` has written.

    Its SQL is made once for each `statement`, which is to be a constant; what differs from time to time are
    `sa.bindparam`s with names and types. Never return what it found to the principal.
    """
    if ctx.app.rows is None:
        return (await whoever_asks.execute(ctx, statement, values)).all()
    sql, places, readers = _made(statement, ctx.app.rows.dialect)
    asked = [values[name] if write is None else write(values[name]) for name, write in places]
    rows = await ctx.app.rows.fetch(sql, asked)
    return [
        tuple([value if read is None else read(value) for value, read in zip(row, readers, strict=True)])
        for row in rows
    ]


@functools.lru_cache(maxsize=REMEMBERED)
def _made(statement: sa.Select[*tuple[Any, ...]], dialect: sa.Dialect) -> _Made:
    """The SQL, the parameters in their order with what makes values of the driver, and what reads its columns."""
    compiled: Any = statement.compile(dialect=dialect)
    places = [(name, compiled._bind_processors.get(name)) for name in compiled.positiontup]
    return str(compiled), places, [_reader(column.type, dialect) for column in statement.selected_columns]


def _reader(kind: Any, dialect: sa.Dialect) -> Any:
    """What makes a value of Python of one of the driver; None where it is one."""
    found = kind._cached_result_processor(dialect, None)
    return _key if found is None and isinstance(kind, sa.Uuid) else found


def _key(value: uuid.UUID | None) -> uuid.UUID | None:
    """A key; asyncpg has a class of its own for them, which JSON does not know."""
    return value if value is None else uuid.UUID(int=value.int)
