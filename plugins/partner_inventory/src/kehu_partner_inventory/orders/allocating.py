"""Allocation: which goods are held back for an order, and when the rest should come."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.documents import document_of
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.orders.models import (
    ChannelOrder,
    ChannelOrderLine,
    ChannelOrderStatus,
    OrderAllocation,
)
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.receipts.models import ExpectedReceipt, ReceiptState
from kehu_partner_inventory.reservations.booking import Wanted, book_each
from kehu_partner_inventory.stock.facts import gather_facts
from kehu_partner_inventory.stock.models import StockBalance


@dataclasses.dataclass(slots=True)
class _Shelf:
    """A balance of ours that has something to give."""

    location_id: uuid.UUID
    available: Decimal


async def allocate_lines(
    ctx: kehu.Context, order: ChannelOrder, partner: Partner, lines: Sequence[ChannelOrderLine]
) -> None:
    """Hold back what there is for an order, from its own location first; say when the rest should come.

    Several locations make a split shipment. What is missing stays a back-order. Inside `ctx.write()`.
    """
    wanting = [line for line in lines if line.missing > 0]
    shelves = await _shelves(ctx, order, [line.product_id for line in wanting])
    wishes = [(line, wish) for line in wanting for wish in _wishes(line, shelves[line.product_id])]
    document = document_of("ChannelOrder", order)
    made = await book_each(
        ctx, [wish for _, wish in wishes], document=document, customer_id=partner.customer_id
    )
    for (line, wish), reservations in zip(wishes, made, strict=True):
        line.allocated += wish.quantity
        for reservation in reservations:
            ctx.add(OrderAllocation(line_id=line.id, reservation_id=reservation.id))
    await _promise(ctx, wanting)
    if order.status is ChannelOrderStatus.CONFIRMED and not any(line.missing for line in lines):
        order.move("complete")


def _wishes(line: ChannelOrderLine, shelves: Sequence[_Shelf]) -> list[Wanted]:
    """From which locations a line is met, in order, as far as it can be."""
    shares: dict[uuid.UUID, Decimal] = defaultdict(Decimal)
    missing = line.missing
    for shelf in shelves:
        share = min(shelf.available, missing)
        if share > 0:
            shelf.available -= share
            shares[shelf.location_id] += share
            missing -= share
    return [
        Wanted(product_id=line.product_id, location_id=place, quantity=share)
        for place, share in shares.items()
    ]


async def _shelves(
    ctx: kehu.Context, order: ChannelOrder, products: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[_Shelf]]:
    """What may be given of each product: the order's own location first, the others by code. Locked."""
    b = StockBalance
    here = sa.select(b.id, b.location_id, b.product_id, b.lot_id).join(Location, Location.id == b.location_id)
    statement = (
        here.outerjoin(Lot, Lot.id == b.lot_id)
        .where(
            *(b.product_id.in_(products), b.usage == LocationUsage.INTERNAL, b.on_hand > b.reserved),
            Location.archived_at.is_(None),
            sa.or_(Lot.expires_on.is_(None), Lot.expires_on >= ctx.today()),
        )
        .order_by(Location.id.is_distinct_from(order.source_location_id), Location.code)
    )
    rows = (await ctx.session.execute(kehu.unscoped(statement))).all()
    await gather_facts(
        ctx,
        locations=[row[1] for row in rows],
        products=[row[2] for row in rows],
        lots=[row[3] for row in rows],
    )
    locked = (
        sa.select(b.id, b.on_hand - b.reserved)
        .where(b.id.in_([row[0] for row in rows]))
        .order_by(b.product_id, b.location_id, b.lot_id)
        .with_for_update()
    )
    available = {row[0]: row[1] for row in await ctx.session.execute(kehu.unscoped(locked))}
    found: dict[uuid.UUID, list[_Shelf]] = defaultdict(list)
    for key, location_id, product_id, _ in rows:
        found[product_id].append(_Shelf(location_id, available[key]))
    return found


async def _promise(ctx: kehu.Context, lines: Sequence[ChannelOrderLine]) -> None:
    """The day on which enough should have come of what each line misses."""
    short = [line for line in lines if line.missing > 0]
    coming = await _coming(ctx, [line.product_id for line in short])
    for line in lines:
        line.promised_on = None
    for line in short:
        total = Decimal(0)
        for due_on, quantity in coming[line.product_id]:
            total += quantity
            if total >= line.missing:
                line.promised_on = due_on
                break


async def _coming(
    ctx: kehu.Context, products: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[tuple[date | None, Decimal]]]:
    found: dict[uuid.UUID, list[tuple[date | None, Decimal]]] = defaultdict(list)
    if not products:
        return found
    r = ExpectedReceipt
    statement = (
        sa.select(r.product_id, r.due_on, r.quantity - r.received)
        .where(r.product_id.in_(products), r.state == ReceiptState.EXPECTED, r.due_on.is_not(None))
        .order_by(r.due_on, r.id)
    )
    for product_id, due_on, quantity in await ctx.session.execute(kehu.unscoped(statement)):
        found[product_id].append((due_on, quantity))
    return found
