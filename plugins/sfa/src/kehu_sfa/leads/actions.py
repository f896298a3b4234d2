"""The verbs of a lead, but for conversion and assignment, which have folders of their own."""

from __future__ import annotations

from typing import Annotated

import kehu
from kehu_sfa.leads.models import Lead
from kehu_sfa.plugin import lead


@lead.action
async def work(record: Lead, _ctx: kehu.Context) -> None:
    """Somebody is on it."""
    record.enter("work")


@lead.action
async def nurture(record: Lead, _ctx: kehu.Context) -> None:
    """Not now; keep in touch until they are ready."""
    record.enter("nurture")


@lead.action
async def qualify(record: Lead, _ctx: kehu.Context) -> None:
    """They want something that we have."""
    record.enter("qualify")


@lead.action
async def disqualify(
    record: Lead,
    _ctx: kehu.Context,
    reason: Annotated[str, Lead.disqualified_reason],
    note: str | None = None,
) -> None:
    """It leads nowhere, for a reason."""
    record.disqualify(reason=reason, note=note)


@lead.action
async def reopen(record: Lead, _ctx: kehu.Context) -> None:
    """There is something to it after all."""
    record.reopen()
