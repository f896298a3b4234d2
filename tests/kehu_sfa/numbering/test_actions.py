"""Numbers without gaps and without doubles, whoever writes at the same time and whatever is rolled back."""

from __future__ import annotations

import asyncio
import random

import pytest

import kehu
from kehu_sfa.numbering.actions import next_number
from kehu_sfa.numbering.models import ORDERS, QUOTES, Series
from tests.kehu_sfa.conftest import Clock

WRITERS, TURNS = 16, 6


class Torn(Exception):
    """A writer changed its mind."""


async def taken(app: kehu.App, series: Series = QUOTES) -> str:
    async with app.context() as ctx, ctx.write():
        return await next_number(ctx, series)


async def write(app: kehu.App, chance: random.Random, kept: list[str]) -> None:
    """Take numbers one after the other; about every third transaction is rolled back."""
    for _ in range(TURNS):
        try:
            async with app.context() as ctx, ctx.write():
                number = await next_number(ctx, QUOTES)
                await asyncio.sleep(chance.random() / 200)
                perhaps_tear(chance)
        except Torn:
            continue
        kept.append(number)


def perhaps_tear(chance: random.Random) -> None:
    if chance.random() < 0.35:
        raise Torn


async def test_sixteen_writers_with_rollbacks_leave_no_gap_and_no_double(app: kehu.App) -> None:
    kept: list[str] = []

    await asyncio.gather(*(write(app, random.Random(seed), kept) for seed in range(WRITERS)))

    assert len(kept) < WRITERS * TURNS
    assert sorted(kept) == [f"Q-2026-{count:05}" for count in range(1, len(kept) + 1)]


async def test_each_series_counts_for_itself(app: kehu.App) -> None:
    assert [await taken(app), await taken(app, ORDERS), await taken(app)] == [
        "Q-2026-00001",
        "O-2026-00001",
        "Q-2026-00002",
    ]


async def test_a_new_year_begins_at_one(app: kehu.App, clock: Clock) -> None:
    await taken(app)
    clock.advance(days=365)

    assert await taken(app) == "Q-2027-00001"


async def test_a_number_is_taken_in_a_transaction(sqlite_app: kehu.App) -> None:
    async with sqlite_app.context() as ctx:
        with pytest.raises(RuntimeError, match="transaction"):
            await next_number(ctx, QUOTES)
