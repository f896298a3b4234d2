"""What a rule reads whoever asks, and that nothing else is read so."""

from __future__ import annotations

import asyncio
import uuid

import pytest
import sqlalchemy as sa

import kehu
from tests.crm import Crm, OpenCrm

HERS, HIS = uuid.UUID(int=1), uuid.UUID(int=2)
NAMES = sa.select(kehu.Customer.name).order_by(kehu.Customer.name)
LEA = kehu.Principal(uuid.UUID(int=101), "Lea", grants={"core.customer:read": kehu.Level.OWN})
whoever_asks = kehu.Unscoped("a name is given once")


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    crm = await open_crm()
    await crm.store(kehu.User(id=LEA.id, name="Lea", email="lea@example.com"))
    await crm.store(kehu.Customer(id=HERS, name="Hers", owner_id=LEA.id))
    await crm.store(kehu.Customer(id=HIS, name="His"))
    return crm


async def test_a_rule_reads_whatever_there_is(crm: Crm) -> None:
    his = sa.select(kehu.Customer.name).where(kehu.Customer.id == HIS)
    async with crm.app.context(LEA) as ctx:
        assert (await whoever_asks.scalars(ctx, NAMES)).all() == ["Hers", "His"]
        assert [tuple(row) for row in await whoever_asks.execute(ctx, NAMES)] == [("Hers",), ("His",)]
        assert await whoever_asks.scalar(ctx, his) == "His"
        assert await whoever_asks.exists(ctx, his)
        assert not await whoever_asks.exists(ctx, his.where(kehu.Customer.name == "Nobody's"))


async def test_what_is_read_beside_and_after_it_is_scoped(crm: Crm) -> None:
    async with crm.app.context(LEA) as ctx:
        beside = asyncio.gather(whoever_asks.scalars(ctx, NAMES), ctx.session.scalars(NAMES))
        assert [found.all() for found in await beside] == [["Hers", "His"], ["Hers"]]
        assert (await ctx.session.scalars(NAMES)).all() == ["Hers"]
        assert await ctx.find(kehu.Customer, HIS) is None


async def test_what_is_read_after_it_failed_is_scoped(crm: Crm) -> None:
    async with crm.app.context(LEA) as ctx:
        with pytest.raises(sa.exc.DBAPIError):
            await whoever_asks.scalars(ctx, sa.select(sa.text("1 FROM nowhere")))
        await ctx.session.rollback()

        assert (await ctx.session.scalars(NAMES)).all() == ["Hers"]


async def test_a_record_that_a_rule_has_read_is_not_found_by_its_reader(crm: Crm) -> None:
    async with crm.app.context(LEA) as ctx:
        assert await whoever_asks.scalar(ctx, sa.select(kehu.Customer).where(kehu.Customer.id == HIS))
        assert await ctx.find(kehu.Customer, HIS) is None
        with pytest.raises(kehu.NotFound):
            await ctx.get(kehu.Customer, HIS)


async def test_of_a_record_that_the_reader_may_not_see_nothing_is_told(crm: Crm) -> None:
    async with crm.app.context(LEA) as ctx:
        told = sa.select(whoever_asks.told(ctx, kehu.Customer.name)).order_by(kehu.Customer.name)
        assert (await whoever_asks.scalars(ctx, told)).all() == ["Hers", kehu.UNTOLD]
        other = sa.orm.aliased(kehu.Customer)
        told = sa.select(whoever_asks.told(ctx, other.name)).order_by(other.name)
        assert (await whoever_asks.scalars(ctx, told)).all() == ["Hers", kehu.UNTOLD]

    async with crm.app.context() as ctx:
        told = sa.select(whoever_asks.told(ctx, kehu.Customer.name)).order_by(kehu.Customer.name)
        assert (await whoever_asks.scalars(ctx, told)).all() == ["Hers", "His"]


async def test_rows_are_for_a_subquery_of_a_statement_that_is_scoped(crm: Crm) -> None:
    async with crm.app.context(LEA) as ctx:
        rows = whoever_asks.rows(kehu.Customer)
        count = sa.select(sa.func.count()).select_from(rows).scalar_subquery()
        found = await ctx.session.execute(sa.select(kehu.Customer.name, count))
        assert [tuple(row) for row in found] == [("Hers", 2)]


def test_a_rule_says_why() -> None:
    with pytest.raises(ValueError, match="Say why"):
        kehu.Unscoped(" ")
