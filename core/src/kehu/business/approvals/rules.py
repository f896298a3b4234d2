"""What must hold of approvals, who sees them, and what time does to them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kehu.business.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalRule, ApprovalStep
from kehu.business.approvals.requests import locked_request
from kehu.business.approvals.resources import approval_decision, approval_rule
from kehu.kernel.access import Level
from kehu.kernel.context import Context
from kehu.kernel.errors import Refusal
from kehu.kernel.hooks.specs import hookimpl
from kehu.kernel.texts import text
from kehu.kernel.writing.changes import Change
from kehu.platform.core import plugin
from kehu.platform.identity.models import RoleAssignment


class DecisionStays(Refusal):
    """What was decided is never changed."""

    code = "DECISION_STAYS"


@approval_rule.before_write
async def check_approval_rule(_ctx: Context, change: Change[ApprovalRule]) -> None:
    """A rule asks exactly one user, role or team, and its hours can be."""
    if not change.deleting:
        with change.noting():
            change.obj.check()


@approval_decision.before_write
async def decisions_stay(_ctx: Context, change: Change[ApprovalDecision]) -> None:
    """What was decided is never changed or deleted."""
    if not change.creating:
        raise DecisionStays(text("What was decided stays as it is."))


class WhoSeesApprovals:
    """A request is seen by who asked, whose record it is, and who is or was asked to decide."""

    @hookimpl
    def kehu_row_scope(self, ctx: Context, model: type[Any], entity: Any) -> sa.ColumnElement[bool] | None:
        """Everybody sees only requests of his own, but for those who may read all."""
        if model is not ApprovalRequest or ctx.principal.level("core.approval_request:read") is Level.ALL:
            return None
        me = ctx.principal.id
        step = sa.orm.aliased(ApprovalStep.__table__)
        roles = sa.select(RoleAssignment.__table__.c.role_id).where(RoleAssignment.__table__.c.user_id == me)
        asked = sa.or_(
            step.c.approver_id == me, step.c.role_id.in_(roles), step.c.team_id.in_(ctx.principal.teams)
        )
        steps = sa.select(step.c.request_id).where(asked)
        return sa.or_(entity.requested_by_id == me, entity.owner_id == me, entity.id.in_(steps))


plugin.hookimpl(WhoSeesApprovals())


@plugin.job(schedule="*/15 * * * *", atomic=True)
async def follow_up_approvals(ctx: Context) -> None:
    """Remind approvers whose time to be reminded has come, and ask others where nobody decided in time."""
    due = sa.or_(ApprovalStep.remind_at <= ctx.now(), ApprovalStep.escalate_at <= ctx.now())
    found = sa.select(ApprovalStep.request_id).where(due).distinct().order_by(ApprovalStep.request_id)
    for request_id in (await ctx.session.scalars(found)).all():
        request, steps = await locked_request(ctx, request_id)
        for step in steps:
            _follow_up(ctx, request, step)


def _follow_up(ctx: Context, request: ApprovalRequest, step: ApprovalStep) -> None:
    now = ctx.now()
    if step.escalate_at is not None and step.escalate_at <= now:
        if step.escalate_to_id in request.interested:
            # Whom the rule names has asked himself: the question stays where it is.
            step.escalate_at = None
        else:
            ctx.add(step.escalate(at=now))
    if step.remind_at is not None and step.remind_at <= now:
        step.remind(at=now)
