"""Levels are reviewed by rules, and changed by people, through the API on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.jobs.models import Job
from kehu_partner_inventory import (
    LevelRule,
    PartnerLevel,
    PartnerMeasure,
    PartnerProgramme,
    ReviewInterval,
)
from kehu_partner_inventory.reviews.actions import review_ended_period, review_ended_periods
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D, somebody
from tests.kehu_partner_inventory.trade import Trade, open_trade

NIGHTLY = "partner_inventory.review_ended_period"
PERIOD = 'fromOn: "2026-01-01", untilOn: "2026-03-31"'
SHOWN = "id direction fromOn untilOn fromLevel { name } toLevel { name } partner { code } status"
LEVELS: list[tuple[str, list[tuple[PartnerMeasure, int, str | None]]]] = [
    ("Silver", []),
    ("Gold", [(PartnerMeasure.PURCHASES, 50, "EUR"), (PartnerMeasure.RETURN_PERCENT, 30, None)]),
    ("Platinum", [(PartnerMeasure.PURCHASES, 1000, "EUR")]),
]


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    """NORTH and CORNER are silver, SOUTH is gold; NORTH bought for 70 euros, the others for nothing."""
    trade = await open_trade(app)
    programme = await saved(app, PartnerProgramme(name="Dealers"))
    levels = {}
    for rank, (name, rules) in enumerate(LEVELS, start=1):
        level = await saved(app, PartnerLevel(programme_id=programme.id, name=name, rank=rank))
        levels[name] = level
        for measure, threshold, currency in rules:
            await saved(
                app,
                LevelRule(level_id=level.id, measure=measure, threshold=D(threshold), currency=currency),
            )
    for code, name in (("NORTH", "Silver"), ("CORNER", "Silver"), ("SOUTH", "Gold")):
        await changed(app, trade.channel.partners[code], level_id=levels[name].id)
    await trade.depot.receive("BOLT", 100)
    await trade.do(await trade.order(("BOLT", 7)), "submit", "confirm", "ship", "invoice")
    return trade


async def reviewed(
    trade: Trade, shown: str = SHOWN, *, to: kehu.Principal = kehu.SYSTEM
) -> list[dict[str, Any]]:
    found = await trade.channel.ask("{ partnerProgrammes { nodes { id } } }")
    (programme,) = found["partnerProgrammes"]["nodes"]
    call = f'reviewLevelsPartnerProgramme(id: "{programme["id"]}", {PERIOD})'
    return list((await trade.channel.do(call, f"result {{ {shown} }}", to=to))["result"])


async def test_rules_propose_what_a_manager_confirms(trade: Trade) -> None:
    up, down = await reviewed(trade, f"{SHOWN} findings {{ level measure threshold value isMet }}")
    assert up.pop("findings") == [
        {"level": "Gold", "measure": "PURCHASES", "threshold": "50", "value": "70", "isMet": True},
        {"level": "Gold", "measure": "RETURN_PERCENT", "threshold": "30", "value": "0", "isMet": True},
        {"level": "Platinum", "measure": "PURCHASES", "threshold": "1000", "value": "70", "isMet": False},
    ]
    key = up.pop("id")
    assert up == {
        "direction": "UP",
        "fromOn": "2026-01-01",
        "untilOn": "2026-03-31",
        "fromLevel": {"name": "Silver"},
        "toLevel": {"name": "Gold"},
        "partner": {"code": "NORTH"},
        "status": "PROPOSED",
    }
    assert (down["direction"], down["partner"]["code"], down["toLevel"]["name"]) == (
        "DOWN",
        "SOUTH",
        "Silver",
    )

    await trade.channel.do(f'confirmLevelReview(id: "{key}", reason: "Well done.")')
    call = f'dismissLevelReview(id: "{down["id"]}", reason: " ")'
    assert await trade.channel.refused(call) == [("LEVEL_REVIEW_REASON_MISSING", "reason")]
    await trade.channel.do(f'dismissLevelReview(id: "{down["id"]}", reason: "Fire in the shop.")')

    found = await trade.channel.ask(
        "{ partners(filter: {level: {name: {eq: GOLD}}}) { nodes { code levelChanges { nodes { reason "
        "fromLevel { name } toLevel { name } } } levelReviews { nodes { status decisionReason } } } } }".replace(
            "GOLD", '"Gold"'
        )
    )
    assert found["partners"]["nodes"] == [
        {
            "code": "NORTH",
            "levelChanges": {
                "nodes": [
                    {"reason": "Well done.", "fromLevel": {"name": "Silver"}, "toLevel": {"name": "Gold"}}
                ]
            },
            "levelReviews": {"nodes": [{"status": "CONFIRMED", "decisionReason": "Well done."}]},
        },
        {
            "code": "SOUTH",
            "levelChanges": {"nodes": []},
            "levelReviews": {"nodes": [{"status": "DISMISSED", "decisionReason": "Fire in the shop."}]},
        },
    ]
    assert await trade.channel.refused(f'confirmLevelReview(id: "{key}")') == [
        ("LEVEL_REVIEW_IN_OTHER_STATE", "status")
    ]


async def test_a_later_review_replaces_what_nobody_decided(trade: Trade) -> None:
    first = [each["id"] for each in await reviewed(trade)]
    second = [each["id"] for each in await reviewed(trade)]
    found = await trade.channel.ask("{ levelReviews { nodes { id status } } }")
    stands = {each["id"]: each["status"] for each in found["levelReviews"]["nodes"]}
    assert stands == dict.fromkeys(first, "REPLACED") | dict.fromkeys(second, "PROPOSED")
    await trade.channel.do(f'ratePartner(id: "{trade.channel["NORTH"]}", reason: "By hand.")')
    call = f'confirmLevelReview(id: "{second[0]}")'
    assert await trade.channel.refused(call) == [("LEVEL_REVIEW_OUTDATED", "partner")]


async def nightly(trade: Trade) -> list[tuple[str, str, str, str]]:
    """Run the job; all proposals, oldest first: of whom, until when, to which level, and where they stand."""
    async with trade.app.context() as ctx:
        await review_ended_periods(ctx)
        jobs = (await ctx.session.scalars(sa.select(Job).where(Job.name == NIGHTLY))).all()
        async with ctx.write():
            for job in jobs:
                await review_ended_period(ctx, **job.arguments)
    found = await trade.channel.ask(f"{{ levelReviews(orderBy: [{{field: ID}}]) {{ nodes {{ {SHOWN} }} }} }}")
    return [
        (each["partner"]["code"], each["untilOn"], each["toLevel"]["name"], each["status"])
        for each in found["levelReviews"]["nodes"]
    ]


async def test_a_period_that_has_ended_is_reviewed_once_and_a_manager_confirms(
    trade: Trade, clock: Clock
) -> None:
    found = await trade.channel.ask("{ partnerProgrammes { nodes { id } } }")
    (programme,) = found["partnerProgrammes"]["nodes"]
    call = f'updatePartnerProgramme(input: {{id: "{programme["id"]}", reviewInterval: QUARTER}})'
    shown = await trade.channel.do(call, "partnerProgramme { reviewInterval reviewedUntilOn }")
    assert shown["partnerProgramme"] == {"reviewInterval": "QUARTER", "reviewedUntilOn": "2025-12-31"}
    clock.advance(days=30)
    assert await nightly(trade) == []

    clock.advance(days=1)
    first = await nightly(trade)
    assert first == [
        ("NORTH", "2026-03-31", "Gold", "PROPOSED"),
        ("SOUTH", "2026-03-31", "Silver", "PROPOSED"),
    ]
    found = await trade.channel.ask("{ levelReviews(orderBy: [{field: ID}]) { nodes { id } } }")
    await trade.channel.do(f'confirmLevelReview(id: "{found["levelReviews"]["nodes"][0]["id"]}")')
    clock.advance(days=1)
    assert await nightly(trade) == [(*first[0][:3], "CONFIRMED"), first[1]]

    clock.advance(days=91)
    assert await nightly(trade) == [
        (*first[0][:3], "CONFIRMED"),
        (*first[1][:3], "REPLACED"),
        ("NORTH", "2026-06-30", "Silver", "PROPOSED"),
        ("SOUTH", "2026-06-30", "Silver", "PROPOSED"),
    ]


async def test_each_programme_is_a_job_so_that_one_that_fails_keeps_none_waiting(trade: Trade) -> None:
    other = await saved(trade.app, PartnerProgramme(name="Resellers", review_interval=ReviewInterval.MONTH))
    async with trade.app.context() as ctx:
        dealers = await ctx.session.scalar(sa.select(PartnerProgramme).where(PartnerProgramme.id != other.id))
    assert dealers is not None
    await changed(trade.app, dealers, review_interval=ReviewInterval.QUARTER)
    async with trade.app.context() as ctx:
        for _night in range(2):
            await review_ended_periods(ctx)
        jobs = (await ctx.session.scalars(sa.select(Job).where(Job.name == NIGHTLY))).all()
    asked = sorted(job.arguments["programme_id"] for job in jobs)
    assert asked == sorted(str(each.id) for each in (dealers, other))


async def test_whoever_was_reviewed_by_hand_since_is_not_reviewed_again(trade: Trade, clock: Clock) -> None:
    async with trade.app.context() as ctx:
        programme = (await ctx.session.scalars(sa.select(PartnerProgramme))).one()
    await changed(trade.app, programme, review_interval=ReviewInterval.QUARTER)
    early = [each["partner"]["code"] for each in await reviewed(trade)]
    clock.advance(days=30)
    late = [each["partner"]["code"] for each in await reviewed(trade)]
    clock.advance(days=1)
    expected = [(code, "REPLACED") for code in early] + [(code, "PROPOSED") for code in late]
    assert [(code, status) for code, _, _, status in await nightly(trade)] == expected
    assert (early, late) == (["NORTH", "SOUTH"], ["NORTH", "SOUTH"])


async def test_what_was_reviewed_before_its_period_ended_is_reviewed_again(
    trade: Trade, clock: Clock
) -> None:
    async with trade.app.context() as ctx:
        programme = (await ctx.session.scalars(sa.select(PartnerProgramme))).one()
    await changed(trade.app, programme, review_interval=ReviewInterval.QUARTER)
    await reviewed(trade)
    clock.advance(days=31)
    assert [status for _, _, _, status in await nightly(trade)] == ["REPLACED"] * 2 + ["PROPOSED"] * 2


async def test_a_manager_reviews_the_partners_of_the_own_team(trade: Trade) -> None:
    team = await saved(trade.app, kehu.Team(name="South"))
    await changed(trade.app, trade.channel.partners["SOUTH"], team_id=team.id)
    grants = {
        "partner_programme__reviewLevels": kehu.Level.ALL,
        "partner_programme__read": kehu.Level.ALL,
        **{f"{entity}__read": kehu.Level.TEAM for entity in ("partner", "level_review")},
        "level_review__confirm": kehu.Level.TEAM,
    }
    manager = await somebody(trade.depot, team, **grants)
    everybody = await reviewed(trade, "id partner { code }")
    own = await reviewed(trade, "id partner { code }", to=manager)
    assert [each["partner"]["code"] for each in own] == ["SOUTH"]
    call = f'confirmLevelReview(id: "{everybody[0]["id"]}")'
    assert [code for code, _ in await trade.channel.refused(call, to=manager)] == ["NOT_FOUND"]
    north = await trade.channel.user_of("NORTH")
    found = await trade.channel.ask("{ levelReviews { totalCount } }", to=north)
    assert found == {"levelReviews": {"totalCount": 0}}
