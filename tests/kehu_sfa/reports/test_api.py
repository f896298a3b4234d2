"""Every report through the API, on both databases, for one small story."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import kehu
from kehu_graphql import Api
from kehu_sfa import Competitor, Opportunity, OpportunityCompetitor
from tests.kehu.factories import make_user, saved
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity

REPORTS = """query($asOf: DateTime, $since: DateTime!) {
  funnelReport(asOf: $asOf) { stage { name } entered wentOn lost conversionPercent medianDays }
  outcomeReport(by: OWNER, asOf: $asOf) {
    label won lost winPercent currency wonAmount averageAmount
    cycleOfWon { medianDays meanDays } cycleOfLost { medianDays meanDays }
  }
  quarters: outcomeReport(by: QUARTER, asOf: $asOf) { label won lost }
  lostReasonReport(asOf: $asOf) { reason count percent currency amount }
  velocityReport(by: OWNER, asOf: $asOf) { label open winPercent averageAmount meanDays amountPerDay }
  pipelineReport(by: STAGE, asOf: $asOf) { label currency count amount weightedAmount }
  pipelineWaterfall(since: $since, until: $asOf) {
    currency start new { count amount } won { count amount } lost { count amount } end
  }
  competitorReport(asOf: $asOf) { competitor { name } met won lost lostTo winPercent }
  activityReport(asOf: $asOf) { outcome deals interactions calls visits perDeal medianPerDeal withoutAny }
}"""


async def happen(app: kehu.App, clock: Clock, stages: Stages) -> datetime:
    """Ann wins one deal and loses another to Acme; a third stays open. Gives the moment before anything closed."""
    ann = await make_user(app)
    deals = [
        await saved_opportunity(
            app,
            stages.qualified,
            name=name,
            owner_id=ann.id,
            amount=Decimal(amount),
            currency="EUR",
            opened_on=date(2026, 2, 20),
        )
        for name, amount in (("Press", 100), ("Saw", 50), ("Drill", 30))
    ]
    acme = await saved(app, Competitor(name="Acme"))
    for deal in deals[:2]:
        await saved(app, OpportunityCompetitor(opportunity_id=deal.id, competitor_id=acme.id))
    await saved(app, call_about(deals[0], clock.now))
    before = clock.now
    clock.advance(days=10)
    async with app.context() as ctx, ctx.write():
        won, lost = [await ctx.get(Opportunity, deal.id) for deal in deals[:2]]
        won.move_to(stages.proposal, at=ctx.now())
        won.win(stages.won, at=ctx.now(), on=ctx.today())
        lost.lose(stages.lost, reason="COMPETITOR", at=ctx.now(), on=ctx.today())
    return before


def call_about(deal: kehu.Entity, at: datetime) -> kehu.Interaction:
    return kehu.Interaction(
        kind="CALL",
        direction="OUT",
        status=kehu.InteractionStatus.DONE,
        subject="Price",
        started_at=at,
        ended_at=at,
        regarding_id=kehu.global_id("Opportunity", deal.id),
    )


async def asked(app: kehu.App, as_of: datetime | None) -> dict[str, Any]:
    since = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    answer = await Api(app).execute(REPORTS, {"asOf": as_of and as_of.isoformat(), "since": since})
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


async def test_every_report_tells_the_story(app: kehu.App, clock: Clock, stages: Stages) -> None:
    await happen(app, clock, stages)

    told = await asked(app, None)

    [qualified, proposal, *_] = told["funnelReport"]
    counts = ("entered", "wentOn", "lost", "conversionPercent", "medianDays")
    assert [qualified[name] for name in counts] == [3, 1, 1, "33.33", "10"]
    assert [proposal[name] for name in counts] == [1, 1, 0, "100", "0"]
    cycle = {"medianDays": "20", "meanDays": "20"}
    assert told["outcomeReport"] == [
        {
            "label": "Ann",
            "won": 1,
            "lost": 1,
            "winPercent": "50",
            "currency": "EUR",
            "wonAmount": "100",
            "averageAmount": "100",
            "cycleOfWon": cycle,
            "cycleOfLost": cycle,
        }
    ]
    assert told["quarters"] == [{"label": "2026-01-01", "won": 1, "lost": 1}]
    assert told["lostReasonReport"] == [
        {"reason": "COMPETITOR", "count": 1, "percent": "100", "currency": "EUR", "amount": "50"}
    ]
    assert told["velocityReport"] == [
        {
            "label": "Ann",
            "open": 1,
            "winPercent": "50",
            "averageAmount": "100",
            "meanDays": "20",
            "amountPerDay": "2.5",
        }
    ]
    assert told["pipelineReport"] == [
        {"label": "Qualified", "currency": "EUR", "count": 1, "amount": "30", "weightedAmount": "3"}
    ]
    assert told["pipelineWaterfall"] == [
        {
            "currency": "EUR",
            "start": "0",
            "new": {"count": 3, "amount": "180"},
            "won": {"count": 1, "amount": "-100"},
            "lost": {"count": 1, "amount": "-50"},
            "end": "30",
        }
    ]
    assert told["competitorReport"] == [
        {"competitor": {"name": "Acme"}, "met": 2, "won": 1, "lost": 1, "lostTo": 1, "winPercent": "50"}
    ]
    [won, lost] = told["activityReport"]
    assert (won["outcome"], won["deals"], won["calls"], won["perDeal"], won["withoutAny"]) == (
        *("WON", 1, 1, "1", 0),
    )
    assert (lost["outcome"], lost["deals"], lost["interactions"], lost["withoutAny"]) == ("LOST", 1, 0, 1)


async def test_every_report_tells_what_was_before(app: kehu.App, clock: Clock, stages: Stages) -> None:
    before = await happen(app, clock, stages)

    told = await asked(app, before)

    assert [(row["entered"], row["wentOn"], row["medianDays"]) for row in told["funnelReport"]] == [
        *((3, 0, None), (0, 0, None), (0, 0, None)),
    ]
    assert (told["outcomeReport"], told["quarters"], told["lostReasonReport"]) == ([], [], [])
    assert [(row["open"], row["amountPerDay"]) for row in told["velocityReport"]] == [(3, None)]
    assert [(row["count"], row["amount"]) for row in told["pipelineReport"]] == [(3, "180")]
    assert [row["end"] for row in told["pipelineWaterfall"]] == ["180"]
    assert [(row["met"], row["won"], row["lostTo"]) for row in told["competitorReport"]] == [(2, 0, 0)]
    assert [row["deals"] for row in told["activityReport"]] == [0, 0]


async def test_reports_show_only_what_the_reader_may_see(app: kehu.App, clock: Clock, stages: Stages) -> None:
    await happen(app, clock, stages)
    stranger = await make_user(app, "Bob")
    own = {
        f"sfa.{name}:read": kehu.Level.OWN
        for name in ("opportunity", "opportunity_change", "stage_change", "opportunity_competitor")
    }
    grants = {**own, "sfa.stage:read": kehu.Level.ALL, "sfa.pipeline:read": kehu.Level.ALL}
    bob = kehu.Principal(stranger.id, "Bob", grants=grants)

    answer = await Api(app).execute(REPORTS, {"since": "2026-01-01T00:00:00Z"}, principal=bob)

    assert "errors" not in answer, answer
    told = answer["data"]
    assert [row["entered"] for row in told["funnelReport"]] == [0, 0, 0]
    lists = ("outcomeReport", "lostReasonReport", "velocityReport", "pipelineReport", "competitorReport")
    assert [told[name] for name in lists] == [[], [], [], [], []]
