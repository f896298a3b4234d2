from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.platform.outbox.rows import OUTBOX
from kehu.platform.retention import clear_what_is_done
from tests.kehu.conftest import Clock
from tests.kehu.platform.outbox.conftest import deliver
from tests.kehu.platform.outbox.shop import Bought, Shop, deliveries, emit


async def clear(app: kehu.App) -> None:
    async with app.context() as ctx:
        await clear_what_is_done(ctx)


async def bought(app: kehu.App) -> int:
    async with app.context() as ctx:
        counted = sa.select(sa.func.count()).where(OUTBOX.c.name == "shop.bought")
        return int(await ctx.session.scalar(counted) or 0)


async def test_what_is_done_is_cleared_away_after_thirty_days(app: kehu.App, clock: Clock) -> None:
    await emit(app, Bought(1))
    await deliver(app)
    clock.advance(days=29)
    await clear(app)
    assert (await bought(app), len(await deliveries(app))) == (1, 1)

    clock.advance(days=2)
    await clear(app)

    assert (await bought(app), len(await deliveries(app))) == (0, 0)


async def test_what_is_parked_stays_with_its_event_for_half_a_year(
    app: kehu.App, shop: Shop, clock: Clock
) -> None:
    shop.fails_for = {1}
    await emit(app, Bought(1))
    for _ in range(12):
        await deliver(app)
        clock.advance(hours=1)
    clock.advance(days=170)
    await clear(app)
    assert (await bought(app), len(await deliveries(app))) == (1, 1)

    clock.advance(days=11)
    await clear(app)

    assert (await bought(app), len(await deliveries(app))) == (0, 0)


async def test_what_is_not_distributed_yet_stays(app: kehu.App, clock: Clock) -> None:
    await emit(app, Bought(1))
    clock.advance(days=365)

    await clear(app)

    assert await bought(app) == 1
