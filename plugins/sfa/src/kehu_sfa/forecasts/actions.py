"""What a manager does with forecasts: adjust them, and keep how they are now."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import kehu
from kehu_sfa.forecasts.models import ForecastAdjustment, ForecastSnapshot, ForecastSubmission
from kehu_sfa.forecasts.queries import forecasts
from kehu_sfa.periods import PeriodKind
from kehu_sfa.plugin import forecast_submission, plugin

SNAPSHOTS = plugin.permission("forecast_snapshot:take", "Keep the forecasts as they are now.")


@forecast_submission.action
async def adjust(
    submission: ForecastSubmission, ctx: kehu.Context, amount: Decimal, reason: str
) -> ForecastAdjustment:
    """Let another amount count than what the owner committed, for a reason; what was said stays."""
    return ctx.add(submission.adjusted(amount, reason=reason, by=ctx.principal.id, at=ctx.now()))


@plugin.mutation(permission=SNAPSHOTS)
async def take_forecast_snapshots(
    ctx: kehu.Context, period: PeriodKind, on: date | None = None
) -> list[ForecastSnapshot]:
    """Keep the forecast of everybody for the period around a day, today unless given."""
    return await snapshots(ctx, period, on or ctx.today())


@plugin.job(schedule="0 3 * * 1", atomic=True)
async def keep_forecasts(ctx: kehu.Context) -> None:
    """Each Monday the forecasts of this month, quarter and year are kept, to be measured once they are over."""
    for period in PeriodKind:
        await snapshots(ctx, period, ctx.today())


async def snapshots(ctx: kehu.Context, period: PeriodKind, day: date) -> list[ForecastSnapshot]:
    """Keep what the reader may see of the forecasts."""
    found = await forecasts(ctx, period, day, None, None)
    return [
        ctx.add(
            ForecastSnapshot(
                owner_id=owner_id,
                team_id=team_id,
                period=period,
                starts_on=period.first_day(day),
                taken_at=ctx.now(),
                currency=currency,
                pipeline_amount=each.pipeline,
                best_case_amount=each.best_case,
                commit_amount=each.commit,
                closed_amount=each.closed,
                weighted_amount=each.weighted,
                submitted_amount=each.submitted,
                adjusted_amount=each.adjusted,
                expected_amount=each.expected,
            )
        )
        for (owner_id, team_id, currency), each in found.items()
    ]
