"""Settling: bring the ledger of an order in line with what it is worth now, by adding entries."""

from __future__ import annotations

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
from kehu_sfa.money.rounding import ZERO, rounded, split
from kehu_sfa.orders.models import Order, OrderStatus
from kehu_sfa.orders.rules import lines_of

Key = uuid.UUID | None


async def settle(ctx: kehu.Context, order: Order, *, on: date) -> None:
    """Add what the owner has earned by an order since it was last settled, or take back what is not earned any more.

    Doing it twice adds nothing. The plan that began an order's ledger stays its plan.
    """
    entries = await _entries(ctx, order)
    plan = await _plan(ctx, order, entries)
    owner_id = entries[0].owner_id if entries else order.owner_id
    if plan is None or owner_id is None:
        return
    slabs = await _slabs(ctx, plan)
    bases = _bases(await _nets(ctx, order, slabs), order, _worth(order, plan.basis))
    for product_id, base in bases.items():
        mine = [entry for entry in entries if entry.product_id == product_id]
        before = sum((entry.base_amount for entry in mine), ZERO)
        if base == before:
            continue
        entry = CommissionEntry(
            plan_id=plan.id,
            order_id=order.id,
            owner_id=owner_id,
            team_id=order.team_id,
            product_id=product_id,
            earned_on=on,
            base_amount=base - before,
            currency=order.currency,
            reason="ACCRUED" if base > before else "REVERSED",
        )
        if base > before:
            sales = await _sales(ctx, plan, entry)
            entry.amount = commission(sales, base - before, slabs.get(product_id, ()), order.currency)
        else:
            amount = sum((each.amount for each in mine), ZERO)
            entry.amount = reversal(amount, before, before - base, order.currency)
        ctx.add(entry)


def _worth(order: Order, basis: CommissionBasis) -> Decimal:
    """How much of the order's total counts now: what was kept of it, or paid for that."""
    if order.status not in (OrderStatus.CONFIRMED, OrderStatus.FULFILLED):
        return ZERO
    kept = order.total_amount - order.returned_amount
    return kept if basis is CommissionBasis.ORDER else max(min(kept, order.paid_amount), ZERO)


def _bases(nets: dict[Key, Decimal], order: Order, worth: Decimal) -> dict[Key, Decimal]:
    """The part of each product's net sales that counts; together they are as much of net as `worth` is of total."""
    if not order.total_amount:
        return {}
    whole = rounded(order.net_amount * worth / order.total_amount, order.currency)
    return dict(zip(nets, split(whole, list(nets.values()), order.currency), strict=True))


async def _entries(ctx: kehu.Context, order: Order) -> Sequence[CommissionEntry]:
    found = (
        sa.select(CommissionEntry).where(CommissionEntry.order_id == order.id).order_by(CommissionEntry.id)
    )
    return (await ctx.session.scalars(kehu.unscoped(found))).all()


async def _plan(ctx: kehu.Context, order: Order, entries: Sequence[CommissionEntry]) -> CommissionPlan | None:
    """The plan of the order, locked: settlements of one plan come one after the other, so that slabs add up."""
    plan = CommissionPlan
    found = sa.select(plan).with_for_update().limit(1)
    if entries:
        found = found.where(plan.id == entries[0].plan_id)
    else:
        rank = sa.case((plan.user_id.is_not(None), 0), (plan.team_id.is_not(None), 1), else_=2)
        found = found.where(
            plan.archived_at.is_(None),
            sa.or_(plan.user_id.is_(None), plan.user_id == order.owner_id),
            sa.or_(plan.team_id.is_(None), plan.team_id == order.team_id),
            sa.or_(plan.valid_from_on.is_(None), plan.valid_from_on <= order.ordered_on),
            sa.or_(plan.valid_until_on.is_(None), plan.valid_until_on >= order.ordered_on),
        ).order_by(rank, plan.created_at, plan.id)
    return (await ctx.session.scalars(kehu.unscoped(found))).first()


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
