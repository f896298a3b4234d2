"""Figures of groups: chosen by what they are, with percentiles, over related records; equal to Python's."""

from __future__ import annotations

import math
import random
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

import kehu
from kehu import Level
from tests import deals
from tests.crm import Crm, crm_of
from tests.deals import Deal

ANN, BOB = uuid.UUID(int=1), uuid.UUID(int=2)
FIRM, PERSON = uuid.UUID(int=11), uuid.UUID(int=12)
KINDS = {FIRM: "ORGANIZATION", PERSON: "PERSON"}
NAMES = {ANN: "Ann", BOB: "Bob", None: None}


def made_deals() -> list[Deal]:
    """Forty deals, the same each time."""
    chance = random.Random(5)
    return [
        Deal(
            id=uuid.UUID(int=100 + n),
            customer_id=chance.choice([FIRM, FIRM, PERSON]),
            owner_id=chance.choice([ANN, BOB, None]),
            name=chance.choice("ab"),
            amount=chance.choice([None, Decimal(chance.randrange(-500, 10_000)) / 8]),
            probability=chance.choice([None, chance.randrange(101)]),
        )
        for n in range(40)
    ]


DEALS = made_deals()


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(deals.plugin, url=shared_database_url) as crm:
        await crm.store(kehu.User(id=ANN, name="Ann"), kehu.User(id=BOB, name="Bob"))
        await crm.store(*(kehu.Customer(id=key, name=kind, kind=kind) for key, kind in KINDS.items()))
        await crm.store(*made_deals())
        yield crm


async def rows(crm: Crm, arguments: str, shown: str, to: kehu.Principal = kehu.SYSTEM) -> Any:
    return (await crm.ask(f"{{ rows: dealsAggregate{arguments} {{ {shown} }} }}", to=to))["rows"]


def percentile(values: list[Any], percent: Decimal) -> Decimal:
    """As percentile_cont is defined, in exact numbers."""
    place = percent * (len(values) - 1) / 100
    low, high = sorted(values)[int(place)], sorted(values)[math.ceil(place)]
    return (Decimal(low) + (Decimal(high) - Decimal(low)) * (place % 1)).quantize(
        Decimal("0.0001"), ROUND_HALF_EVEN
    )


async def test_percentiles_are_those_of_python(crm: Crm) -> None:
    shown = """key { name } median: percentile { amount probability }
      p90: percentile(percent: "90") { amount } all: percentile(percent: 100) { amount }
      p: percentile(percent: "33.3") { probability }"""
    found = await rows(crm, "(groupBy: [{field: NAME}])", shown)

    assert [row["key"]["name"] for row in found] == ["a", "b"]
    for row in found:
        mine = [deal for deal in DEALS if deal.name == row["key"]["name"]]
        amounts = [deal.amount for deal in mine if deal.amount is not None]
        chances = [deal.probability for deal in mine if deal.probability is not None]
        assert Decimal(row["median"]["amount"]) == percentile(amounts, Decimal(50))
        assert Decimal(row["median"]["probability"]) == percentile(chances, Decimal(50))
        assert Decimal(row["p90"]["amount"]) == percentile(amounts, Decimal(90))
        assert Decimal(row["all"]["amount"]) == max(amounts)
        assert Decimal(row["p"]["probability"]) == percentile(chances, Decimal("33.3"))


async def test_a_percentile_of_nothing_is_null_and_percentages_end_at_100(crm: Crm) -> None:
    shown = "count percentile { amount }"
    assert await rows(crm, '(filter: {name: {eq: "z"}})', shown) == [
        {"count": 0, "percentile": {"amount": None}}
    ]
    document = "{ dealsAggregate { percentile(percent: 101) { amount } } }"
    assert await crm.codes(document) == ["BAD_USER_INPUT"]
    asked = "query ($p: Decimal!) { dealsAggregate { percentile(percent: $p) { amount } } }"
    (row,) = (await crm.ask(asked, {"p": "100"}))["dealsAggregate"]
    assert Decimal(row["percentile"]["amount"]) == max(d.amount for d in DEALS if d.amount is not None)


async def test_groups_by_what_a_record_refers_to(crm: Crm) -> None:
    arguments = "(groupBy: [{customer: {field: KIND}}, {owner: {field: NAME}}])"
    found = await rows(crm, arguments, "count key { customerKey { kind } ownerKey { name } name }")

    numbers: dict[Any, int] = defaultdict(int)
    for deal in DEALS:
        numbers[KINDS[deal.customer_id], NAMES[deal.owner_id]] += 1
    assert {
        (row["key"]["customerKey"]["kind"], row["key"]["ownerKey"]["name"]): row["count"] for row in found
    } == numbers
    assert {row["key"]["name"] for row in found} == {None}


async def test_a_bucket_of_a_related_date_and_two_steps(crm: Crm) -> None:
    arguments = (
        "(groupBy: [{customer: {field: CREATED_AT, bucket: YEAR}}, {customer: {owner: {field: NAME}}}])"
    )
    found = await rows(crm, arguments, "count key { customerKey { createdAt ownerKey { name } } }")
    key = {"customerKey": {"createdAt": "2026-01-01", "ownerKey": {"name": None}}}
    assert found == [{"count": 40, "key": key}]


async def test_what_one_may_not_see_is_no_key(crm: Crm) -> None:
    grants = {"core.customer:read": Level.ALL, "deals.deal:read": Level.ALL}
    nobodys_friend = kehu.Principal(uuid.UUID(int=9), "Max", grants=grants)
    found = await rows(
        crm, "(groupBy: [{owner: {field: NAME}}])", "count key { ownerKey { name } }", to=nobodys_friend
    )
    assert found == [{"count": 40, "key": {"ownerKey": {"name": None}}}]


async def test_filters_over_relations_hold_for_figures(crm: Crm) -> None:
    arguments = '(filter: {customer: {kind: {eq: PERSON}}, owner: {name: {eq: "Ann"}}})'
    (row,) = await rows(crm, arguments, "count")
    assert row["count"] == sum(d.customer_id == PERSON and d.owner_id == ANN for d in DEALS)


@pytest.mark.parametrize(
    ("having", "holds"),
    [
        ("{measure: COUNT, value: {gt: 6}}", lambda ds: len(ds) > 6),
        ("{measure: COUNT, value: {in: [5, 6]}}", lambda ds: len(ds) in (5, 6)),
        (
            '{measure: SUM, field: AMOUNT, value: {gte: "20000.125"}}',
            lambda ds: total(ds) >= Decimal("20000.125"),
        ),
        ("{measure: SUM, field: PROBABILITY, value: {lt: 300.5}}", lambda ds: chance(ds) < Decimal("300.5")),
        ("{measure: AVG, field: AMOUNT, value: {gt: 600}}", lambda ds: average(ds) > 600),
        (
            '{measure: AVG, field: PROBABILITY, value: {lte: "51.75"}}',
            lambda ds: mean(ds) <= Decimal("51.75"),
        ),
        ("{measure: MAX, field: AMOUNT, value: {lt: 1200}}", lambda ds: max(amounts(ds)) < 1200),
        ("{measure: MIN, field: PROBABILITY, value: {eq: 4.5}}", lambda ds: ds == []),
        ("{measure: DISTINCT, field: NAME, value: {ne: 2}}", lambda ds: len({d.name for d in ds}) != 2),
    ],
)
async def test_only_groups_whose_figures_are_so(crm: Crm, having: str, holds: Any) -> None:
    arguments = f"(groupBy: [{{customer: {{field: KIND}}}}, {{field: OWNER_ID}}], having: [{having}])"
    found = await rows(crm, arguments, "count key { customerKey { kind } owner { name } }")

    groups: dict[Any, list[Deal]] = defaultdict(list)
    for deal in DEALS:
        groups[KINDS[deal.customer_id], NAMES[deal.owner_id]].append(deal)
    expected = {key: len(group) for key, group in groups.items() if holds(group)}
    assert {
        (row["key"]["customerKey"]["kind"], (row["key"]["owner"] or {"name": None})["name"]): row["count"]
        for row in found
    } == expected


async def test_what_makes_no_condition_and_no_group_is_refused(crm: Crm) -> None:
    for arguments in (
        "(having: [{measure: SUM, value: {gt: 1}}])",
        "(having: [{measure: COUNT, field: NAME, value: {gt: 1}}])",
        "(having: [{measure: SUM, field: NAME, value: {gt: 1}}])",
        "(groupBy: [{field: NAME, owner: {field: NAME}}])",
        "(groupBy: [{bucket: DAY}])",
        "(groupBy: [{owner: {field: NAME}}, {owner: {field: NAME}}])",
    ):
        assert await crm.codes(f"{{ dealsAggregate{arguments} {{ count }} }}") == ["BAD_USER_INPUT"], (
            arguments
        )
    hidden = '(having: [{measure: SUM, field: MARGIN, value: {gt: "1"}}])'
    clerk = kehu.Principal(uuid.UUID(int=9), "Max", grants={"deals.deal:read": Level.ALL})
    assert await crm.codes(f"{{ dealsAggregate{hidden} {{ count }} }}", to=clerk) == ["FORBIDDEN"]


def amounts(found: list[Deal]) -> list[Decimal]:
    return [deal.amount for deal in found if deal.amount is not None]


def total(found: list[Deal]) -> Decimal:
    return sum(amounts(found), Decimal(0))


def average(found: list[Deal]) -> Decimal:
    return total(found) / len(amounts(found))


def chance(found: list[Deal]) -> int:
    return sum(deal.probability or 0 for deal in found)


def mean(found: list[Deal]) -> Decimal:
    return Decimal(chance(found)) / len([d for d in found if d.probability is not None])
