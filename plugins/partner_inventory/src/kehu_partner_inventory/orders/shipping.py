"""Shipping and taking back: which goods, by lot or piece, leave for the lines of an order, and come back of them."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_partner_inventory.documents import document_of
from kehu_partner_inventory.locations.models import LocationUsage
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.orders.models import (
    ZERO,
    ChannelOrder,
    ChannelOrderLine,
    ImpossibleLine,
    NotShipped,
    OrderAllocation,
)
from kehu_partner_inventory.orders.queries import held_for, whoever_asks
from kehu_partner_inventory.reservations.booking import Shipment, Wanted, book_each, give_up
from kehu_partner_inventory.reservations.models import Reservation
from kehu_partner_inventory.stock.lines import Goods, StockLine, known_goods
from kehu_partner_inventory.stock.models import StockBalance, StockMove


@dataclasses.dataclass(frozen=True, slots=True)
class LineQuantity:
    """How much of a line of an order leaves, or comes back; of which lot or piece, where the product has them.

    A line is named once for each of its lots or pieces.
    """

    line_id: kehu.GlobalId
    quantity: Decimal
    lot: str | None = None


Share = tuple[ChannelOrderLine, Goods]
_Wish = tuple[ChannelOrderLine, Reservation, Wanted]
"""What is to be held back for a line, and the reservation whose place it takes."""


async def shares_of(
    ctx: kehu.Context, own: Sequence[ChannelOrderLine], lines: Sequence[LineQuantity]
) -> list[Share]:
    """What the caller names. Raises ImpossibleLine for a line of another order, or one that is named twice."""
    by_key = {line.id: line for line in own}
    keys = [key_of(each.line_id, "ChannelOrderLine") for each in lines]
    named = {(key, (each.lot or "").strip()) for key, each in zip(keys, lines, strict=True)}
    mixed = any((key, "") in named and sum(other == key for other in keys) > 1 for key in keys)
    if not keys or len(named) < len(keys) or mixed or not set(keys) <= by_key.keys():
        raise ImpossibleLine(kehu.text("Name lines of this order, each once."), field="lines")
    told = [by_key[key] for key in keys]
    goods: list[Goods] = [
        Goods(line.product_id, each.quantity) for line, each in zip(told, lines, strict=True)
    ]
    with_lots = [place for place, each in enumerate(lines) if each.lot]
    known = await known_goods(
        ctx,
        [StockLine(_product(told[place]), lines[place].quantity, lines[place].lot) for place in with_lots],
    )
    for place, each in zip(with_lots, known, strict=True):
        goods[place] = each
    return list(zip(told, goods, strict=True))


async def shipments_of(
    ctx: kehu.Context, order: ChannelOrder, own: Sequence[ChannelOrderLine], shares: Sequence[Share]
) -> list[Shipment]:
    """What leaves of which reservation, oldest first; a lot that is named takes the place of one that was picked.

    Raises ImpossibleLine where less is held back than is to leave, InsufficientStock for a lot that is not there.
    """
    held = await held_for(ctx, own)
    if await _swap(ctx, order, shares, held):
        held = await held_for(ctx, own)
    left = {each.id: each.open_quantity for some in held.values() for each in some}
    # Lots that are named first, so that nobody else takes them.
    shipments: list[Shipment] = []
    for line, goods in sorted(shares, key=lambda share: share[1].lot_id is None):
        wanted = goods.quantity
        for reservation in held.get(line.id, ()):
            share = min(left[reservation.id], wanted)
            if share > 0 and goods.lot_id in {None, reservation.lot_id}:
                shipments.append(Shipment(reservation, share))
                left[reservation.id] -= share
                wanted -= share
        if wanted > 0:
            raise too_little_held(line, goods.quantity - wanted)
    return shipments


async def check_was_shipped(
    ctx: kehu.Context, order: ChannelOrder, own: Sequence[ChannelOrderLine], shares: Sequence[Share]
) -> None:
    """Raise NotShipped for a lot or piece of which the order shipped less, or took it back before."""
    wanted: dict[tuple[uuid.UUID, uuid.UUID], Decimal] = defaultdict(Decimal)
    for _, goods in shares:
        if goods.lot_id is not None:
            wanted[goods.product_id, goods.lot_id] += goods.quantity
    if not wanted:
        return
    out = await _with_the_partner(ctx, order, [line.id for line in own])
    for (product_id, lot_id), quantity in wanted.items():
        if quantity > out.get((product_id, lot_id), ZERO):
            number = await whoever_asks.scalar(ctx, sa.select(Lot.number).where(Lot.id == lot_id))
            there = out.get((product_id, lot_id), ZERO)
            message = kehu.text(
                "{there} of {number} was shipped for {order} and is not back yet.",
                there=there,
                number=number,
                order=order.number,
            )
            raise NotShipped(message, field="lot")


async def last_shipped_at(ctx: kehu.Context, own: Sequence[ChannelOrderLine]) -> datetime | None:
    """When the last of what has left did."""
    statement = (
        sa.select(sa.func.max(StockMove.moved_at))
        .join(OrderAllocation, OrderAllocation.reservation_id == StockMove.reservation_id)
        .where(OrderAllocation.line_id.in_([line.id for line in own]))
    )
    return await whoever_asks.scalar(ctx, statement)


def too_little_held(line: ChannelOrderLine, held: Decimal) -> ImpossibleLine:
    """The refusal that says how much is held back for a line."""
    message = kehu.text("{allocated} of line {line} is held back.", allocated=held, line=line.position)
    return ImpossibleLine(message, field="quantity")


async def _with_the_partner(
    ctx: kehu.Context, order: ChannelOrder, lines: Sequence[uuid.UUID]
) -> Mapping[tuple[uuid.UUID, uuid.UUID], Decimal]:
    """What of each lot the order shipped, less what it took back."""
    m = StockMove
    shipped = (
        sa.select(m.product_id, m.lot_id, sa.func.sum(m.quantity))
        .join(OrderAllocation, OrderAllocation.reservation_id == m.reservation_id)
        .where(OrderAllocation.line_id.in_(lines), m.lot_id.is_not(None))
        .group_by(m.product_id, m.lot_id)
    )
    back = (
        sa.select(m.product_id, m.lot_id, sa.func.sum(m.quantity))
        .where(m.document == document_of("ChannelOrder", order), m.reason == "RETURN", m.lot_id.is_not(None))
        .group_by(m.product_id, m.lot_id)
    )
    found: dict[tuple[uuid.UUID, uuid.UUID], Decimal] = defaultdict(Decimal)
    for statement, sign in ((shipped, 1), (back, -1)):
        for product_id, lot_id, quantity in await whoever_asks.execute(ctx, statement):
            assert lot_id is not None
            found[product_id, lot_id] += sign * quantity
    return found


async def _swap(
    ctx: kehu.Context,
    order: ChannelOrder,
    shares: Sequence[Share],
    held: Mapping[uuid.UUID, Sequence[Reservation]],
) -> bool:
    """Hold back the lots that are named instead of those that were picked; says whether it took anything."""
    named = {(line.id, goods.lot_id): goods.quantity for line, goods in shares}
    every = {each.id: each for some in held.values() for each in some}
    left = {key: each.open_quantity for key, each in every.items()}
    wishes: list[_Wish] = []
    for line, goods in shares:
        mine = held.get(line.id, ())
        short = goods.quantity - _open(mine, goods.lot_id)
        if goods.lot_id is None or short <= 0:
            continue
        place = await _place_of_lot(ctx, goods, short)
        for each in reversed(mine):
            others = [one for one in mine if one.lot_id == each.lot_id]
            spare = sum((left[one.id] for one in others), ZERO) - named.get((line.id, each.lot_id), ZERO)
            share = min(left[each.id], spare, short)
            if share > 0:
                wishes.append((line, each, _wanted(goods, place or each.location_id, share, goods.lot_id)))
                left[each.id] -= share
                short -= share
        if short > 0:
            raise too_little_held(line, goods.quantity - short)
    lines = {each.id: line for line, _ in shares for each in held.get(line.id, ())}
    gone = [each for key, each in every.items() if left[key] < each.open_quantity]
    for each in gone:
        if left[each.id]:
            rest = Goods(each.product_id, left[each.id], each.lot_id)
            wish = _wanted(rest, each.location_id, rest.quantity, each.lot_id)
            wishes.append((lines[each.id], each, wish))
    if gone:
        await _hold_instead(ctx, order, gone, wishes)
    return bool(gone)


async def _hold_instead(
    ctx: kehu.Context,
    order: ChannelOrder,
    gone: Sequence[Reservation],
    wishes: Sequence[_Wish],
) -> None:
    statement = sa.select(OrderAllocation).where(
        OrderAllocation.reservation_id.in_([each.id for each in gone])
    )
    reasons = {each.reservation_id: each for each in await whoever_asks.scalars(ctx, statement)}
    customer_id = gone[0].customer_id
    await give_up(ctx, gone)
    made = await book_each(
        ctx,
        [wish for _, _, wish in wishes],
        document=document_of("ChannelOrder", order),
        customer_id=customer_id,
    )
    for (line, replaced, _), reservations in zip(wishes, made, strict=True):
        why = reasons[replaced.id]
        for each in reservations:
            ctx.add(
                OrderAllocation(
                    line_id=line.id,
                    reservation_id=each.id,
                    chosen_for=why.chosen_for,
                    distance_km=why.distance_km,
                )
            )
    await ctx.flush()


def _open(held: Sequence[Reservation], lot_id: uuid.UUID | None) -> Decimal:
    return sum((each.open_quantity for each in held if each.lot_id == lot_id), ZERO)


def _wanted(goods: Goods, location_id: uuid.UUID, quantity: Decimal, lot_id: uuid.UUID | None) -> Wanted:
    return Wanted(product_id=goods.product_id, location_id=location_id, quantity=quantity, lot_id=lot_id)


async def _place_of_lot(ctx: kehu.Context, goods: Goods, quantity: Decimal) -> uuid.UUID | None:
    """A location of ours that has so much of a lot to give."""
    b = StockBalance
    statement = (
        sa.select(b.location_id)
        .where(
            *(b.product_id == goods.product_id, b.lot_id == goods.lot_id),
            *(b.usage == LocationUsage.INTERNAL, b.on_hand - b.reserved >= quantity),
        )
        .order_by(b.id)
        .limit(1)
    )
    return await whoever_asks.scalar(ctx, statement)


def _product(line: ChannelOrderLine) -> kehu.GlobalId:
    return kehu.GlobalId(kehu.global_id("Product", line.product_id))
