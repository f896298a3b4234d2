"""What people do with interactions."""

from __future__ import annotations

from datetime import datetime

from kehu.crm.interactions.models import Interaction
from kehu.crm.interactions.resources import interaction
from kehu.kernel.context import Context


@interaction.action
async def complete(
    record: Interaction,
    ctx: Context,
    outcome: str | None = None,
    at: datetime | None = None,
    follow_up_subject: str | None = None,
    follow_up_due_at: datetime | None = None,
) -> None:
    """It has happened, now or `at`; with `followUpSubject` the next one is planned."""
    moment = at or ctx.now()
    record.check_over(moment, now=ctx.now(), field="at")
    record.complete(at=moment, outcome=outcome)
    if follow_up_subject:
        ctx.require("core.interaction:create")
        ctx.add(record.follow_up(subject=follow_up_subject, due_at=follow_up_due_at))


@interaction.action
async def cancel(record: Interaction, _ctx: Context, reason: str) -> None:
    """It will not happen, for this reason."""
    record.cancel(reason=reason)
