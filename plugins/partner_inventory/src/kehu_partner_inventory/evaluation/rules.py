"""What must hold of targets and scorecards."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.evaluation.models import PartnerTarget, ScorecardCriterion
from kehu_partner_inventory.partnership import partner_target, scorecard_criterion


@partner_target.before_write
async def check_target(_ctx: kehu.Context, change: kehu.Change[PartnerTarget]) -> None:
    """An amount above zero, and a period that can be."""
    if not change.deleting and change.obj.amount is not None:
        with change.noting():
            change.obj.check()


@scorecard_criterion.before_write
async def check_criterion(_ctx: kehu.Context, change: kehu.Change[ScorecardCriterion]) -> None:
    """A weight above zero, and a way from nothing to all."""
    if not change.deleting and change.obj.weight is not None:
        with change.noting():
            change.obj.check()
