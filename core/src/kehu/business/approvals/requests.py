"""Asking for approval, and taking the question back: what plugins call."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

import sqlalchemy as sa

from kehu.business.approvals.models import (
    ApprovalRequest,
    ApprovalRule,
    ApprovalStatus,
    ApprovalStep,
    ApprovalStepStatus,
    NoApprover,
)
from kehu.kernel.context import Context
from kehu.kernel.db import Unscoped
from kehu.kernel.ids import global_id, uuid7
from kehu.kernel.model import Entity, GlobalId
from kehu.kernel.texts import text

whoever_asks = Unscoped("who must agree does not depend on who asks")


async def request_approval(
    ctx: Context,
    record: Entity,
    *,
    subject: str,
    measures: Mapping[str, Decimal],
    owner_id: uuid.UUID | None = None,
    comment: str | None = None,
) -> ApprovalRequest:
    """Ask everybody whom a rule names for one of these kinds and measures; the first steps are opened at once.

    Each approver of a position is asked once, however many rules name him. Raises NoApprover where no
    rule applies. Inside `ctx.write()`; listen to the outcome with `@plugin.after_write(ApprovalRequest)`.
    """
    rules = [rule for kind, measure in measures.items() for rule in await _rules(ctx, record, kind, measure)]
    if not rules:
        message = text("No rule says who may approve {kinds}.", kinds=", ".join(sorted(measures)))
        raise NoApprover(message)
    request = ctx.add(
        ApprovalRequest(
            id=uuid7(),
            subject_id=GlobalId(_global_id(ctx, record)),
            subject=subject,
            measures={kind: str(measure) for kind, measure in measures.items()},
            comment=comment,
            status=ApprovalStatus.PENDING,
            requested_by_id=ctx.principal.id,
            owner_id=owner_id,
            requested_at=ctx.now(),
        )
    )
    await ctx.flush()
    steps = list({_key(rule): _step(request, rule) for rule in reversed(rules)}.values())
    request.go_on(steps, at=ctx.now())
    for step in steps:
        ctx.add(step)
    return request


async def withdraw_approval(ctx: Context, request_id: uuid.UUID) -> None:
    """Take a request back that is still pending; nothing happens to one that has been decided."""
    request, steps = await locked_request(ctx, request_id)
    if request.status is ApprovalStatus.PENDING:
        request.end(steps, "withdraw", at=ctx.now())


async def locked_request(
    ctx: Context, request_id: uuid.UUID
) -> tuple[ApprovalRequest, Sequence[ApprovalStep]]:
    """A request and its steps as they are now; nobody else can decide until this transaction ends."""
    one = sa.select(ApprovalRequest).where(ApprovalRequest.id == request_id).with_for_update()
    request = (await whoever_asks.scalars(ctx, one.execution_options(populate_existing=True))).one()
    its = sa.select(ApprovalStep).where(ApprovalStep.request_id == request_id).order_by(ApprovalStep.id)
    steps = (await whoever_asks.scalars(ctx, its.execution_options(populate_existing=True))).all()
    return request, steps


async def _rules(ctx: Context, record: Entity, kind: str, measure: Decimal) -> Sequence[ApprovalRule]:
    """The rules kept as data that apply, and those that plugins know."""
    found = sa.select(ApprovalRule).where(
        ApprovalRule.kind == kind, ApprovalRule.is_active.is_(True), ApprovalRule.archived_at.is_(None)
    )
    known = [rule for rule in await whoever_asks.scalars(ctx, found) if rule.applies_to(measure)]
    values = {"ctx": ctx, "record": record, "kind": kind, "measure": measure}
    for implementation in ctx.app.hooks.of("kehu_approval_rules"):
        more = implementation.call(values)
        known += (await more if inspect.isawaitable(more) else more) or []
    return known


def _step(request: ApprovalRequest, rule: ApprovalRule) -> ApprovalStep:
    return ApprovalStep(
        request_id=request.id,
        rule_id=rule.id if sa.inspect(rule).persistent else None,
        position=rule.position,
        approver_id=rule.approver_id,
        role_id=rule.role_id,
        team_id=rule.team_id,
        status=ApprovalStepStatus.WAITING,
        remind_after_hours=rule.remind_after_hours,
        escalate_after_hours=rule.escalate_after_hours,
        escalate_to_id=rule.escalate_to_id,
    )


def _key(rule: ApprovalRule) -> tuple[object, ...]:
    return (rule.position, rule.approver_id, rule.role_id, rule.team_id)


def _global_id(ctx: Context, record: Entity) -> str:
    return global_id(ctx.app.composition.entities[type(record)].name, record.id)
