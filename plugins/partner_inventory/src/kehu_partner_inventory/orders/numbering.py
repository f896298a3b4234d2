"""Numbers without gaps within a year, such as C-2026-00001."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

import kehu
from kehu_partner_inventory.orders.models import OrderNumberCounter
from kehu_partner_inventory.orders.queries import whoever_asks

_COUNTERS = cast(sa.Table, OrderNumberCounter.__table__)


async def next_number(ctx: kehu.Context, series: str) -> str:
    """The next number of a series this year, such as C for orders.

    The counter's row stays locked until the transaction ends: the next writer waits for it, and a rollback takes the
    number back. So there are neither gaps nor doubles.
    """
    year = ctx.today().year
    insert: Any = postgresql.insert if ctx.app.is_postgresql else sqlite.insert
    counted = (
        insert(_COUNTERS)
        .values(series=series, year=year, last=1)
        .on_conflict_do_update(index_elements=["series", "year"], set_={"last": _COUNTERS.c.last + 1})
        .returning(_COUNTERS.c.last)
    )
    count = await ctx.session.scalar(counted.execution_options(kehu_unaudited=True))
    return f"{series}-{year}-{count:05d}"


async def lock_series(ctx: kehu.Context, series: str) -> None:
    """Let nobody else pass this for a series until the transaction ends, whether or not it has ever given a number."""
    insert: Any = postgresql.insert if ctx.app.is_postgresql else sqlite.insert
    held = (
        insert(_COUNTERS)
        .values(series=series, year=0, last=0)
        .on_conflict_do_update(index_elements=["series", "year"], set_={"last": _COUNTERS.c.last})
    )
    await ctx.session.execute(held.execution_options(kehu_unaudited=True))


async def lock_numbers(ctx: kehu.Context, series: str) -> None:
    """Let nobody else take a number of a series, or pass this, until the transaction ends."""
    rows = sa.select(OrderNumberCounter).where(OrderNumberCounter.series == series)
    await whoever_asks.execute(ctx, rows.order_by(OrderNumberCounter.year).with_for_update())
