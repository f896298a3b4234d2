"""What sales knows of a customer: when we last spoke, what comes next, what was won and how often."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import kehu
from kehu.crm.interactions.models import InteractionDirection
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.opportunities.queries import WinRate
from kehu_sfa.pipelines.models import Stage, StageCategory
from kehu_sfa.plugin import plugin


@dataclasses.dataclass(frozen=True, slots=True)
class WonAmount:
    """What was won in one currency, and with how many opportunities."""

    currency: str
    amount: Decimal
    count: int


@plugin.sql_field(kehu.Customer)
def last_contact_at(c: type[kehu.Customer]) -> sa.ColumnElement[datetime | None]:
    """When the last interaction with it began that was done and that you may see (UTC)."""
    i = aliased(kehu.Interaction)
    done = sa.select(sa.func.max(i.started_at)).where(
        i.customer_id == c.id,
        i.status == kehu.InteractionStatus.DONE,
        i.direction != InteractionDirection.INTERNAL,
    )
    return done.scalar_subquery()


@plugin.sql_field(kehu.Customer)
def next_step_at(c: type[kehu.Customer]) -> sa.ColumnElement[Any]:
    """When the first planned interaction with it is planned or due that you may see (UTC)."""
    i = aliased(kehu.Interaction)
    planned = sa.select(sa.func.min(sa.func.coalesce(i.planned_for, i.due_at))).where(
        i.customer_id == c.id,
        i.status == kehu.InteractionStatus.PLANNED,
        i.archived_at.is_(None),
    )
    return planned.scalar_subquery()


@plugin.batch_field(kehu.Customer, read="sfa.opportunity:read")
async def won_amount(
    customers: Sequence[kehu.Customer],
    ctx: kehu.Context,
    closed_from: date | None = None,
    closed_until: date | None = None,
) -> Sequence[list[WonAmount]]:
    """What was won with it on these days, both included, of what you may see; a row for each currency."""
    o = Opportunity
    found = _closed(customers, closed_from, closed_until).where(
        Stage.category == StageCategory.WON, o.amount.is_not(None)
    )
    columns = (o.customer_id, o.currency, sa.func.sum(o.amount), sa.func.count())
    grouped = found.with_only_columns(*columns).group_by(o.customer_id, o.currency).order_by(o.currency)
    won: dict[uuid.UUID | None, list[WonAmount]] = defaultdict(list)
    for customer_id, currency, amount, count in await ctx.session.execute(grouped):
        if currency is not None and amount is not None:
            won[customer_id].append(WonAmount(currency, amount, count))
    return [won[customer.id] for customer in customers]


@plugin.batch_field(kehu.Customer, name="winRate", read="sfa.opportunity:read")
async def win_rate_of_customer(
    customers: Sequence[kehu.Customer],
    ctx: kehu.Context,
    closed_from: date | None = None,
    closed_until: date | None = None,
) -> Sequence[WinRate]:
    """Won and lost with it on these days, both included, of what you may see."""
    o = Opportunity
    columns = (o.customer_id, Stage.category, sa.func.count())
    found = _closed(customers, closed_from, closed_until).with_only_columns(*columns)
    counts = Counter[tuple[uuid.UUID | None, StageCategory]]()
    for customer_id, category, count in await ctx.session.execute(
        found.group_by(o.customer_id, Stage.category)
    ):
        counts[customer_id, category] = count
    won, lost = StageCategory.WON, StageCategory.LOST
    return [WinRate.of(counts[each.id, won], counts[each.id, lost]) for each in customers]


def _closed(customers: Sequence[kehu.Customer], first: date | None, last: date | None) -> sa.Select[Any]:
    o = Opportunity
    found = (
        sa.select(o.id)
        .join(Stage, Stage.id == o.stage_id)
        .where(o.customer_id.in_([customer.id for customer in customers]))
        .where(o.closed_at.is_not(None), o.archived_at.is_(None))
    )
    if first is not None:
        found = found.where(o.closed_on >= first)
    return found if last is None else found.where(o.closed_on <= last)
