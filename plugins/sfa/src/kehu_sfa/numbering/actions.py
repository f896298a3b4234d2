"""Taking the next number of a series."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

import kehu
from kehu_sfa.numbering.models import COUNTERS, Series


async def next_number(ctx: kehu.Context, series: Series) -> str:
    """The next number of the series this year, in the transaction of the document that gets it.

    The counter's row stays locked until that transaction ends: the next writer waits for it, and a rollback takes the
    number back. So there are neither gaps nor doubles. Raises RuntimeError outside of `ctx.write()`.
    """
    if not ctx.is_writing:
        raise RuntimeError("A number is taken in the transaction that uses it.")
    year = ctx.today().year
    insert: Any = postgresql.insert if ctx.app.is_postgresql else sqlite.insert
    counted = (
        insert(COUNTERS)
        .values(series=series.name, year=year, last=1)
        .on_conflict_do_update(index_elements=["series", "year"], set_={"last": COUNTERS.c.last + 1})
        .returning(COUNTERS.c.last)
    )
    count = await ctx.session.scalar(counted.execution_options(kehu_unaudited=True))
    return series.number(year, count)
