"""Forecasts through the API, on both databases: submitted, adjusted, rolled up, kept and measured."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Membership
from kehu_graphql import Api
from kehu_sfa import ForecastSnapshot, ForecastSubmission
from kehu_sfa.forecasts.accuracy import accuracy
from kehu_sfa.forecasts.actions import keep_forecasts
from tests.crm import reasons
from tests.kehu.factories import change_refused, make_user, saved
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity, user

SUBMIT = """mutation($commit: Decimal!, $best: Decimal, $currency: String!) {
  createForecastSubmission(input: {
    period: QUARTER, startsOn: "2026-03-02", currency: $currency, commitAmount: $commit, bestCaseAmount: $best
  }) { forecastSubmission { id startsOn owner { name } } userErrors { code field } }
}"""
ADJUST = """mutation($id: ID!, $amount: Decimal!, $reason: String!) {
  adjustForecastSubmission(id: $id, amount: $amount, reason: $reason) {
    forecastSubmission { commitAmount adjustments { nodes { amount reason adjustedBy { name } } } }
    userErrors { code field }
  }
}"""
FIGURES = "currency omitted pipeline bestCase commit closed weighted submitted adjusted expected"
REPORT = f"{{ forecastReport {{ owner {{ name }} team {{ name }} forecast {{ {FIGURES} }} }} }}"
ROLLED_UP = (
    "{ teamForecastReport { team { name } forecast { currency closed weighted submitted expected } } }"
)


class Sales:
    """Ann of Coast, a team of North, which Boss leads."""

    def __init__(self, app: kehu.App, ann: kehu.Principal, boss: kehu.Principal, coast: kehu.Team) -> None:
        self.api, self.app = Api(app), app
        self.ann, self.boss, self.coast = ann, boss, coast

    async def ask(self, document: str, who: kehu.Principal = kehu.SYSTEM, **variables: Any) -> Any:
        answer = await self.api.execute(document, variables, principal=who)
        assert "errors" not in answer, answer
        return answer["data"]

    async def submit(self, commit: str, best: str | None = None, currency: str = "EUR") -> Any:
        variables = {"commit": commit, "best": best, "currency": currency}
        return (await self.ask(SUBMIT, self.ann, **variables))["createForecastSubmission"]


@pytest.fixture
async def sales(app: kehu.App, stages: Stages) -> Sales:
    north = await saved(app, kehu.Team(name="North"))
    coast = await saved(app, kehu.Team(name="Coast", parent_id=north.id))
    ann, boss = await make_user(app), await make_user(app, "Boss")
    await saved(app, Membership(user_id=ann.id, team_id=coast.id))
    for stage, values in (
        (stages.won, {"amount": Decimal(100), "closed_on": date(2026, 2, 1)}),
        (stages.proposal, {"amount": Decimal(50), "expected_close_on": date(2026, 3, 31)}),
        (stages.qualified, {"amount": Decimal(30), "expected_close_on": date(2026, 3, 31)}),
        (stages.qualified, {"amount": Decimal(70), "expected_close_on": date(2026, 4, 1)}),
    ):
        await saved_opportunity(app, stage, owner_id=ann.id, team_id=coast.id, currency="EUR", **values)
    everything = kehu.Principal(boss.id, "Boss", grants={"*": kehu.Level.ALL})
    seller = user(
        ann.id,
        forecast_submission__create=kehu.Level.OWN,
        forecast_submission__read=kehu.Level.OWN,
        forecast_submission__adjust=kehu.Level.ALL,
        forecast_adjustment__read=kehu.Level.OWN,
    )
    return Sales(app, seller, everything, coast)


async def test_the_forecast_counts_what_falls_into_the_period(sales: Sales) -> None:
    [row] = (await sales.ask(REPORT))["forecastReport"]

    assert (row["owner"], row["team"]) == ({"name": "Ann"}, {"name": "Coast"})
    assert row["forecast"] == {
        "currency": "EUR",
        "omitted": "0",
        "pipeline": "30",
        "bestCase": "50",
        "commit": "0",
        "closed": "100",
        "weighted": "123",
        "submitted": None,
        "adjusted": None,
        "expected": "100",
    }


async def test_a_forecast_is_submitted_on_a_clock_that_ticks(
    sales: Sales, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for the time twice gets another one; a submission is made at one moment."""

    def tick() -> datetime:
        clock.advance(microseconds=1)
        return clock.now

    monkeypatch.setattr(sales.app, "clock", tick)

    made = await sales.submit("110")

    assert made["userErrors"] == []
    async with sales.app.context() as ctx:
        f = ForecastSubmission
        submitted_at, created_at = (await ctx.session.execute(sa.select(f.submitted_at, f.created_at))).one()
    assert submitted_at == created_at


async def test_the_last_submission_counts_and_its_adjustment_before_it(sales: Sales, clock: Clock) -> None:
    await sales.submit("110")
    clock.advance(hours=1)
    submitted = (await sales.submit("140", "150"))["forecastSubmission"]
    before = clock.now
    clock.advance(hours=1)
    variables = {"id": submitted["id"], "amount": "120", "reason": "The buyer is away."}
    adjusted = (await sales.ask(ADJUST, sales.boss, **variables))["adjustForecastSubmission"]

    assert submitted["startsOn"] == "2026-01-01"
    made = {"amount": "120", "reason": "The buyer is away.", "adjustedBy": {"name": "Boss"}}
    assert adjusted["forecastSubmission"] == {"commitAmount": "140", "adjustments": {"nodes": [made]}}
    past = REPORT.replace("forecastReport", f'forecastReport(asOf: "{before.isoformat()}")', 1)
    found = [(await sales.ask(document))["forecastReport"][0]["forecast"] for document in (REPORT, past)]
    assert [(each["submitted"], each["adjusted"], each["expected"]) for each in found] == [
        ("140", "120", "120"),
        ("140", None, "140"),
    ]


@pytest.mark.parametrize(
    ("commit", "best", "currency", "expected"),
    [
        ("-1", None, "EUR", ("IMPOSSIBLE_FORECAST", "commitAmount")),
        ("10", "9", "EUR", ("IMPOSSIBLE_FORECAST", "bestCaseAmount")),
        ("10", None, "XYZ", ("UNKNOWN_CURRENCY", "currency")),
    ],
)
async def test_a_forecast_that_cannot_be_is_refused(
    sales: Sales, commit: str, best: str | None, currency: str, expected: tuple[str, str]
) -> None:
    payload = await sales.submit(commit, best, currency)

    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [expected]
    assert payload["forecastSubmission"] is None


@pytest.mark.parametrize(
    ("by", "amount", "reason", "code"),
    [
        ("ann", "5", "So", "OWN_FORECAST"),
        ("boss", "5", "  ", "ADJUSTMENT_REASON_MISSING"),
        ("boss", "-5", "So", "IMPOSSIBLE_FORECAST"),
    ],
)
async def test_an_adjustment_is_by_somebody_else_with_a_reason(
    sales: Sales, by: str, amount: str, reason: str, code: str
) -> None:
    key = (await sales.submit("10"))["forecastSubmission"]["id"]

    payload = await sales.ask(ADJUST, getattr(sales, by), id=key, amount=amount, reason=reason)

    assert [each["code"] for each in payload["adjustForecastSubmission"]["userErrors"]] == [code]


async def test_forecasts_are_rolled_up_the_tree_of_teams(sales: Sales) -> None:
    await sales.submit("140")

    rows = (await sales.ask(ROLLED_UP))["teamForecastReport"]

    same = {"currency": "EUR", "closed": "100", "weighted": "123", "submitted": "140", "expected": "140"}
    assert [(row["team"] and row["team"]["name"], row["forecast"]) for row in rows] == [
        *((None, same), ("Coast", same), ("North", same)),
    ]


async def test_snapshots_stay_and_tell_how_good_the_forecast_was(sales: Sales, clock: Clock) -> None:
    await sales.submit("125")
    taken = "mutation { takeForecastSnapshots(period: QUARTER) { result { expectedAmount } userErrors { code } } }"
    assert (await sales.ask(taken))["takeForecastSnapshots"] == {
        "result": [{"expectedAmount": "125"}],
        "userErrors": [],
    }
    clock.advance(days=7)
    await sales.submit("900")
    async with sales.app.context() as ctx, ctx.write():
        await keep_forecasts(ctx)
    clock.advance(days=60)

    rows = await sales.ask("{ forecastAccuracy { owner { name } startsOn expected actual accuracyPercent } }")

    expected = {"expected": "125", "actual": "100", "accuracyPercent": "75"}
    assert rows["forecastAccuracy"] == [{"owner": {"name": "Ann"}, "startsOn": "2026-01-01", **expected}]


async def test_what_was_forecast_is_never_rewritten(sales: Sales, app: kehu.App) -> None:
    await sales.submit("125")
    async with app.context() as ctx, ctx.write():
        await keep_forecasts(ctx)
    async with app.context() as ctx:
        submission = (await ctx.session.scalars(sa.select(ForecastSubmission))).one()
        snapshot = (await ctx.session.scalars(sa.select(ForecastSnapshot))).first()
    assert snapshot is not None

    for record, values in ((submission, {"note": "More"}), (snapshot, {"closed_amount": Decimal(1)})):
        errors = await change_refused(app, record, **values)
        assert reasons(errors) == [("FORECAST_STAYS", None, "sfa")]


@pytest.mark.parametrize(
    ("expected", "actual", "percent"),
    [(100, 100, 100), (75, 100, 75), (300, 100, 0), (5, 0, None), (0, 10, 0)],
)
def test_accuracy_is_100_less_what_it_was_off(expected: int, actual: int, percent: int | None) -> None:
    assert accuracy(Decimal(expected), Decimal(actual)) == percent
