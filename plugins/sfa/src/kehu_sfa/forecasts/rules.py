"""What must hold of forecasts: they are said and adjusted, never rewritten."""

from __future__ import annotations

from typing import Any

import kehu
from kehu_sfa.forecasts.models import ForecastAdjustment, ForecastSnapshot, ForecastStays, ForecastSubmission
from kehu_sfa.plugin import forecast_adjustment, forecast_snapshot, forecast_submission


@forecast_submission.before_write
async def check_submission(ctx: kehu.Context, change: kehu.Change[ForecastSubmission]) -> None:
    """A forecast that can be, from the first day of its period; later it stays as it is."""
    record = change.obj
    if not change.creating:
        # Whose it is may change, when somebody leaves.
        if not change.touches(ForecastSubmission.owner_id, ForecastSubmission.team_id):
            _keep(change)
        return
    record.submitted_at = ctx.now()
    if None in (record.period, record.starts_on, record.commit_amount, record.currency):
        return
    with change.noting():
        record.settle()


@forecast_adjustment.before_write
async def adjustments_stay(_ctx: kehu.Context, change: kehu.Change[ForecastAdjustment]) -> None:
    """A later adjustment takes the place of an earlier one."""
    _keep(change)


@forecast_snapshot.before_write
async def snapshots_stay(_ctx: kehu.Context, change: kehu.Change[ForecastSnapshot]) -> None:
    """A snapshot is never changed or deleted."""
    if not change.touches(ForecastSnapshot.owner_id, ForecastSnapshot.team_id):
        _keep(change)


def _keep(change: kehu.Change[Any]) -> None:
    if not change.creating:
        raise ForecastStays(kehu.text("What was forecast stays as it is; submit or adjust it anew."))
