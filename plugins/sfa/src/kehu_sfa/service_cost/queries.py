"""Revenue and time of customers, in one currency, as far as the reader may see them."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import NoCurrencyRate, convert
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Stage, StageCategory
from kehu_sfa.service_cost.models import ServiceCost, cost_of, hours_of

LOOK_BACK = timedelta(days=365)


@dataclasses.dataclass(frozen=True, slots=True)
class Ledger:
    """What all customers brought and took in the last 365 days.

    `unknown` are those who brought something in a currency without a rate; they are compared with nobody.
    """

    revenue: dict[uuid.UUID, Decimal]
    seconds: dict[uuid.UUID, int]
    currency: str | None
    unknown: frozenset[uuid.UUID] = frozenset()

    def of(self, customer_id: uuid.UUID) -> ServiceCost:
        """The figures of one customer."""
        if customer_id in self.unknown:
            hours = hours_of(self.seconds.get(customer_id, 0))
            return ServiceCost(None, None, hours, None, None)
        return cost_of(
            self.revenue.get(customer_id, Decimal(0)),
            self.seconds.get(customer_id, 0),
            sum(self.revenue.values(), Decimal(0)),
            sum(taken for key, taken in self.seconds.items() if key not in self.unknown),
            self.currency,
        )

    @property
    def customers(self) -> set[uuid.UUID]:
        """Those that brought or took anything."""
        return self.revenue.keys() | self.seconds.keys()


async def service_ledger(ctx: kehu.Context) -> Ledger:
    """The figures of all customers together; amounts in the currency of most deals, at today's rates."""
    won = await _won(ctx)
    deals = Counter[str]()
    for _, source, _, count in won:
        deals[source] += count
    currency = min(deals, key=lambda name: (-deals[name], name)) if deals else None
    revenue: defaultdict[uuid.UUID, Decimal] = defaultdict(Decimal)
    unknown = set[uuid.UUID]()
    for customer_id, source, amount, _ in won:
        assert currency is not None
        try:
            revenue[customer_id] += await convert(ctx, amount, source, currency, on=ctx.today())
        except NoCurrencyRate:
            unknown.add(customer_id)
    known = {key: amount for key, amount in revenue.items() if key not in unknown}
    return Ledger(known, await _seconds(ctx), currency, frozenset(unknown))


async def _won(ctx: kehu.Context) -> list[tuple[uuid.UUID, str, Decimal, int]]:
    o = Opportunity
    statement = (
        sa.select(o.customer_id, o.currency, sa.func.sum(o.amount), sa.func.count())
        .join(Stage, Stage.id == o.stage_id)
        .where(Stage.category == StageCategory.WON, o.closed_on >= ctx.today() - LOOK_BACK)
        .where(o.customer_id.is_not(None), o.amount.is_not(None), o.archived_at.is_(None))
        .group_by(o.customer_id, o.currency)
    )
    rows = (await ctx.session.execute(statement)).all()
    return [
        (key, currency, total, count) for key, currency, total, count in rows if key and currency and total
    ]


async def _seconds(ctx: kehu.Context) -> dict[uuid.UUID, int]:
    i = kehu.Interaction
    statement = sa.select(i.customer_id, i.started_at, i.ended_at).where(
        i.customer_id.is_not(None),
        i.status == kehu.InteractionStatus.DONE,
        i.started_at >= ctx.now() - LOOK_BACK,
        i.ended_at > i.started_at,
    )
    seconds = Counter[uuid.UUID]()
    for customer_id, started_at, ended_at in await ctx.session.execute(statement):
        if customer_id and started_at and ended_at:
            seconds[customer_id] += int((ended_at - started_at).total_seconds())
    return dict(seconds)
