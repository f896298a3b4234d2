"""What approvers and those who ask do; every decision is taken while nobody else can take one."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from kehu.business.approvals.models import (
    ApprovalDecisionKind,
    ApprovalRequest,
    ApprovalStep,
    NotApprover,
    OwnApproval,
)
from kehu.business.approvals.requests import locked_request, whoever_asks
from kehu.business.approvals.resources import approval_request, approval_step
from kehu.kernel.context import Context
from kehu.kernel.texts import text
from kehu.platform.identity.models import RoleAssignment, User


@approval_step.action
async def approve(step: ApprovalStep, ctx: Context, comment: str) -> None:
    """Agree, as the approver who is asked, with a comment."""
    await _decide(ctx, step, ApprovalDecisionKind.APPROVED, comment)


@approval_step.action
async def reject(step: ApprovalStep, ctx: Context, comment: str) -> None:
    """Disagree, with a comment; that ends the request."""
    await _decide(ctx, step, ApprovalDecisionKind.REJECTED, comment)


@approval_step.action
async def delegate(step: ApprovalStep, ctx: Context, to: User, comment: str) -> None:
    """Let another user decide instead, with a comment."""
    request, _ = await locked_request(ctx, step.request_id)
    by = await _approver(ctx, request, step)
    ctx.add(step.delegate(to, by=by, comment=comment, interested=request.interested, at=ctx.now()))


@approval_request.action
async def withdraw(request: ApprovalRequest, ctx: Context) -> None:
    """Take one's own request back while it is pending."""
    fresh, steps = await locked_request(ctx, request.id)
    if ctx.principal.id is not None and ctx.principal.id not in fresh.interested:
        raise NotApprover(text("Only who asked for {record} withdraws it.", record=fresh.subject))
    fresh.end(steps, "withdraw", at=ctx.now())


async def _decide(ctx: Context, step: ApprovalStep, kind: ApprovalDecisionKind, comment: str) -> None:
    request, steps = await locked_request(ctx, step.request_id)
    by = await _approver(ctx, request, step)
    ctx.add(step.decide(kind, by=by, comment=comment, at=ctx.now()))
    request.go_on(steps, at=ctx.now())


async def _approver(ctx: Context, request: ApprovalRequest, step: ApprovalStep) -> uuid.UUID:
    """The id of the principal, who is asked at this step. Raises OwnApproval, NotApprover."""
    person = ctx.principal.id
    if person in request.interested:
        message = text("{record} is yours; somebody else must approve it.", record=request.subject)
        raise OwnApproval(message)
    if person is None or not await _is_asked(ctx, step, person):
        raise NotApprover(text("Somebody else is asked to approve {record}.", record=request.subject))
    return person


async def _is_asked(ctx: Context, step: ApprovalStep, person: uuid.UUID) -> bool:
    if step.approver_id is not None:
        return step.approver_id == person
    if step.team_id is not None:
        return step.team_id in ctx.principal.teams
    having = sa.select(RoleAssignment.id).where(
        RoleAssignment.user_id == person, RoleAssignment.role_id == step.role_id
    )
    return await whoever_asks.exists(ctx, having)
