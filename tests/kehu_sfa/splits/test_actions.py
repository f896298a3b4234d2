"""Team selling through the API, on both databases."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
import sqlalchemy as sa

import kehu
from kehu_graphql import Api
from kehu_sfa import OpportunitySplit
from tests.crm import reasons
from tests.kehu.factories import changed, make_user, refused
from tests.kehu_sfa.factories import Stages, saved_opportunity

SHARE = """mutation($id: ID!, $shares: [ShareInput!]!) {
  shareOpportunity(id: $id, shares: $shares) {
    opportunity { splits { nodes { user { name } percent } } } userErrors { code field }
  }
}"""


async def shared(app: kehu.App, deal: kehu.Entity, *shares: tuple[kehu.Entity, str]) -> tuple[object, object]:
    given = [{"userId": kehu.global_id("User", user.id), "percent": percent} for user, percent in shares]
    variables = {"id": kehu.global_id("Opportunity", deal.id), "shares": given}
    payload = (await Api(app).execute(SHARE, variables))["data"]["shareOpportunity"]
    nodes = payload["opportunity"]["splits"]["nodes"] if payload["opportunity"] else None
    return nodes and [(node["user"]["name"], node["percent"]) for node in nodes], payload["userErrors"]


async def test_parts_that_sum_to_100_replace_those_before(app: kehu.App, stages: Stages) -> None:
    ann, bob, eve = [await make_user(app, name) for name in ("Ann", "Bob", "Eve")]
    deal = await saved_opportunity(app, stages.qualified)

    assert await shared(app, deal, (ann, "60"), (bob, "40")) == ([("Ann", "60"), ("Bob", "40")], [])
    assert await shared(app, deal, (ann, "66.67"), (eve, "33.33")) == (
        [("Ann", "66.67"), ("Eve", "33.33")],
        [],
    )
    assert await shared(app, deal) == ([], [])


async def test_who_has_left_gets_no_part(app: kehu.App, stages: Stages) -> None:
    ann, bob = [await make_user(app, name) for name in ("Ann", "Bob")]
    await changed(app, bob, is_active=False)
    deal = await saved_opportunity(app, stages.qualified)

    refused = [{"code": "OWNER_HAS_LEFT", "field": "shares"}]
    assert await shared(app, deal, (ann, "50"), (bob, "50")) == (None, refused)


@pytest.mark.parametrize("percents", [("60", "39.99"), ("60", "41"), ("100", "0"), ("110", "-10")])
async def test_parts_that_are_not_whole_are_refused(
    app: kehu.App, stages: Stages, percents: tuple[str, str]
) -> None:
    ann, bob = [await make_user(app, name) for name in ("Ann", "Bob")]
    deal = await saved_opportunity(app, stages.qualified)

    _, errors = await shared(app, deal, (ann, percents[0]), (bob, percents[1]))

    assert errors == [{"code": "SPLITS_NOT_100", "field": "percent"}]


async def test_two_divisions_at_the_same_time_leave_a_whole(app: kehu.App, stages: Stages) -> None:
    ann, bob, eve = [await make_user(app, name) for name in ("Ann", "Bob", "Eve")]
    deal = await saved_opportunity(app, stages.qualified)

    await asyncio.gather(
        shared(app, deal, (ann, "60"), (bob, "40")),
        shared(app, deal, (eve, "100")),
        shared(app, deal, (bob, "100")),
    )

    async with app.context() as ctx:
        percents = (await ctx.session.scalars(sa.select(OpportunitySplit.percent))).all()
    assert sum(percents) == 100


async def test_nobody_is_named_twice(app: kehu.App, stages: Stages) -> None:
    ann = await make_user(app)
    deal = await saved_opportunity(app, stages.qualified)

    _, errors = await shared(app, deal, (ann, "50"), (ann, "50"))

    assert errors == [{"code": "DUPLICATE", "field": "shares"}]


async def test_a_plugin_cannot_write_parts_that_are_not_whole(app: kehu.App, stages: Stages) -> None:
    ann = await make_user(app)
    deal = await saved_opportunity(app, stages.qualified)

    errors = await refused(app, OpportunitySplit(opportunity_id=deal.id, user_id=ann.id, percent=Decimal(99)))

    assert reasons(errors) == [("SPLITS_NOT_100", "percent", "sfa")]
