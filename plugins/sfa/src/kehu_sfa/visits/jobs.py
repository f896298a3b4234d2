"""Visit plans become planned visits, four weeks ahead."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import kehu
from kehu.business.calendars import WorkingHours
from kehu.business.calendars.queries import default_hours
from kehu_sfa.plugin import plugin
from kehu_sfa.service_cost.queries import Ledger, service_ledger
from kehu_sfa.visits.models import VisitPlan, VisitSlot

AHEAD = timedelta(weeks=4)
MORNING = time(9)


@plugin.job(schedule="0 4 * * *")
async def plan_visits(ctx: kehu.Context) -> None:
    """Plan the visits of the next four weeks; each slot once, however often this runs."""
    ledger, found = (
        await service_ledger(ctx),
        sa.select(VisitPlan.id).where(VisitPlan.is_active, VisitPlan.archived_at.is_(None)),
    )
    for key in (await ctx.session.scalars(found.order_by(VisitPlan.id))).all():
        async with ctx.write():
            await _plan(ctx, await ctx.get(VisitPlan, key), ledger)
        ctx.forget()


async def _plan(ctx: kehu.Context, plan: VisitPlan, ledger: Ledger) -> None:
    hours, today = await default_hours(ctx), ctx.today()
    taken = await _taken(ctx, plan, since=today - AHEAD)
    for customer in await _customers(ctx, plan, ledger):
        for slot, day in plan.slots(customer.id, hours, begin=today, end=today + AHEAD):
            if (customer.id, slot) not in taken:
                visit = ctx.add(_visit(plan, customer, _opening(hours, day)))
                await ctx.flush()
                ctx.add(
                    VisitSlot(
                        plan_id=plan.id, customer_id=customer.id, falls_on=slot, interaction_id=visit.id
                    )
                )


async def _customers(ctx: kehu.Context, plan: VisitPlan, ledger: Ledger) -> Iterable[kehu.Customer]:
    if plan.customer_id is not None:
        keys = [plan.customer_id]
    else:
        rated = {key: ledger.of(key).customer_class for key in ledger.customers}
        keys = [key for key, rating in rated.items() if rating and rating.name == plan.customer_class]
    found = sa.select(kehu.Customer).where(kehu.Customer.id.in_(keys), kehu.Customer.archived_at.is_(None))
    return (await ctx.session.scalars(found.order_by(kehu.Customer.id))).all()


async def _taken(ctx: kehu.Context, plan: VisitPlan, *, since: date) -> set[tuple[uuid.UUID, date]]:
    found = sa.select(VisitSlot.customer_id, VisitSlot.falls_on).where(
        VisitSlot.plan_id == plan.id, VisitSlot.falls_on >= since
    )
    return {(row[0], row[1]) for row in await ctx.session.execute(found)}


def _visit(plan: VisitPlan, customer: kehu.Customer, at: datetime) -> kehu.Interaction:
    return kehu.Interaction(
        customer_id=customer.id,
        kind="VISIT",
        subject=plan.name,
        planned_for=at,
        owner_id=customer.owner_id or plan.owner_id,
        team_id=customer.team_id or plan.team_id,
    )


def _opening(hours: WorkingHours, day: date) -> datetime:
    """When work begins on a day; at nine where nothing is known of it."""
    opens = next((opens for opens, _ in hours.hours_on(day)), MORNING)
    return datetime.combine(day, opens if opens != time(0) else MORNING, ZoneInfo(hours.zone))
