"""Watching: what is so now, compared with the alerts that are open."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.alerts.models import AlertKind, AlertState, StockAlert
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.orders.models import ChannelOrder, ChannelOrderLine, ChannelOrderStatus
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin, stock_alert
from kehu_partner_inventory.replenishment.queries import all_positions
from kehu_partner_inventory.stock.models import StockBalance

whoever_asks = kehu.Unscoped("who is responsible for an alert need not be who causes it")

SLOW_DAYS = 90
"""Goods that have not moved for so long are slow."""
EXPIRY_DAYS = 30
"""So long before it expires, a lot is worth an alert."""
ON_SALE = (LocationUsage.INTERNAL, LocationUsage.PARTNER)
_UNDER_WAY = (
    ChannelOrderStatus.CONFIRMED,
    ChannelOrderStatus.ALLOCATED,
    ChannelOrderStatus.PARTLY_SHIPPED,
)
_b, _o = StockBalance, ChannelOrder


@dataclasses.dataclass(frozen=True, slots=True)
class Sight:
    """Something that is so now; `key` names the record that it is so of, by whose team it is looked after."""

    kind: AlertKind
    key: uuid.UUID
    location_id: uuid.UUID | None = None
    product_id: uuid.UUID | None = None
    lot_id: uuid.UUID | None = None
    order: ChannelOrder | None = None
    quantity: Decimal | None = None
    threshold: Decimal | None = None

    @property
    def subject(self) -> str:
        """What there is one open alert about."""
        return f"{self.kind.name}:{self.key}"


@plugin.job(schedule="*/15 * * * *", atomic=True)
async def watch_stock(ctx: kehu.Context) -> None:
    """Every quarter of an hour, open and close the alerts."""
    async with ctx.write():
        await look(ctx)


@plugin.mutation(permission="partner_inventory.stock_alert:check")
async def check_stock_alerts(ctx: kehu.Context) -> list[StockAlert]:
    """Look now instead of within a quarter of an hour; gives the alerts that were opened."""
    return await look(ctx)


@stock_alert.before_write
async def alerts_have_someone(ctx: kehu.Context, change: kehu.Change[StockAlert]) -> None:
    """Whoever looks after the location or the partner is responsible for a new alert."""
    alert = change.obj
    if not change.creating:
        return
    for model, key in ((Location, alert.location_id), (Partner, alert.partner_id)):
        if key is None or (alert.owner_id is not None or alert.team_id is not None):
            continue
        statement = sa.select(model.owner_id, model.team_id).where(model.id == key)
        row = (await whoever_asks.execute(ctx, statement)).one()
        alert.owner_id, alert.team_id = row[0], row[1]


async def look(ctx: kehu.Context) -> list[StockAlert]:
    """Open what is new, close what is over; gives what was opened. Inside `ctx.write()`."""
    found = {sight.subject: sight for sight in await sights(ctx)}
    statement = sa.select(StockAlert).where(StockAlert.state == AlertState.OPEN)
    for alert in await whoever_asks.scalars(ctx, statement.with_for_update()):
        if found.pop(alert.subject, None) is None:
            alert.close(at=ctx.now())
    holders = await _partners(ctx, found.values())
    return [ctx.add(_alert(ctx, sight, holders)) for sight in found.values()]


async def sights(ctx: kehu.Context) -> list[Sight]:
    """Everything that is so now, whoever asks."""
    return [
        *await _levels(ctx),
        *await _slow(ctx),
        *await _expiring(ctx),
        *await _late(ctx),
    ]


async def _levels(ctx: kehu.Context) -> Iterable[Sight]:
    """Less than the minimum of a rule is available, or more than its maximum is there."""
    found = []
    for line in await all_positions(ctx):
        rule, where = line.rule, (line.rule.location_id, line.rule.product_id)
        if line.available < rule.minimum:
            found.append(
                Sight(
                    AlertKind.BELOW_MINIMUM, rule.id, *where, quantity=line.available, threshold=rule.minimum
                )
            )
        if line.surplus > 0:
            found.append(
                Sight(AlertKind.OVER_MAXIMUM, rule.id, *where, quantity=line.on_hand, threshold=rule.maximum)
            )
    return found


async def _slow(ctx: kehu.Context) -> Iterable[Sight]:
    """Goods that nobody touched for long."""
    since = ctx.now() - timedelta(days=SLOW_DAYS)
    statement = sa.select(_b.id, _b.location_id, _b.product_id, _b.lot_id, _b.on_hand).where(
        _b.usage.in_(ON_SALE), _b.on_hand > 0, _b.last_moved_at <= since
    )
    rows = await whoever_asks.execute(ctx, statement)
    return [Sight(AlertKind.SLOW_MOVER, *row[:4], quantity=row[4]) for row in rows]


async def _expiring(ctx: kehu.Context) -> Iterable[Sight]:
    """Lots that are no longer good soon, or already are not, where some of it is left."""
    last = ctx.today() + timedelta(days=EXPIRY_DAYS)
    statement = (
        sa.select(_b.id, _b.location_id, _b.product_id, _b.lot_id, _b.on_hand)
        .join(Lot, Lot.id == _b.lot_id)
        .where(_b.usage.in_(ON_SALE), _b.on_hand > 0, Lot.expires_on <= last)
    )
    rows = await whoever_asks.execute(ctx, statement)
    return [Sight(AlertKind.EXPIRING_LOT, *row[:4], quantity=row[4]) for row in rows]


async def _late(ctx: kehu.Context) -> Iterable[Sight]:
    """Orders that should have left, by what was wanted or by what was promised."""
    line, today = ChannelOrderLine, ctx.today()
    is_overdue = sa.exists().where(line.order_id == _o.id, line.promised_on < today)
    statement = sa.select(_o).where(_o.status.in_(_UNDER_WAY), sa.or_(_o.wanted_on < today, is_overdue))
    return [
        Sight(AlertKind.LATE_SHIPMENT, order.id, order=order)
        for order in await whoever_asks.scalars(ctx, statement)
    ]


def _alert(ctx: kehu.Context, sight: Sight, holders: dict[Any, uuid.UUID]) -> StockAlert:
    return StockAlert(
        kind=sight.kind,
        subject=sight.subject,
        location_id=sight.location_id,
        product_id=sight.product_id,
        lot_id=sight.lot_id,
        order_id=sight.order.id if sight.order else None,
        partner_id=sight.order.partner_id if sight.order else holders.get(sight.location_id),
        quantity=sight.quantity,
        threshold=sight.threshold,
        opened_at=ctx.now(),
    )


async def _partners(ctx: kehu.Context, found: Iterable[Sight]) -> dict[Any, uuid.UUID]:
    """The partner that keeps each location, where one does."""
    keys: Sequence[Any] = [sight.location_id for sight in found if sight.location_id]
    statement = (
        sa.select(Location.id, Partner.id)
        .join(Partner, Partner.customer_id == Location.holder_id)
        .where(Location.id.in_(keys))
    )
    return {row[0]: row[1] for row in await whoever_asks.execute(ctx, statement)}
