"""Aggregates equal what Python computes from the same records, on both databases."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.reading.aggregates import Group, Grouping, TimeBucket, aggregate
from kehu.kernel.reading.measures import Measure
from tests import deals
from tests.crm import Crm, crm_of
from tests.deals import Deal

FIRST, SECOND = CUSTOMERS = [uuid.UUID(int=i) for i in (11, 12)]
SHANGHAI = kehu.Principal(None, "Wei", grants={"*": kehu.Level.ALL}, time_zone="Asia/Shanghai")

acme = kehu.Plugin("acme", requires=["core", "deals"])
REGION = acme.custom_field(Deal, "region", str, default="north")
REBATE = acme.custom_field(Deal, "rebate", Decimal)


@acme.sql_field(Deal)
def weighted(deal: type[Deal]) -> sa.ColumnElement[Decimal | None]:
    return deal.amount * deal.probability * Decimal("0.01")


def made_deals() -> list[Deal]:
    """Sixty deals around the ends of days, months and years, the same each time."""
    chance = random.Random(11)
    new_year = datetime(2026, 1, 1, tzinfo=UTC)
    found = []
    for _ in range(60):
        moment = new_year + timedelta(days=chance.choice([-400, -1, 0, 59, 100]), hours=chance.randrange(24))
        deal = Deal(
            id=uuid.UUID(int=chance.getrandbits(128)),
            customer_id=chance.choice(CUSTOMERS),
            name=chance.choice(["a", "b"]),
            stage=chance.choice(["OPEN", "WON", "LOST"]),
            amount=chance.choice([None, Decimal(chance.randrange(-(10**17), 10**17)).scaleb(-4)]),
            probability=chance.choice([None, chance.randrange(101)]),
            is_hot=chance.choice([True, False]),
            closed_on=chance.choice([None, moment.date()]),
            closed_at=chance.choice([None, moment]),
        )
        REGION.set(deal, chance.choice([None, "south"]))
        REBATE.set(deal, chance.choice([None, Decimal("0.1"), Decimal("-7.3")]))
        found.append(deal)
    return found


DEALS = made_deals()


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(deals.plugin, acme, url=shared_database_url) as crm:
        await crm.store(*(kehu.Customer(id=key, name=str(key)) for key in CUSTOMERS))
        await crm.store(*made_deals())
        yield crm


async def groups(
    crm: Crm,
    *by: str | tuple[str, TimeBucket],
    measures: Sequence[tuple[Measure, str]] = (),
    to: kehu.Principal = kehu.SYSTEM,
    **filter: Any,
) -> list[Group]:
    attributes = crm.app.catalogue[Deal].by_name
    terms = [(term, None) if isinstance(term, str) else term for term in by]
    async with crm.app.context(to) as ctx:
        return await aggregate(
            ctx,
            Deal,
            filter=filter,
            group_by=[Grouping(attributes[name], bucket) for name, bucket in terms],
            measures=[(measure, attributes[name]) for measure, name in measures],
        )


def counted(found: Sequence[Group]) -> dict[tuple[Any, ...], int]:
    return {group.keys: group.count for group in found}


def expected(key: Callable[[Deal], tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    counts: dict[tuple[Any, ...], int] = defaultdict(int)
    for deal in DEALS:
        counts[key(deal)] += 1
    return dict(counts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", lambda d: d.stage),
        ("isHot", lambda d: d.is_hot),
        ("name", lambda d: d.name),
        ("customerId", lambda d: d.customer_id),
        ("ownerId", lambda d: d.owner_id),
        ("closedOn", lambda d: d.closed_on),
        ("region", REGION.get),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_records_are_counted_by_an_attribute(crm: Crm, name: str, value: Callable[[Deal], Any]) -> None:
    assert counted(await groups(crm, name)) == expected(lambda d: (value(d),))


async def test_records_are_counted_by_several_attributes(crm: Crm) -> None:
    found = await groups(crm, "stage", "isHot", "region")

    assert counted(found) == expected(lambda d: (d.stage, d.is_hot, REGION.get(d)))


async def test_groups_come_in_the_order_of_their_keys_those_without_a_value_last(crm: Crm) -> None:
    found = [group.keys[0] for group in await groups(crm, "closedOn")]

    assert found == [*sorted(day for day in found if day is not None), None]


def first_day(day: date, bucket: TimeBucket) -> date:
    return {
        TimeBucket.DAY: day,
        TimeBucket.WEEK: day - timedelta(days=day.weekday()),
        TimeBucket.MONTH: day.replace(day=1),
        TimeBucket.QUARTER: date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        TimeBucket.YEAR: date(day.year, 1, 1),
    }[bucket]


@pytest.mark.parametrize("bucket", TimeBucket)
async def test_dates_fall_into_buckets(crm: Crm, bucket: TimeBucket) -> None:
    found = await groups(crm, ("closedOn", bucket))

    assert counted(found) == expected(lambda d: (d.closed_on and first_day(d.closed_on, bucket),))


@pytest.mark.parametrize("bucket", TimeBucket)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
async def test_moments_fall_into_buckets_of_the_reader_s_time_zone(
    crm: Crm, bucket: TimeBucket, zone: str
) -> None:
    reader = kehu.SYSTEM if zone == "UTC" else SHANGHAI

    found = await groups(crm, ("closedAt", bucket), to=reader)

    def local(moment: datetime | None) -> date | None:
        return moment and first_day(moment.astimezone(ZoneInfo(zone)).date(), bucket)

    assert counted(found) == expected(lambda d: (local(d.closed_at),))


async def test_two_dates_can_be_put_into_buckets_together(crm: Crm) -> None:
    found = await groups(crm, ("closedAt", TimeBucket.YEAR), ("closedOn", TimeBucket.QUARTER))

    assert counted(found) == expected(
        lambda d: (
            d.closed_at and first_day(d.closed_at.date(), TimeBucket.YEAR),
            d.closed_on and first_day(d.closed_on, TimeBucket.QUARTER),
        )
    )


async def test_the_same_attribute_twice_is_refused(crm: Crm) -> None:
    with pytest.raises(kehu.BadInput, match="twice"):
        await groups(crm, ("closedOn", TimeBucket.YEAR), ("closedOn", TimeBucket.MONTH))


async def test_only_dates_have_buckets(crm: Crm) -> None:
    with pytest.raises(kehu.BadInput, match="Stage is no date"):
        await groups(crm, ("stage", TimeBucket.YEAR))


ALL_MEASURES = [
    (measure, name) for measure in Measure for name in ("amount", "probability", "rebate", "weighted")
]
NUMBERS: dict[str, Callable[[Deal], Any]] = {
    "amount": lambda d: d.amount,
    "probability": lambda d: d.probability,
    "rebate": REBATE.get,
    "weighted": lambda d: share(d.amount, d.probability),
}


def share(amount: Decimal | None, percent: int | None) -> Decimal | None:
    return None if amount is None or percent is None else amount * percent / 100


def measured(measure: Measure, values: list[Any]) -> Any:
    if measure is Measure.DISTINCT:
        return len(set(values))
    if not values:
        return None
    if measure is Measure.AVG:
        return (Decimal(sum(values)) / len(values)).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
    compute: dict[Measure, Callable[[list[Any]], Any]] = {
        Measure.SUM: sum,
        Measure.MIN: min,
        Measure.MAX: max,
    }
    return compute[measure](values)


async def test_measures_equal_those_of_python(crm: Crm) -> None:
    found = await groups(crm, "stage", measures=ALL_MEASURES)

    for group in found:
        for measure, name in ALL_MEASURES:
            of_group = [NUMBERS[name](deal) for deal in DEALS if deal.stage == group.keys[0]]
            values = [value for value in of_group if value is not None]
            assert group.measures[measure, name] == measured(measure, values), (group.keys, measure, name)


async def test_texts_and_times_have_a_smallest_and_a_largest(crm: Crm) -> None:
    named = [
        (measure, name) for measure in (Measure.MIN, Measure.MAX) for name in ("name", "closedOn", "closedAt")
    ]

    (group,) = await groups(crm, measures=named)

    known = {name: [v for d in DEALS if (v := value(d)) is not None] for name, value in TIMES.items()}
    assert group.measures == {(measure, name): measured(measure, known[name]) for measure, name in named}


TIMES: dict[str, Callable[[Deal], Any]] = {
    "name": lambda d: d.name,
    "closedOn": lambda d: d.closed_on,
    "closedAt": lambda d: d.closed_at,
}


async def test_only_what_the_filter_selects_is_measured(crm: Crm) -> None:
    (group,) = await groups(crm, measures=[(Measure.SUM, "probability")], isHot={"eq": True})

    hot = [deal for deal in DEALS if deal.is_hot]
    assert (group.count, group.measures) == (
        len(hot),
        {(Measure.SUM, "probability"): sum(deal.probability or 0 for deal in hot)},
    )


async def test_nothing_selected_is_one_row_of_nothing_without_grouping(crm: Crm) -> None:
    nothing: dict[str, Any] = {"name": {"eq": "nobody"}}

    assert await groups(crm, measures=[(Measure.SUM, "amount"), (Measure.AVG, "amount")], **nothing) == [
        Group((), 0, {(Measure.SUM, "amount"): None, (Measure.AVG, "amount"): None})
    ]
    assert await groups(crm, "stage", **nothing) == []


async def test_an_aggregate_is_one_statement(crm: Crm) -> None:
    before = len(crm.statements)

    await groups(crm, "stage", "region", measures=ALL_MEASURES)

    assert len(crm.statements) - before == 1


@pytest.mark.parametrize(
    "wanted", [{"measures": [(Measure.SUM, "margin")]}, {"measures": [(Measure.MIN, "margin")]}]
)
async def test_what_may_not_be_read_may_not_be_measured(crm: Crm, wanted: dict[str, Any]) -> None:
    seller = kehu.Principal(None, "Ann", grants={"deals.deal:read": kehu.Level.ALL})

    with pytest.raises(kehu.Forbidden, match=r"deals\.margin:read"):
        await groups(crm, to=seller, **wanted)


async def test_more_than_a_thousand_groups_are_refused(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kehu.kernel.reading.aggregates.LARGEST_RESULT", 2)

    with pytest.raises(kehu.BadInput) as refusal:
        await groups(crm, "stage")

    assert [(e.code, e.field) for e in refusal.value.errors] == [("TOO_MANY_GROUPS", "groupBy")]
