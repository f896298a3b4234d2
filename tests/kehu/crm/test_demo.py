from __future__ import annotations

import random
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.crm.contacts.models import Contact, ContactPoint
from kehu.crm.interactions.models import InteractionStatus
from kehu.crm.products.models import PriceListItem
from kehu.platform.identity.models import Team


async def make_demo(app: kehu.App, seed: int) -> None:
    async with app.context() as ctx, ctx.write():
        await app.hooks.run("kehu_demo_data", ctx=ctx, chance=random.Random(seed))


async def column(app: kehu.App, attribute: Any) -> list[Any]:
    async with app.context() as ctx:
        return sorted(await ctx.session.scalars(sa.select(attribute)), key=str)


async def test_the_demo_shows_a_firm_at_work(app: kehu.App) -> None:
    await make_demo(app, 7)
    async with app.context() as ctx:
        models = (kehu.User, Team, kehu.Customer, kehu.Interaction, kehu.Product, PriceListItem)
        counts = [await ctx.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in models]
        overdue = sa.select(sa.func.count()).where(
            kehu.Interaction.status == InteractionStatus.PLANNED, kehu.Interaction.due_at < ctx.now()
        )
        assert (await ctx.session.scalar(overdue) or 0) > 0
    assert counts == [8, 6, 60, 200, 12, 24]


async def test_the_same_seed_makes_the_same_demo(app: kehu.App, tmp_path: Any) -> None:
    other = kehu.App(app.composition.plugins, f"sqlite:///{tmp_path / 'other.db'}", clock=app.clock)
    async with other.engine.begin() as connection:
        await connection.run_sync(other.composition.metadata.create_all)
    for each in (app, other):
        await make_demo(each, 7)
    for attribute in (
        kehu.Customer.name,
        Contact.name,
        ContactPoint.normalised_value,
        kehu.Interaction.due_at,
    ):
        assert await column(app, attribute) == await column(other, attribute)
    await other.close()


@pytest.mark.parametrize("seed", range(5))
async def test_every_seed_makes_a_demo(app: kehu.App, seed: int) -> None:
    await make_demo(app, seed)
