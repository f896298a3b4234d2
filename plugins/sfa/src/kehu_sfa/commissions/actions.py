"""Settling: bring the ledger of an order in line with what it is worth now, by adding entries."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.commissions.models import (
    CommissionBasis,
    CommissionEntry,
    CommissionPlan,
    CommissionSlab,
    Gain,
    Loss,
    commissions,
    reversals,
)
from kehu_sfa.money.rounding import HUNDRED, ZERO, rounded, split
from kehu_sfa.orders.models import Order, OrderStatus
from kehu_sfa.orders.rules import lines_of
from kehu_sfa.splits.models import OpportunitySplit

whoever_asks = kehu.Unscoped("what an order earns follows from all shares and earlier earnings")

Key = uuid.UUID | None


@dataclasses.dataclass(frozen=True, slots=True)
class _Earner:
    """Who earns by an order, by which plan and slabs, and how much of it in percent."""

    user_id: uuid.UUID
    plan: CommissionPlan
    slabs: dict[Key, list[CommissionSlab]]
    percent: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class _Due:
    """What somebody earned so far by one product of an order, on the base `before`, and what the base is now."""

    earner: _Earner
    product_id: Key
    before: Decimal
    base: Decimal
    earned: Decimal

    @property
    def slabs(self) -> Sequence[CommissionSlab]:
        return self.earner.slabs.get(self.product_id, ())


async def settle(ctx: kehu.Context, order: Order, *, on: date) -> None:
    """Add what people have earned by an order since it was last settled, or take back what is not earned any more.

    Those who share its opportunity earn by their parts, else its owner. Doing it twice adds nothing. Who began an
    order's ledger, with which part and plan, stays in it. Those who share it earn together what the whole earns.
    """
    dues = await _dues(ctx, order)
    for product_id in dict.fromkeys(due.product_id for due in dues):
        gained = [due for due in dues if due.product_id == product_id and due.base > due.before]
        lost = [due for due in dues if due.product_id == product_id and due.base < due.before]
        gains = [Gain(await _sales(ctx, order, due, on), due.base - due.before, due.slabs) for due in gained]
        losses = [Loss(due.earned, due.before, due.before - due.base) for due in lost]
        for due, amount in zip(gained, commissions(gains, order.currency), strict=True):
            ctx.add(_entry(order, due, amount, "ACCRUED", on))
        for due, amount in zip(lost, reversals(losses, order.currency), strict=True):
            ctx.add(_entry(order, due, amount, "REVERSED", on))


async def _dues(ctx: kehu.Context, order: Order) -> list[_Due]:
    """What each earner has earned by each product of the order, and on which base, and what the base is now."""
    entries = await _entries(ctx, order)
    earners = await _earners(ctx, order, entries)
    percents = [each.percent for each in earners]
    dues = []
    for place, earner in enumerate(earners):
        whole = _whole(order, _worth(order, earner.plan.basis))
        # What belongs to nobody with a plan is a part, too: the parts sum to the whole.
        part = split(whole, [*percents, HUNDRED - sum(percents)], order.currency)[place]
        nets = await _nets(ctx, order, earner.slabs)
        bases = dict(zip(nets, split(part, list(nets.values()), order.currency), strict=True)) if nets else {}
        for product_id, base in bases.items():
            mine = [e for e in entries if (e.owner_id, e.product_id) == (earner.user_id, product_id)]
            before = sum((entry.base_amount for entry in mine), ZERO)
            dues.append(_Due(earner, product_id, before, base, sum((entry.amount for entry in mine), ZERO)))
    return dues


def _entry(order: Order, due: _Due, amount: Decimal, reason: str, on: date) -> CommissionEntry:
    return CommissionEntry(
        plan_id=due.earner.plan.id,
        order_id=order.id,
        owner_id=due.earner.user_id,
        team_id=order.team_id,
        product_id=due.product_id,
        earned_on=on,
        share_percent=due.earner.percent,
        base_amount=due.base - due.before,
        amount=amount,
        currency=order.currency,
        reason=reason,
    )


async def _earners(ctx: kehu.Context, order: Order, entries: Sequence[CommissionEntry]) -> list[_Earner]:
    """Who earns by the order, in the order of their ids; their plans are locked, so that slabs add up."""
    begun = {
        each.owner_id: (each.plan_id, each.share_percent) for each in entries if each.owner_id is not None
    }
    found = dict(begun)
    for user_id, percent in ({} if begun else await _sharing(ctx, order)).items():
        plan_id = await _plan_of(ctx, order, user_id)
        if plan_id is not None:
            found[user_id] = plan_id, percent
    # All plans at once and in one order: settlements that share them wait for one another, never in a circle.
    keys = {plan_id for plan_id, _ in found.values()}
    locked = sa.select(CommissionPlan).where(CommissionPlan.id.in_(keys)).order_by(CommissionPlan.id)
    plans = {each.id: each for each in await whoever_asks.scalars(ctx, locked.with_for_update())}
    slabs = {each.id: await _slabs(ctx, each) for each in plans.values()}
    return [
        _Earner(user_id, plans[plan_id], slabs[plan_id], percent)
        for user_id, (plan_id, percent) in sorted(found.items())
    ]


async def _sharing(ctx: kehu.Context, order: Order) -> dict[uuid.UUID, Decimal]:
    """The parts in percent of those who share the opportunity of the order, else all of it for its owner."""
    found = sa.select(OpportunitySplit).where(OpportunitySplit.opportunity_id == order.opportunity_id)
    shares = {each.user_id: each.percent for each in await whoever_asks.scalars(ctx, found)}
    return shares or ({} if order.owner_id is None else {order.owner_id: HUNDRED})


def _worth(order: Order, basis: CommissionBasis) -> Decimal:
    """How much of the order's total counts now: what was kept of it, or paid for that."""
    if order.status not in (OrderStatus.CONFIRMED, OrderStatus.FULFILLED):
        return ZERO
    kept = order.total_amount - order.returned_amount
    return kept if basis is CommissionBasis.ORDER else max(min(kept, order.paid_amount), ZERO)


def _whole(order: Order, worth: Decimal) -> Decimal:
    """As much of the order's net as `worth` is of its total."""
    if not order.total_amount:
        return ZERO
    return rounded(order.net_amount * worth / order.total_amount, order.currency)


async def _entries(ctx: kehu.Context, order: Order) -> Sequence[CommissionEntry]:
    found = (
        sa.select(CommissionEntry).where(CommissionEntry.order_id == order.id).order_by(CommissionEntry.id)
    )
    return (await whoever_asks.scalars(ctx, found)).all()


async def _plan_of(ctx: kehu.Context, order: Order, user_id: uuid.UUID) -> uuid.UUID | None:
    """The plan by which somebody earns: the own one, else that of the team, else everybody's."""
    plan = CommissionPlan
    rank = sa.case((plan.user_id.is_not(None), 0), (plan.team_id.is_not(None), 1), else_=2)
    found = sa.select(plan.id).where(
        plan.archived_at.is_(None),
        sa.or_(plan.user_id.is_(None), plan.user_id == user_id),
        sa.or_(plan.team_id.is_(None), plan.team_id == order.team_id),
        sa.or_(plan.valid_from_on.is_(None), plan.valid_from_on <= order.ordered_on),
        sa.or_(plan.valid_until_on.is_(None), plan.valid_until_on >= order.ordered_on),
    )
    first = found.order_by(rank, plan.created_at, plan.id).limit(1)
    return (await whoever_asks.scalars(ctx, first)).first()


async def _slabs(ctx: kehu.Context, plan: CommissionPlan) -> dict[Key, list[CommissionSlab]]:
    found = sa.select(CommissionSlab).where(CommissionSlab.plan_id == plan.id)
    slabs: dict[Key, list[CommissionSlab]] = defaultdict(list)
    for slab in await whoever_asks.scalars(ctx, found):
        slabs[slab.product_id].append(slab)
    return dict(slabs)


async def _nets(
    ctx: kehu.Context, order: Order, slabs: dict[Key, list[CommissionSlab]]
) -> dict[Key, Decimal]:
    """The net sales of the order for each product that has slabs of its own, and of the rest."""
    nets: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for line in await lines_of(ctx, order):
        nets[line.product_id if line.product_id in slabs else None] += line.net_amount
    return dict(nets)


async def _sales(ctx: kehu.Context, order: Order, due: _Due, on: date) -> Decimal:
    """What the person has sold by the plan in the period so far."""
    each, plan = CommissionEntry, due.earner.plan
    found = sa.select(
        sa.func.coalesce(sa.func.sum(each.base_amount), sa.literal(ZERO, each.base_amount.type))
    )
    found = found.where(
        each.plan_id == plan.id,
        each.owner_id == due.earner.user_id,
        each.currency == order.currency,
        each.product_id.is_(None) if due.product_id is None else each.product_id == due.product_id,
        each.earned_on >= plan.period.first_day(on),
    )
    return await whoever_asks.scalar(ctx, found) or ZERO
