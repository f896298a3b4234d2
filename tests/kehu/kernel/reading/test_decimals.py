"""Decimals are exact in SQL: sums, products and comparisons equal those of Python, on both databases."""

from __future__ import annotations

import decimal
import operator
import uuid
from collections.abc import AsyncIterator, Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

import kehu
from kehu.kernel.model import ExactDecimal
from kehu.kernel.reading.pages import ListArguments, page
from tests import deals
from tests.crm import Crm, crm_of
from tests.deals import Deal, Line
from tests.depth import times

CUSTOMER, DEAL = uuid.UUID(int=1), uuid.UUID(int=2)
UNIT = Decimal("0.0001")

amounts = st.decimals(min_value=Decimal("-1e13"), max_value=Decimal("1e13"), places=4)
prices = st.decimals(min_value=Decimal("-1e6"), max_value=Decimal("1e6"), places=4)
quantities = st.decimals(min_value=0, max_value=Decimal("1e4"), places=4)


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(deals.plugin, url=shared_database_url) as crm:
        await crm.store(kehu.Customer(id=CUSTOMER, name="Ada"))
        await crm.store(Deal(id=DEAL, customer_id=CUSTOMER, name="d"))
        yield crm


async def asked(crm: Crm, lines: list[tuple[Decimal, Decimal]], *expressions: Any) -> list[tuple[Any, ...]]:
    """The values of the expressions over these lines of price and quantity, which are written and rolled back."""
    rows = [{"text": "x", "deal_id": DEAL, "price": price, "quantity": quantity} for price, quantity in lines]
    async with crm.app.context() as ctx:
        table = Line.__table__
        common = {"version": 1, "custom": {}, "created_at": ctx.now(), "updated_at": ctx.now()}
        for row in rows:
            values = {"id": kehu.uuid7(), **common, **row}
            await ctx.session.execute(sa.insert(table).values(values).execution_options(kehu_unaudited=True))  # type: ignore[arg-type]
        found = (await ctx.session.execute(sa.select(*expressions).select_from(Line))).all()
        await ctx.session.rollback()
    return [tuple(row) for row in found]


@given(values=st.lists(amounts, min_size=1, max_size=8))
@settings(max_examples=times(25))
async def test_sums_are_exact(crm: Crm, values: list[Decimal]) -> None:
    lines = [(value, Decimal(0)) for value in values]

    found = await asked(crm, lines, sa.func.sum(Line.price), sa.func.min(Line.price), sa.func.max(Line.price))

    assert found == [(sum(values), min(values), max(values))]


@given(lines=st.lists(st.tuples(prices, quantities), min_size=1, max_size=8))
@settings(max_examples=times(25))
async def test_products_and_their_sums_are_exact(crm: Crm, lines: list[tuple[Decimal, Decimal]]) -> None:
    found = await asked(crm, lines, sa.func.sum(Line.price * Line.quantity))

    assert found == [(sum(price * quantity for price, quantity in lines),)]


@given(price=prices, quantity=quantities, factor=st.decimals(min_value=-9, max_value=9, places=6))
@settings(max_examples=times(25))
async def test_factors_keep_their_own_places(
    crm: Crm, price: Decimal, quantity: Decimal, factor: Decimal
) -> None:
    terms = [Line.price * factor, factor * Line.price, Line.price * 3, 3 * Line.price]

    found = await asked(crm, [(price, quantity)], *terms)

    assert found == [(price * factor, factor * price, price * 3, 3 * price)]


@given(price=prices, quantity=quantities, limit=prices)
@settings(max_examples=times(25))
async def test_numbers_of_different_places_are_added_and_compared(
    crm: Crm, price: Decimal, quantity: Decimal, limit: Decimal
) -> None:
    total = Line.price * Line.quantity
    terms = [
        total + Line.price,
        Line.price - total,
        sa.cast(total > Line.price, sa.Boolean),
        sa.cast(total == Line.price, sa.Boolean),
        sa.cast(total <= limit, sa.Boolean),
        -total,
    ]

    found = await asked(crm, [(price, quantity)], *terms)

    product = price * quantity
    assert found == [
        (product + price, price - product, product > price, product == price, product <= limit, -product)
    ]


@given(value=st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=8))
@settings(max_examples=times(25))
async def test_what_is_bound_is_rounded_half_to_even(crm: Crm, value: Decimal) -> None:
    found = await asked(crm, [(value, Decimal(0))], Line.price)

    assert found == [(value.quantize(UNIT, ROUND_HALF_EVEN),)]


async def test_a_nested_sum_of_products_can_be_compared(crm: Crm) -> None:
    total = sa.func.sum(Line.price * Line.quantity)
    lines = [(Decimal("0.1"), Decimal(3)), (Decimal("0.2"), Decimal(1))]

    found = await asked(crm, lines, sa.cast(total == Decimal("0.5"), sa.Boolean), total + Decimal("0.25"))

    assert found == [(True, Decimal("0.75"))]


@pytest.mark.parametrize("operator", [operator.truediv, operator.floordiv, operator.mod])
def test_decimals_are_not_divided_in_sql(operator: Callable[[Any, Any], Any]) -> None:
    for operands in ((Line.price, 2), (2, Line.price), (Line.price, Line.quantity)):
        with pytest.raises(TypeError, match="in Python"):
            operator(*operands)


async def test_a_product_that_sqlite_cannot_hold_is_an_error_and_never_a_wrong_number(crm: Crm) -> None:
    huge = Decimal("1e9")
    product = Line.price * Line.quantity * Line.price

    if crm.app.is_postgresql:
        assert await asked(crm, [(huge, huge)], product) == [(huge**3,)]
        return
    with pytest.raises(OverflowError, match="too large to be exact on SQLite"):
        await asked(crm, [(huge, huge)], product)


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("99999999999999.9999", True),
        ("-99999999999999.9999", True),
        ("99999999999999.99994", True),
        ("99999999999999.99996", False),
        ("100000000000000", False),
        ("1e300", False),
        ("NaN", False),
        ("Infinity", False),
    ],
)
def test_a_column_holds_fourteen_digits_before_the_point(value: str, fits: bool) -> None:
    assert ExactDecimal().fits(Decimal(value)) is fits


def test_rounding_does_not_depend_on_python_s_context() -> None:
    wide = Decimal("1234567890123456789012345678901234.12345678")

    with decimal.localcontext(decimal.Context(prec=5)):
        assert ExactDecimal(38, 8).quantise(wide) == wide


@pytest.mark.parametrize("value", ["1e17", "-1e17", "1e300"])
async def test_a_number_that_nobody_has_is_no_bug_of_ours(crm: Crm, value: str) -> None:
    given = Decimal(value)
    async with crm.app.context() as ctx:
        asked = ListArguments(filter={"amount": {"gt": given}})
        if crm.app.is_postgresql and given < Decimal("1e60"):
            assert (await page(ctx, Deal, asked)).records == []
            return
        with pytest.raises(kehu.BadInput) as refusal:
            await page(ctx, Deal, asked)
    assert [error.code for error in refusal.value.errors] == ["OUT_OF_RANGE"]
