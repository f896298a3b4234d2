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
from kehu_partner_inventory.orders.queries import whoever_asks
from kehu_partner_inventory.orders.sourcing import Source, in_order
from kehu_partner_inventory.orders.waiting import missing_before
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.receipts.models import ExpectedReceipt, ReceiptState
from kehu_partner_inventory.reservations.booking import Wanted, book_each
from kehu_partner_inventory.stock.facts import gather_facts
from kehu_partner_inventory.stock.models import StockBalance


@dataclasses.dataclass(slots=True)
class _Shelf:
    """A balance of ours that has something to give, and why it is looked at when it is."""

    source: Source
    available: Decimal


async def allocate_lines(
    ctx: kehu.Context, order: ChannelOrder, partner: Partner, lines: Sequence[ChannelOrderLine]
) -> None:
    """Hold back what there is for an order, from the nearest location that has it; say when the rest should come.

    Several locations make a split shipment; each allocation says why its location was chosen. What is missing stays a
    back-order. Inside `ctx.write()`.
    """
    wanting = [line for line in lines if line.missing > 0]
    shelves = await _shelves(ctx, order, partner, [line.product_id for line in wanting])
    wishes = [(line, *each) for line in wanting for each in _wishes(line, shelves[line.product_id])]
    document = document_of("ChannelOrder", order)
    made = await book_each(
        ctx, [wish for _, wish, _ in wishes], document=document, customer_id=partner.customer_id
    )
    for (line, wish, source), reservations in zip(wishes, made, strict=True):
        line.allocated += wish.quantity
        for reservation in reservations:
            ctx.add(
                OrderAllocation(
                    line_id=line.id,
                    reservation_id=reservation.id,
                    chosen_for=source.reason,
                    distance_km=source.distance_km,
                )
            )
    await promise(ctx, order, wanting)
    if order.status is ChannelOrderStatus.CONFIRMED and not any(line.missing for line in lines):
        order.move("complete")


def _wishes(line: ChannelOrderLine, shelves: Sequence[_Shelf]) -> list[tuple[Wanted, Source]]:
    """From which locations a line is met, in order, as far as it can be."""
    shares: dict[Source, Decimal] = defaultdict(Decimal)
    missing = line.missing
    for shelf in shelves:
        share = min(shelf.available, missing)
        if share > 0:
            shelf.available -= share
            shares[shelf.source] += share
            missing -= share
    return [
        (Wanted(product_id=line.product_id, location_id=source.location_id, quantity=share), source)
        for source, share in shares.items()
    ]


async def _shelves(
    ctx: kehu.Context, order: ChannelOrder, partner: Partner, products: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[_Shelf]]:
    """What may be given of each product, the nearest first. Locked."""
    b = StockBalance
    here = sa.select(b.id, b.product_id, b.lot_id, Location).join(Location, Location.id == b.location_id)
    statement = here.outerjoin(Lot, Lot.id == b.lot_id).where(
        *(b.product_id.in_(products), b.usage == LocationUsage.INTERNAL, b.on_hand > b.reserved),
        Location.archived_at.is_(None),
        sa.or_(Lot.expires_on.is_(None), Lot.expires_on >= ctx.today()),
    )
    rows = (await whoever_asks.execute(ctx, statement)).all()
    places = {place.id: place for _, _, _, place in rows}
    sources = {each.location_id: each for each in in_order(order, partner, places.values())}
    await gather_facts(
        ctx,
        locations=places,
        products=[row[1] for row in rows],
        lots=[row[2] for row in rows],
    )
    locked = (
        sa.select(b.id, b.on_hand - b.reserved)
        .where(b.id.in_([row[0] for row in rows]))
        .order_by(b.product_id, b.location_id, b.lot_id)
        .with_for_update()
    )
    available = {row[0]: row[1] for row in await whoever_asks.execute(ctx, locked)}
    found: dict[uuid.UUID, list[_Shelf]] = defaultdict(list)
    rank = {key: position for position, key in enumerate(sources)}
    for key, product_id, _, place in sorted(rows, key=lambda row: (rank[row[3].id], row[0])):
        found[product_id].append(_Shelf(sources[place.id], available[key]))
    return found


async def promise(ctx: kehu.Context, order: ChannelOrder, lines: Sequence[ChannelOrderLine]) -> None:
    """The day on which enough should have come of what each line misses, after those who come first."""
    short = [line for line in lines if line.missing > 0]
    products = [line.product_id for line in short]
    coming, ahead = await _coming(ctx, products), await missing_before(ctx, order, products)
    for line in lines:
        line.promised_on = None
    for line in short:
        total = -ahead[line.product_id]
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
    for product_id, due_on, quantity in await whoever_asks.execute(ctx, statement):
        found[product_id].append((due_on, quantity))
    return found
