"""Working through what is queued: which is next, that it is done, when it is tried again, when it is given up."""

from __future__ import annotations

import dataclasses
import secrets
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.kernel.ids import uuid7
from kehu.platform.outbox.models import DeliveryStatus

LONGEST_ERROR = 1000
_chance = secrets.SystemRandom()


@dataclasses.dataclass(frozen=True, slots=True)
class Queue:
    """One table of what is queued. Several workers on several nodes may work on it.

    `receiver` is the column that says for whom: within one lane of a receiver, one waits for the one before. `delays`
    are the pauses after failures: after the last of them, or once it is due for longer than `window`, it is parked.
    """

    table: sa.Table
    receiver: str
    delays: Sequence[timedelta]
    window: timedelta = timedelta.max

    async def has_ready(self, ctx: Context) -> bool:
        """Whether anything may be done now; asked before a transaction is opened for it."""
        statement = sa.select(self.table.c.id).where(self._is_ready(ctx.now())).limit(1)
        return await ctx.session.scalar(statement) is not None

    async def take_next(self, ctx: Context, *, but_for: Collection[Any] = ()) -> sa.Row[Any] | None:
        """The next row, locked until the transaction ends; none that is another worker's, nor of these receivers."""
        t = self.table.c
        statement = sa.select(self.table).where(self._is_ready(ctx.now()))
        if but_for:
            statement = statement.where(t[self.receiver].not_in(but_for))
        first = statement.order_by(t.next_attempt_at, t.position).limit(1)
        return await self._locked(ctx, first)

    async def take(self, ctx: Context, key: uuid.UUID) -> sa.Row[Any] | None:
        """This row, locked until the transaction ends; None once it is done, or while another worker has it."""
        t = self.table.c
        statement = sa.select(self.table).where(t.id == key, t.status == DeliveryStatus.PENDING)
        return await self._locked(ctx, statement)

    async def lease_next(
        self, ctx: Context, duration: timedelta, *, but_for: Collection[Any] = ()
    ) -> sa.Row[Any] | None:
        """The next row, kept from other workers for a while; if this one dies, it is ready again after `duration`."""
        row = await self.take_next(ctx, but_for=but_for)
        if row is not None:
            await self._update(ctx, row.id, next_attempt_at=ctx.now() + duration)
        return row

    async def finish(
        self, ctx: Context, row: sa.Row[Any], status: DeliveryStatus = DeliveryStatus.DONE, **values: Any
    ) -> None:
        """It needs no further attempt: done, skipped or parked."""
        now = ctx.now()
        kept = {"last_error": None, "attempts": row.attempts + 1} | values
        await self._update(ctx, row.id, status=status, finished_at=now, updated_at=now, **kept)
        if row.attempts:
            await self._move_followers(ctx, row, now)

    async def fail(
        self, ctx: Context, row: sa.Row[Any], reason: str, *, is_final: bool = False, **values: Any
    ) -> None:
        """An attempt failed: try again later, or park it. Those behind it in its lane wait as long."""
        now, attempts = ctx.now(), row.attempts + 1
        error = reason[:LONGEST_ERROR]
        again = None if is_final else self._next_attempt(row, now)
        if again is None:
            kept = {"last_error": error} | values
            await self.finish(ctx, row, DeliveryStatus.PARKED, **kept)
            return
        await self._update(
            ctx, row.id, attempts=attempts, next_attempt_at=again, last_error=error, updated_at=now, **values
        )
        await self._move_followers(ctx, row, again)

    async def add(self, ctx: Context, rows: Iterable[dict[str, Any]]) -> int:
        """Queue new rows, each with its receiver, lane and position and what else its table needs; due now."""
        now = ctx.now()
        complete = [_new_row(now) | row for row in rows]
        if complete:
            await ctx.session.execute(sa.insert(self.table), complete, execution_options=_UNAUDITED)
        return len(complete)

    async def repeat(self, ctx: Context, *which: sa.ColumnElement[bool]) -> int:
        """Do all of `which` again that are not under way, in their order; returns how many."""
        t, now = self.table.c, ctx.now()
        statement = sa.update(self.table).where(t.status != DeliveryStatus.PENDING, *which)
        values = {"status": DeliveryStatus.PENDING, "attempts": 0, "due_at": now, "next_attempt_at": now}
        result = await ctx.session.execute(
            statement.values(**values, finished_at=None), execution_options=_UNAUDITED
        )
        return result.rowcount  # type: ignore[attr-defined,no-any-return]  # an UPDATE has one

    async def _locked(self, ctx: Context, statement: sa.Select[Any]) -> sa.Row[Any] | None:
        row: sa.Row[Any] | None = (
            await ctx.session.execute(statement.with_for_update(of=self.table, skip_locked=True))
        ).one_or_none()
        return row

    def _is_ready(self, now: datetime) -> sa.ColumnElement[bool]:
        t, before = self.table.c, self.table.alias("before")
        waits = (
            sa.exists()
            .where(
                before.c[self.receiver] == t[self.receiver],
                before.c.lane == t.lane,
                before.c.status == DeliveryStatus.PENDING,
                before.c.position < t.position,
            )
            .correlate(self.table)
        )
        return sa.and_(t.status == DeliveryStatus.PENDING, t.next_attempt_at <= now, ~waits)

    def _next_attempt(self, row: sa.Row[Any], now: datetime) -> datetime | None:
        if row.attempts >= len(self.delays):
            return None
        again = now + self.delays[row.attempts] * _chance.uniform(0.9, 1.1)
        return again if again - row.due_at <= self.window else None

    async def _move_followers(self, ctx: Context, row: sa.Row[Any], to: datetime) -> None:
        """Those that wait behind this row need not be looked at before."""
        t = self.table.c
        behind = sa.and_(
            t[self.receiver] == getattr(row, self.receiver),
            t.lane == row.lane,
            t.status == DeliveryStatus.PENDING,
            t.position > row.position,
        )
        statement = sa.update(self.table).where(behind).values(next_attempt_at=to)
        await ctx.session.execute(statement, execution_options=_UNAUDITED)

    async def _update(self, ctx: Context, key: uuid.UUID, **values: Any) -> None:
        statement = sa.update(self.table).where(self.table.c.id == key).values(**values)
        await ctx.session.execute(statement, execution_options=_UNAUDITED)


_UNAUDITED = {"kehu_unaudited": True}


def _new_row(now: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "custom": {},
        "status": DeliveryStatus.PENDING,
        "attempts": 0,
        "due_at": now,
        "next_attempt_at": now,
        "finished_at": None,
        "last_error": None,
    }
