"""What must hold of visit plans."""

from __future__ import annotations

import kehu
from kehu_sfa.plugin import visit_plan
from kehu_sfa.visits.models import VisitPlan


@visit_plan.before_write
async def check_visit_plan(_ctx: kehu.Context, change: kehu.Change[VisitPlan]) -> None:
    """A plan is for a class or for a customer, and its interval is a week at least."""
    plan = change.obj
    if change.deleting:
        return
    if (plan.customer_class is None) == (plan.customer_id is None):
        message = kehu.text("A visit plan is for a class of customers or for one customer.")
        change.error(message, field=VisitPlan.customer_class, code="REQUIRED")
    interval: int | None = plan.interval_weeks
    if interval is not None and interval < 1:
        message = kehu.text("Visits are a week apart at least.")
        change.error(message, field=VisitPlan.interval_weeks, code="OUT_OF_RANGE")
