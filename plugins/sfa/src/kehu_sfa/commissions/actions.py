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
    commission,
    reversal,
)
from kehu_sfa.money.rounding import HUNDRED, ZERO, rounded, split
from kehu_sfa.orders.models import Order, OrderStatus
from kehu_sfa.orders.rules import lines_of
from kehu_sfa.splits.models import OpportunitySplit

Key = uuid.UUID | None


@dataclasses.dataclass(frozen=True, slots=True)
class _Earner:
    """Who earns by an order, by which plan and slabs, and how much of it in percent."""

    user_id: uuid.UUID
    plan: CommissionPlan
    slabs: dict[Key, list[CommissionSlab]]
    percent: Decimal


async def settle(ctx: kehu.Context, order: Order, *, on: date) -> None:
    """Add what people have earned by an order since it was last settled, or take back what is not earned any more.

    Those who share its opportunity earn by their parts, else its owner. Doing it twice adds nothing. Who began an
    order's ledger, with which part and plan, stays in it.
    """
    entries = await _entries(ctx, order)
    earners = await _earners(ctx, order, entries)
    percents = [each.percent for each in earners]
    for place, earner in enumerate(earners):
        whole = _whole(order, _worth(order, earner.plan.basis))
        # What belongs to nobody with a plan is a part, too: the parts sum to the whole.
        part = split(whole, [*percents, HUNDRED - sum(percents)], order.currency)[place]
        nets = await _nets(ctx, order, earner.slabs)
        bases = dict(zip(nets, split(part, list(nets.values()), order.currency), strict=True)) if nets else {}
        for product_id, base in bases.items():
            mine = [e for e in entries if (e.owner_id, e.product_id) == (earner.user_id, product_id)]
            await _settle(ctx, order, earner, product_id, base, mine, on)


async def _settle(
    ctx: kehu.Context,
    order: Order,
    earner: _Earner,
    product_id: Key,
    base: Decimal,
    mine: Sequence[CommissionEntry],
    on: date,
) -> None:
    """Add the entry that brings what somebody earned by one product from what it was to `base`."""
    before = sum((entry.base_amount for entry in mine), ZERO)
    if base == before:
        return
    entry = CommissionEntry(
        plan_id=earner.plan.id,
        order_id=order.id,
        owner_id=earner.user_id,
        team_id=order.team_id,
        product_id=product_id,
        earned_on=on,
        share_percent=earner.percent,
        base_amount=base - before,
        currency=order.currency,
        reason="ACCRUED" if base > before else "REVERSED",
    )
    if base > before:
        sales = await _sales(ctx, earner.plan, entry)
        entry.amount = commission(sales, base - before, earner.slabs.get(product_id, ()), order.currency)
    else:
        amount = sum((each.amount for each in mine), ZERO)
        entry.amount = reversal(amount, before, before - base, order.currency)
    ctx.add(entry)


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
    plans = {each.id: each for each in await ctx.session.scalars(kehu.unscoped(locked.with_for_update()))}
    slabs = {each.id: await _slabs(ctx, each) for each in plans.values()}
    return [
        _Earner(user_id, plans[plan_id], slabs[plan_id], percent)
        for user_id, (plan_id, percent) in sorted(found.items())
    ]


async def _sharing(ctx: kehu.Context, order: Order) -> dict[uuid.UUID, Decimal]:
    """The parts in percent of those who share the opportunity of the order, else all of it for its owner."""
    found = sa.select(OpportunitySplit).where(OpportunitySplit.opportunity_id == order.opportunity_id)
    shares = {each.user_id: each.percent for each in await ctx.session.scalars(kehu.unscoped(found))}
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
    return (await ctx.session.scalars(kehu.unscoped(found))).all()


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
    return (await ctx.session.scalars(kehu.unscoped(first))).first()


async def _slabs(ctx: kehu.Context, plan: CommissionPlan) -> dict[Key, list[CommissionSlab]]:
    found = sa.select(CommissionSlab).where(CommissionSlab.plan_id == plan.id)
    slabs: dict[Key, list[CommissionSlab]] = defaultdict(list)
    for slab in await ctx.session.scalars(kehu.unscoped(found)):
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


async def _sales(ctx: kehu.Context, plan: CommissionPlan, entry: CommissionEntry) -> Decimal:
    """What the person has sold by this plan in the period so far."""
    each = CommissionEntry
    found = sa.select(
        sa.func.coalesce(sa.func.sum(each.base_amount), sa.literal(ZERO, each.base_amount.type))
    )
    found = found.where(
        each.plan_id == plan.id,
        each.owner_id == entry.owner_id,
        each.currency == entry.currency,
        each.product_id.is_(None) if entry.product_id is None else each.product_id == entry.product_id,
        each.earned_on >= plan.period.first_day(entry.earned_on),
    )
    return await ctx.session.scalar(kehu.unscoped(found)) or ZERO
