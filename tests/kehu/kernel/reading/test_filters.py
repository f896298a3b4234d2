"""Filters select what the same condition in Python selects, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.business.identifiers import fold
from tests import deals
from tests.crm import Crm, crm_of
from tests.deals import Deal, Line
from tests.kehu.kernel.reading import portfolio
from tests.kehu.kernel.reading.portfolio import ANN, MUELLER, ZHOU, at

custom = kehu.Plugin("acme", requires=["core", "deals"])
REGION = custom.custom_field(Deal, "region", str, default="north")
REBATE = custom.custom_field(Deal, "rebate", Decimal)
REVIEWED_ON = custom.custom_field(Deal, "reviewed_on", date)
IS_PUBLIC = custom.custom_field(Deal, "is_public", bool)


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(deals.plugin, custom, url=shared_database_url) as crm:
        await portfolio.found(crm)
        async with crm.app.context() as ctx, ctx.write():
            alpha, beta = await deal(ctx, "alpha"), await deal(ctx, "Beta")
            REGION.set(alpha, "south")
            REBATE.set(alpha, Decimal("0.1"))
            REBATE.set(beta, Decimal("12345678901234.5678"))
            REVIEWED_ON.set(alpha, date(2026, 2, 28))
            IS_PUBLIC.set(alpha, True)
            IS_PUBLIC.set(beta, False)
        yield crm


async def deal(ctx: kehu.Context, name: str) -> Deal:
    return (await ctx.session.scalars(sa.select(Deal).where(Deal.name == name))).one()


async def selected(
    crm: Crm, filter: Mapping[str, Any], model: type[Any] = Deal, *, to: kehu.Principal = kehu.SYSTEM
) -> set[str]:
    """The names of the records that the filter selects."""
    async with crm.app.context(to) as ctx:
        conditions = crm.app.filters.listed(ctx, model, filter)
        return set(await ctx.session.scalars(sa.select(model.name).where(*conditions)))


def spelled(value: object) -> str:
    """The id of a test: its filter; whatever else belongs to it says nothing."""
    return str(value) if isinstance(value, dict) else ""


CURRENT = [deal for deal in portfolio.deals() if deal.archived_at is None]
AMOUNT = Decimal("100.1")


@pytest.mark.parametrize(
    ("filter", "holds"),
    [
        ({}, lambda _: True),
        ({"name": None}, lambda _: True),
        ({"name": {}}, lambda _: True),
        ({"name": {"eq": None}}, lambda _: False),
        ({"name": {"eq": "alpha"}}, lambda d: d.name == "alpha"),
        ({"name": {"ne": "alpha"}}, lambda d: d.name != "alpha"),
        ({"name": {"in": ["alpha", "Beta"]}}, lambda d: d.name in {"alpha", "Beta"}),
        ({"name": {"in": []}}, lambda _: False),
        ({"name": {"notIn": ["alpha"]}}, lambda d: d.name != "alpha"),
        ({"name": {"notIn": []}}, lambda _: True),
        ({"name": {"contains": "A"}}, lambda d: "a" in fold(d.name)),
        ({"name": {"contains": "äRG"}}, lambda d: d.name == "Ärger"),
        ({"name": {"contains": "%"}}, lambda d: "%" in d.name),
        ({"name": {"contains": "_"}}, lambda d: "_" in d.name),
        ({"name": {"contains": "/"}}, lambda _: False),
        ({"name": {"startsWith": "BETA"}}, lambda d: d.name == "Beta"),
        ({"name": {"endsWith": "MMA"}}, lambda d: d.name == "gamma"),
        ({"name": {"gt": "alpha"}}, lambda d: d.name > "alpha"),
        ({"name": {"gte": "alpha", "lt": "gb"}}, lambda d: "alpha" <= d.name < "gb"),
        ({"code": {"eq": None}}, lambda d: d.code is None),
        ({"code": {"ne": None}}, lambda d: d.code is not None),
        ({"code": {"ne": "D-1"}}, lambda d: d.code != "D-1"),
        ({"code": {"notIn": ["D-1"]}}, lambda d: d.code != "D-1"),
        ({"code": {"isNull": True}}, lambda d: d.code is None),
        ({"code": {"isNull": False}}, lambda d: d.code is not None),
        ({"code": {"isNull": None}}, lambda _: True),
        ({"amount": {"eq": AMOUNT}}, lambda d: d.amount == AMOUNT),
        ({"amount": {"ne": AMOUNT}}, lambda d: d.amount != AMOUNT),
        ({"amount": {"gt": AMOUNT}}, lambda d: d.amount is not None and d.amount > AMOUNT),
        ({"amount": {"gte": AMOUNT}}, lambda d: d.amount is not None and d.amount >= AMOUNT),
        ({"amount": {"lt": Decimal(0)}}, lambda d: d.amount is not None and d.amount < 0),
        ({"amount": {"lte": Decimal(0)}}, lambda d: d.amount is not None and d.amount <= 0),
        ({"amount": {"in": [AMOUNT, Decimal(0)]}}, lambda d: d.amount in {AMOUNT, Decimal(0)}),
        ({"probability": {"gt": 20}}, lambda d: d.probability is not None and d.probability > 20),
        ({"isHot": {"eq": True}}, lambda d: d.is_hot),
        ({"isHot": {"ne": True}}, lambda d: not d.is_hot),
        ({"stage": {"in": ["WON", "LOST"]}}, lambda d: d.stage in {"WON", "LOST"}),
        ({"tags": {"has": "a"}}, lambda d: "a" in (d.tags or [])),
        ({"tags": {"has": "Ünique"}}, lambda d: "Ünique" in (d.tags or [])),
        ({"tags": {"has": "A"}}, lambda _: False),
        ({"closedOn": {"gte": date(2026, 4, 28)}}, lambda d: d.closed_on and d.closed_on.month >= 4),
        ({"closedAt": {"eq": at(28)}}, lambda d: d.closed_at is not None),
        ({"closedAt": {"gt": at(28)}}, lambda _: False),
        ({"ownerId": {"eq": kehu.global_id("User", ANN)}}, lambda d: d.owner_id == ANN),
        ({"ownerId": {"ne": kehu.global_id("User", ANN)}}, lambda d: d.owner_id != ANN),
        ({"ownerId": {"isNull": True}}, lambda d: d.owner_id is None),
        ({"id": {"in": [kehu.global_id("Deal", CURRENT[0].id)]}}, lambda d: d.name == "alpha"),
        ({"and": []}, lambda _: True),
        ({"or": []}, lambda _: False),
        ({"or": [{"name": {"eq": "alpha"}}, {"isHot": {"eq": True}}]}, lambda d: d.name == "alpha" or d.is_hot),
        ({"and": [{"isHot": {"eq": True}}, {"stage": {"eq": "WON"}}]}, lambda d: d.is_hot and d.stage == "WON"),
        ({"or": [{}, {"name": {"eq": "alpha"}}]}, lambda _: True),
        ({"not": {}}, lambda _: False),
        ({"not": {"name": {"eq": "alpha"}}}, lambda d: d.name != "alpha"),
        ({"not": {"amount": {"gt": Decimal(5)}}}, lambda d: d.amount is None or d.amount <= 5),
        ({"not": {"not": {"amount": {"gt": Decimal(5)}}}}, lambda d: d.amount is not None and d.amount > 5),
        ({"not": {"or": [{"code": {"eq": "D-1"}}, {"amount": {"gt": Decimal(5)}}]}},
         lambda d: d.code != "D-1" and (d.amount is None or d.amount <= 5)),
        ({"customer": {"name": {"contains": "müller"}}}, lambda d: d.customer_id == MUELLER),
        ({"customer": {"not": {"name": {"contains": "müller"}}}}, lambda d: d.customer_id == ZHOU),
        ({"owner": {}}, lambda d: d.owner_id is not None),
        ({"not": {"owner": {"name": {"eq": "Ann"}}}}, lambda d: d.owner_id is None),
        ({"lines": {"some": {}}}, lambda d: d.name in {"alpha", "Beta"}),
        ({"lines": {"some": {"text": {"eq": "paper"}}}}, lambda d: d.name == "alpha"),
        ({"lines": {"none": {}}}, lambda d: d.name not in {"alpha", "Beta"}),
        ({"lines": {"none": {"text": {"eq": "paper"}}}}, lambda d: d.name != "alpha"),
        ({"lines": {"every": {"text": {"eq": "ink"}}}}, lambda d: d.name != "alpha"),
        ({"lines": {"some": {}, "every": {"text": {"eq": "ink"}}}}, lambda d: d.name == "Beta"),
        ({"region": {"eq": "south"}}, lambda d: d.name == "alpha"),
        ({"region": {"eq": "north"}}, lambda d: d.name != "alpha"),
        ({"rebate": {"eq": Decimal("0.1")}}, lambda d: d.name == "alpha"),
        ({"rebate": {"lt": Decimal("12345678901234.5679")}}, lambda d: d.name in {"alpha", "Beta"}),
        ({"rebate": {"gt": Decimal("12345678901234.5677")}}, lambda d: d.name == "Beta"),
        ({"rebate": {"isNull": True}}, lambda d: d.name not in {"alpha", "Beta"}),
        ({"reviewedOn": {"lte": date(2026, 2, 28)}}, lambda d: d.name == "alpha"),
        ({"isPublic": {"eq": True}}, lambda d: d.name == "alpha"),
        ({"isPublic": {"eq": False}}, lambda d: d.name == "Beta"),
        ({"not": {"isPublic": {"eq": True}}}, lambda d: d.name != "alpha"),
    ],
    ids=spelled,
)  # fmt: skip
async def test_a_filter_selects_what_the_condition_in_python_selects(
    crm: Crm, filter: Mapping[str, Any], holds: Callable[[Deal], bool]
) -> None:
    assert await selected(crm, filter) == {deal.name for deal in CURRENT if holds(deal)}


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ({"archivedAt": {"isNull": False}}, {"gone"}),
        ({"or": [{"archivedAt": {"isNull": False}}, {"name": {"eq": "alpha"}}]}, {"gone", "alpha"}),
        ({"not": {"archivedAt": {"isNull": True}}}, {"gone"}),
        ({"archivedAt": {"gte": at(1)}}, {"gone"}),
        ({"archivedAt": {"gt": at(1)}}, set()),
    ],
    ids=spelled,
)
async def test_archived_records_are_left_out_unless_the_filter_speaks_of_them(
    crm: Crm, filter: Mapping[str, Any], names: set[str]
) -> None:
    assert await selected(crm, filter) == names


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ({"deals": {"some": {"name": {"eq": "gone"}}}}, set()),
        ({"deals": {"none": {"name": {"eq": "gone"}}}}, {"Müller & Söhne", "周大福 100%", "Nobody's"}),
        ({"deals": {"some": {"archivedAt": {"isNull": False}}}}, {"周大福 100%"}),
        ({"deals": {"every": {"archivedAt": {"isNull": True}}}}, {"Müller & Söhne", "Nobody's"}),
        ({"deals": {"every": {"amount": {"gt": Decimal(5)}}}}, {"Nobody's"}),
        ({"deals": {"some": {"lines": {"some": {"text": {"eq": "ink"}}}}}}, {"Müller & Söhne"}),
        ({"openAmount": {"eq": AMOUNT}}, {"Müller & Söhne"}),
        ({"openAmount": {"isNull": True}}, {"Nobody's"}),
        ({"not": {"openAmount": {"gt": Decimal(50)}}}, {"Nobody's", "周大福 100%"}),
        ({"openAmount": {"gte": Decimal(7)}}, {"Müller & Söhne", "周大福 100%"}),
    ],
    ids=spelled,
)
async def test_filters_reach_through_relations_and_sql_fields(
    crm: Crm, filter: Mapping[str, Any], names: set[str]
) -> None:
    assert await selected(crm, filter, kehu.Customer) == names


async def test_a_sql_field_is_a_condition_on_the_parent_too(crm: Crm) -> None:
    async with crm.app.context() as ctx:
        conditions = crm.app.filters.listed(
            ctx, Line, {"deal": {"customer": {"openAmount": {"gte": AMOUNT}}}}
        )
        texts = set(await ctx.session.scalars(sa.select(Line.text).where(*conditions)))

    assert texts == {"paper", "ink"}


@pytest.mark.parametrize("operator", ["eq", "contains", "in"])
async def test_text_that_no_database_can_hold_is_refused(crm: Crm, operator: str) -> None:
    for impossible in ("nul\x00", "half \ud800 of a character"):
        given = [impossible] if operator == "in" else impossible
        with pytest.raises(kehu.BadInput) as refusal:
            await selected(crm, {"name": {operator: given}})
        assert refusal.value.errors[0].field == "name"


@pytest.mark.parametrize(
    "filter",
    [
        {"margin": {"gt": Decimal(0)}},
        {"margin": {"isNull": True}},
        {"margin": {}},
        {"not": {"margin": {"gt": Decimal(0)}}},
        {"or": [{"name": {"eq": "alpha"}}, {"and": [{"margin": {"eq": Decimal(1)}}]}]},
    ],
    ids=spelled,
)
async def test_a_field_that_may_not_be_read_may_not_be_filtered_by(
    crm: Crm, filter: Mapping[str, Any]
) -> None:
    seller = kehu.Principal(ANN, "Ann", grants={"deals.deal:read": kehu.Level.ALL})

    with pytest.raises(kehu.Forbidden, match=r"deals\.margin:read") as refusal:
        await selected(crm, filter, to=seller)

    assert refusal.value.errors[0].field == "margin"


async def test_a_field_that_may_not_be_read_may_not_be_reached_through_a_relation(crm: Crm) -> None:
    seller = kehu.Principal(
        ANN, "Ann", grants={"deals.deal:read": kehu.Level.ALL, "core.customer:read": kehu.Level.ALL}
    )

    with pytest.raises(kehu.Forbidden):
        await selected(crm, {"deals": {"some": {"margin": {"gt": Decimal(0)}}}}, kehu.Customer, to=seller)
