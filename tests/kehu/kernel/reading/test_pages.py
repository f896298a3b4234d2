"""Pages: put together they are the whole list, in whatever order, forwards and backwards, over ties and NULLs."""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

import kehu
from kehu.kernel.reading.pages import ListArguments, Page, page, pages_of_parents
from tests import deals
from tests.crm import Crm, crm_of
from tests.deals import Deal
from tests.depth import times

FIRST, SECOND, CHILDLESS = CUSTOMERS = [uuid.UUID(int=i) for i in (11, 12, 13)]

acme = kehu.Plugin("acme", requires=["core", "deals"])
REGION = acme.custom_field(Deal, "region", str, default="north")
REBATE = acme.custom_field(Deal, "rebate", Decimal)
REVIEWED_ON = acme.custom_field(Deal, "reviewed_on", date)


@acme.sql_field(Deal)
def weighted(deal: type[Deal]) -> sa.ColumnElement[Decimal | None]:
    return deal.amount * deal.probability * Decimal("0.01")


def gappy(chance: random.Random, *values: Any) -> Any:
    """One of the values, or None: few values, so that there are ties."""
    return chance.choice([*values, None])


def made_deals() -> list[Deal]:
    """Forty deals full of ties and gaps, the same each time."""
    chance = random.Random(7)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    found = []
    for i in range(40):
        deal = Deal(
            id=uuid.UUID(int=chance.getrandbits(128)),
            customer_id=chance.choice(CUSTOMERS[:2]),
            name=chance.choice(["a", "b", "Ä", "周"]),
            code=gappy(chance, f"c{i}", f"d{i}"),
            stage=chance.choice(["OPEN", "WON"]),
            amount=gappy(chance, Decimal("0.1"), Decimal("-0.1"), Decimal("1e13")),
            probability=gappy(chance, 0, 10),
            is_hot=chance.choice([True, False]),
            closed_on=gappy(chance, date(2026, 1, 1), date(2025, 12, 31)),
            closed_at=gappy(chance, start, start + timedelta(microseconds=1)),
        )
        for field, values in ((REGION, ("south",)), (REBATE, (Decimal("0.1"), Decimal(12)))):
            field.set(deal, gappy(chance, *values))
        REVIEWED_ON.set(deal, gappy(chance, date(2026, 1, 1), date(1900, 1, 1)))
        found.append(deal)
    return found


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(deals.plugin, acme, url=shared_database_url) as crm:
        await crm.store(*(kehu.Customer(id=key, name=str(key)) for key in CUSTOMERS))
        await crm.store(*made_deals())
        yield crm


# --- the same order in Python ---------------------------------------------------------------------------------------
VALUES: dict[str, Callable[[Deal], Any]] = {
    "ID": lambda d: d.id.int,
    "NAME": lambda d: d.name,
    "CODE": lambda d: d.code,
    "STAGE": lambda d: d.stage,
    "AMOUNT": lambda d: d.amount,
    "PROBABILITY": lambda d: d.probability,
    "IS_HOT": lambda d: d.is_hot,
    "CLOSED_ON": lambda d: d.closed_on,
    "CLOSED_AT": lambda d: d.closed_at,
    "CREATED_AT": lambda _: 0,
    "REGION": REGION.get,
    "REBATE": REBATE.get,
    "REVIEWED_ON": REVIEWED_ON.get,
    "WEIGHTED": lambda d: None if d.amount is None or d.probability is None else d.amount * d.probability,
}
Order = Sequence[tuple[str, str]]
orders = st.lists(st.tuples(st.sampled_from(sorted(VALUES)), st.sampled_from(["ASC", "DESC"])), max_size=4)


def in_order(records: Sequence[Deal], order: Order) -> list[Deal]:
    """Sorted by these terms, NULLs last both ways, ties by the id in the direction of the last term."""
    terms = list(order) or [("CREATED_AT", "DESC")]
    if all(name != "ID" for name, _ in terms):
        terms.append(("ID", terms[-1][1]))
    found = list(records)
    for name, direction in reversed(terms):
        value = VALUES[name]
        known = sorted((d for d in found if value(d) is not None), key=value, reverse=direction == "DESC")
        if direction == "DESC":
            known = [d for _, tied in itertools.groupby(known, value) for d in stable(found, tied)]
        found = known + [d for d in found if value(d) is None]
    return found


def stable(before: Sequence[Deal], tied: Any) -> list[Deal]:
    """What ties keeps the order that it had; `sorted(reverse=True)` keeps it, too, but a reader may doubt it."""
    members = {deal.id for deal in tied}
    return [deal for deal in before if deal.id in members]


def by(order: Order) -> list[dict[str, str]]:
    return [{"field": name, "direction": direction} for name, direction in order]


def names(page: Page) -> list[uuid.UUID]:
    return [record.id for record in page.records]


async def all_pages(
    crm: Crm, order: Order, size: int, *, filter: Mapping[str, Any] | None = None
) -> list[uuid.UUID]:
    """The list, read from its start to its end in pages of this size."""
    found: list[uuid.UUID] = []
    after = None
    while True:
        async with crm.app.context() as ctx:
            arguments = ListArguments(filter=filter, order_by=by(order), first=size, after=after)
            part = await page(ctx, Deal, arguments)
        found += names(part)
        if not part.has_next:
            return found
        after = part.cursor(len(part) - 1)


async def all_pages_backwards(crm: Crm, order: Order, size: int) -> list[uuid.UUID]:
    """The list, read from its end to its start."""
    found: list[uuid.UUID] = []
    before = None
    while True:
        async with crm.app.context() as ctx:
            part = await page(ctx, Deal, ListArguments(order_by=by(order), last=size, before=before))
        found = names(part) + found
        if not part.has_previous:
            return found
        before = part.cursor(0)


@given(order=orders, size=st.integers(1, 13))
@settings(max_examples=times(40))
async def test_pages_put_together_are_the_whole_list(crm: Crm, order: Order, size: int) -> None:
    expected = [deal.id for deal in in_order(made_deals(), order)]

    assert await all_pages(crm, order, size) == expected


@given(order=orders, size=st.integers(1, 13))
@settings(max_examples=times(40))
async def test_pages_read_backwards_are_the_whole_list_too(crm: Crm, order: Order, size: int) -> None:
    expected = [deal.id for deal in in_order(made_deals(), order)]

    assert await all_pages_backwards(crm, order, size) == expected


@given(order=orders, size=st.integers(1, 5), after=st.integers(0, 39), before=st.integers(0, 39))
@settings(max_examples=times(30))
async def test_a_page_between_two_cursors_is_that_part_of_the_list(
    crm: Crm, order: Order, size: int, after: int, before: int
) -> None:
    expected = [deal.id for deal in in_order(made_deals(), order)]
    async with crm.app.context() as ctx:
        whole = await page(ctx, Deal, ListArguments(order_by=by(order), first=200))
        bounds: dict[str, Any] = {"after": whole.cursor(after), "before": whole.cursor(before)}
        forwards = await page(ctx, Deal, ListArguments(order_by=by(order), first=size, **bounds))
        backwards = await page(ctx, Deal, ListArguments(order_by=by(order), last=size, **bounds))

    between = expected[after + 1 : before]
    assert names(forwards) == between[:size]
    assert names(backwards) == between[-size:]


@given(order=orders, size=st.integers(0, 9), backwards=st.booleans(), hot=st.booleans())
@settings(max_examples=times(40))
async def test_each_parent_gets_the_first_of_its_own_children(
    crm: Crm, order: Order, size: int, backwards: bool, hot: bool
) -> None:
    children = [deal for deal in in_order(made_deals(), order) if deal.is_hot or not hot]
    expected = [[deal.id for deal in children if deal.customer_id == parent] for parent in CUSTOMERS]
    wanted: dict[str, Any] = {"last": size} if backwards else {"first": size}
    if hot:
        wanted["filter"] = {"isHot": {"eq": True}}
    async with crm.app.context() as ctx:
        arguments = ListArguments(order_by=by(order), **wanted)
        pages = await pages_of_parents(ctx, Deal.customer_id, CUSTOMERS, arguments)
        counts = [await part.count() for part in pages]

    tops = [own[len(own) - size :] if backwards else own[:size] for own in expected]
    assert [names(part) for part in pages] == [
        top if len(own) > size else own for top, own in zip(tops, expected, strict=True)
    ]
    assert counts == [len(own) for own in expected]
    more = [part.has_previous if backwards else part.has_next for part in pages]
    assert more == [len(own) > size for own in expected]


@given(order=orders, size=st.integers(1, 7))
@settings(max_examples=times(15))
async def test_the_children_of_a_parent_are_paged_like_a_list(crm: Crm, order: Order, size: int) -> None:
    expected = [deal.id for deal in in_order(made_deals(), order) if deal.customer_id == FIRST]
    found: list[uuid.UUID] = []
    after = None
    while True:
        async with crm.app.context() as ctx:
            arguments = ListArguments(order_by=by(order), first=size, after=after)
            (part,) = await pages_of_parents(ctx, Deal.customer_id, [FIRST], arguments)
        found += names(part)
        if not part.has_next:
            break
        after = part.cursor(len(part) - 1)

    assert found == expected


async def test_a_page_is_one_statement_and_a_count_another(crm: Crm) -> None:
    async with crm.app.context() as ctx:
        before = len(crm.statements)
        part = await page(ctx, Deal, ListArguments(first=2))
        read = len(crm.statements)
        total = await part.count()

    assert (read - before, len(crm.statements) - read, total) == (1, 1, 40)


async def test_the_pages_of_many_parents_are_one_statement_and_their_counts_another(crm: Crm) -> None:
    async with crm.app.context() as ctx:
        before = len(crm.statements)
        pages = await pages_of_parents(ctx, Deal.customer_id, CUSTOMERS, ListArguments(first=2))
        read = len(crm.statements)
        await asyncio.gather(*(part.count() for part in pages))

    assert (read - before, len(crm.statements) - read) == (1, 1)


async def test_nothing_is_asked_for_with_first_0(crm: Crm) -> None:
    async with crm.app.context() as ctx:
        part = await page(ctx, Deal, ListArguments(first=0))

        assert (names(part), part.has_next, part.has_previous, await part.count()) == ([], True, False, 40)


async def test_a_page_has_20_records_when_nobody_says_how_many(crm: Crm) -> None:
    async with crm.app.context() as ctx:
        part = await page(ctx, Deal, ListArguments())

    assert (len(part), part.has_next) == (20, True)


@pytest.mark.parametrize(
    ("sizes", "field"),
    [
        ({"first": -1}, "first"),
        ({"first": 201}, "first"),
        ({"last": -1}, "last"),
        ({"last": 201}, "last"),
        ({"first": 1, "last": 1}, "first"),
    ],
    ids=str,
)
async def test_a_page_of_an_impossible_size_is_refused(crm: Crm, sizes: dict[str, Any], field: str) -> None:
    async with crm.app.context() as ctx:
        with pytest.raises(kehu.BadInput) as refusal:
            await page(ctx, Deal, ListArguments(**sizes))

    assert [(error.code, error.field) for error in refusal.value.errors] == [("BAD_USER_INPUT", field)]
