"""A report as of a past moment says what it said at that moment; a waterfall sums exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

import kehu
from kehu_sfa import PeriodKind
from kehu_sfa.forecasts.queries import OwnerForecast, forecast_report
from kehu_sfa.reports.pipeline import PipelineWaterfall, pipeline_report, pipeline_waterfall
from kehu_sfa.reports.rivals import competitor_report
from kehu_sfa.reports.selection import Dimension
from tests.depth import times
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages
from tests.kehu_sfa.reports.generated import DAY, Count, Firm, RivalledFirm, counted, fared, foreseen

MOVEMENTS = ("new", "reopened", "advanced", "slipped", "increased", "decreased", "won", "lost", "other")


@pytest.mark.parametrize("number", [times(100)])
async def test_the_pipeline_as_of_a_moment_is_that_of_the_moment(
    app: kehu.App, clock: Clock, stages: Stages, number: int
) -> None:
    firm, seen = Firm(app, clock, stages, seed=number), {}
    async for moment in firm.moments(number):
        async with app.context() as ctx:
            seen[moment] = await counted(ctx)

    async with app.context() as ctx:
        found = {
            moment: as_counted(await pipeline_report(ctx, by=Dimension.STAGE, as_of=moment))
            for moment in seen
        }

    assert len(seen) == number
    assert found == seen


@pytest.mark.parametrize("number", [times(100)])
async def test_the_forecast_as_of_a_moment_is_that_of_the_moment(
    app: kehu.App, clock: Clock, stages: Stages, number: int
) -> None:
    firm, seen, said = Firm(app, clock, stages, seed=number), {}, {}
    async for moment in firm.moments(number):
        said[moment] = dict(firm.said)
        async with app.context() as ctx:
            seen[moment] = await foreseen(ctx)

    for moment, expected in seen.items():
        async with app.context() as ctx:
            rows = await forecast_report(ctx, period=PeriodKind.QUARTER, on=DAY, as_of=moment)
        assert {key: amounts for row in rows for key, amounts in as_foreseen(row).items()} == {
            key: {name: amount for name, amount in amounts.items() if amount}
            for key, amounts in expected.items()
            if any(amounts.values())
        }
        assert {
            row.owner.name: (row.forecast.submitted, row.forecast.adjusted)
            for row in rows
            if row.owner is not None and row.forecast.submitted is not None
        } == said[moment]


@pytest.mark.parametrize("number", [times(100)])
async def test_competitors_as_of_a_moment_are_those_of_the_moment(
    app: kehu.App, clock: Clock, stages: Stages, number: int
) -> None:
    firm, seen = RivalledFirm(app, clock, stages, seed=100), {}
    async for moment in firm.moments(number):
        async with app.context() as ctx:
            seen[moment] = await fared(ctx)

    async with app.context() as ctx:
        found = {
            moment: {
                group.competitor.name: (group.met, group.won, group.lost, group.lost_to)
                for group in await competitor_report(ctx, as_of=moment)
            }
            for moment in seen
        }

    assert found == seen
    assert max(lost_to for rivals in seen.values() for *_, lost_to in rivals.values()) > 0


@pytest.mark.parametrize("pairs", [times(100)])
async def test_the_waterfall_between_any_two_moments_sums_exactly(
    app: kehu.App, clock: Clock, stages: Stages, pairs: int
) -> None:
    firm = Firm(app, clock, stages, seed=7)
    moments = [moment async for moment in firm.moments(200)]

    for _ in range(pairs):
        since, until = sorted(firm.chance.choices(moments, k=2))
        first, last = sorted(firm.chance.choices(moments, k=2))
        days = firm.chance.choice([(None, None), (first.date(), last.date()), (first.date(), None)])
        async with app.context() as ctx:
            falls = await pipeline_waterfall(
                ctx, since=since, until=until, expected_from=days[0], expected_until=days[1]
            )
            ends = [as_counted(await pipeline_report(ctx, as_of=at)) for at in (since, until)]
        assert [each.end for each in falls] == [each.start + moved(each) for each in falls]
        if days == (None, None):
            assert_starts_and_ends(falls, *ends)


def as_counted(rows: object) -> Count:
    assert isinstance(rows, list)
    return {(row.label, row.currency): (row.count, row.amount, row.weighted_amount) for row in rows}


def moved(fall: PipelineWaterfall) -> Decimal:
    return sum((getattr(fall, name).amount for name in MOVEMENTS), Decimal(0))


def assert_starts_and_ends(falls: list[PipelineWaterfall], before: Count, after: Count) -> None:
    for fall in falls:
        starts = sum(amount for (_, currency), (_, amount, _) in before.items() if currency == fall.currency)
        ends = sum(amount for (_, currency), (_, amount, _) in after.items() if currency == fall.currency)
        assert (fall.start, fall.end) == (starts, ends)


def as_foreseen(row: OwnerForecast) -> dict[tuple[str, str], dict[str, Decimal]]:
    assert row.owner is not None
    names = ("omitted", "pipeline", "best_case", "commit", "closed")
    amounts = {name: amount for name in names if (amount := getattr(row.forecast, name))}
    return {(row.owner.name, row.forecast.currency): amounts} if amounts else {}
