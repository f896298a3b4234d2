"""An amount is not finer than its currency, wherever that stands."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.errors import CompositionError
from tests.crm import Crm, crm_of, reasons


class Base(kehu.Model, DeclarativeBase):
    """The tables of this plugin."""


class Fund(kehu.Entity, Base):
    """Money for something."""

    __tablename__ = "funds_fund"
    currency: Mapped[str | None] = kehu.column(sa.String(3))
    amount: Mapped[Decimal | None] = kehu.column(money="currency")
    price: Mapped[Decimal | None] = kehu.column(money="currency", rounded=False)


class Share(kehu.Entity, Base):
    """A part of a fund."""

    __tablename__ = "funds_share"
    fund_id: Mapped[uuid.UUID] = kehu.ref(Fund)
    amount: Mapped[Decimal] = kehu.column(money="fund.currency")


funds = kehu.Plugin("funds", requires=["core"])
funds.resource(Fund)
funds.resource(Share)

FINER = [("JPY", "0.5"), ("EUR", "10.005"), ("EUR", "0.00001"), ("KWD", "-0.0001"), ("CLF", "0.00001")]
WHOLE = [("JPY", "5.00"), ("EUR", "10.05"), ("KWD", "0.001"), (None, "0.5")]


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(funds, url=shared_database_url) as crm:
        yield crm


async def refused(crm: Crm, *records: kehu.Entity) -> list[tuple[str, str | None, str | None]]:
    before = await crm.count(Fund), await crm.count(Share)
    with pytest.raises(kehu.Refusal) as caught:
        await crm.store(*records)
    assert (await crm.count(Fund), await crm.count(Share)) == before
    return reasons(caught.value.errors)


def fund(currency: str | None, amount: str | None = None) -> Fund:
    return Fund(id=kehu.uuid7(), currency=currency, amount=None if amount is None else Decimal(amount))


@pytest.mark.parametrize(("currency", "amount"), FINER)
async def test_an_amount_finer_than_its_currency_is_refused(crm: Crm, currency: str, amount: str) -> None:
    assert await refused(crm, fund(currency, amount)) == [("IMPOSSIBLE_AMOUNT", "amount", None)]

    together = fund(currency)
    share = Share(fund_id=together.id, amount=Decimal(amount))
    assert await refused(crm, together, share) == [("IMPOSSIBLE_AMOUNT", "amount", None)]
    await crm.store(together)
    share = Share(fund_id=together.id, amount=Decimal(amount))
    assert await refused(crm, share) == [("IMPOSSIBLE_AMOUNT", "amount", None)]


@pytest.mark.parametrize(("currency", "amount"), WHOLE)
async def test_whole_units_are_stored_as_they_are(crm: Crm, currency: str | None, amount: str) -> None:
    record = fund(currency, amount)
    await crm.store(record)

    [stored] = await crm.all(Fund, Fund.id == record.id)
    assert stored.amount == Decimal(amount)


async def test_the_price_of_a_piece_may_be_finer(crm: Crm) -> None:
    record = Fund(id=kehu.uuid7(), currency="JPY", price=Decimal("0.1255"))
    await crm.store(record)

    [stored] = await crm.all(Fund, Fund.id == record.id)
    assert stored.price == Decimal("0.1255")


async def test_an_amount_is_looked_at_again_when_its_currency_changes(crm: Crm) -> None:
    record = fund("EUR", "10.05")
    await crm.store(record)

    async def change(currency: str) -> None:
        async with crm.app.context() as ctx, ctx.write():
            (await ctx.get(Fund, record.id)).currency = currency

    with pytest.raises(kehu.Refusal) as caught:
        await change("JPY")
    assert reasons(caught.value.errors) == [("IMPOSSIBLE_AMOUNT", "amount", None)]
    await change("USD")


def test_a_currency_that_is_nowhere_is_refused_at_the_start() -> None:
    class Tables(kehu.Model, DeclarativeBase):
        """The tables of a plugin with a mistake."""

    class Loan(kehu.Entity, Tables):
        """Money that is lent."""

        __tablename__ = "loans_loan"
        amount: Mapped[Decimal] = kehu.column(money="bank.currency")

    loans = kehu.Plugin("loans", requires=["core"])
    loans.resource(Loan)

    with pytest.raises(CompositionError, match=r"Loan\.amount .* names the currency 'bank\.currency'"):
        kehu.compose([core, loans])
