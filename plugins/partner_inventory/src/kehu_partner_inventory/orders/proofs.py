"""Proofs of orders: lines, reservations and invoices say what the moves say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoiceLine
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.orders.models import (
    ZERO,
    ChannelOrder,
    ChannelOrderLine,
    ChannelOrderStatus,
    OrderAllocation,
)
from kehu_partner_inventory.orders.queries import whoever_asks
from kehu_partner_inventory.reservations.models import Reservation, ReservationState
from kehu_partner_inventory.stock.models import QUANTITY, StockMove

_S = ChannelOrderStatus
_GONE = (_S.SHIPPED, _S.DELIVERED, _S.CLOSED)
_o, _l, _r = ChannelOrder, ChannelOrderLine, Reservation


def order_proofs() -> dict[str, sa.Select[*tuple[Any, ...]]]:
    """Statements that find product, order and both figures where one is wrong, by what they prove."""
    return {
        "what a line holds back is what its reservations do": _of_line(_l.allocated, _held()),
        "what a line shipped is what its moves say": _of_line(_l.shipped, _left()),
        "what a line has billed is on invoices": _of_line(_l.billed, _billed()),
        "a line bills what has left": _of_line(_l.billed, _l.shipped).where(_l.billed > _l.shipped),
        "a shipped order has shipped all": _of_line(_l.shipped, _l.quantity - _l.cancelled).where(
            _o.status.in_(_GONE)
        ),
        "what a line took back is on credit notes": _of_line(_l.returned, _credited()),
        "a reservation shipped what its moves say": _kept(),
        "an order that is not confirmed owes nothing": _owed().where(
            sa.or_(_o.confirmed_at.is_(None), _o.status == _S.CANCELLED), _o.unbilled_amount != 0
        ),
        "what is not billed is the rest of the order": _unbilled(),
    }


async def misreturned(ctx: kehu.Context) -> list[tuple[str, str, Decimal, Decimal]]:
    """Product, order and both figures where lines have not taken back what the moves of the order brought."""
    lines = (
        sa.select(_o.id, _o.number, _l.product_id, kehu.Product.code, sa.func.sum(_l.returned))
        .join(_l, _l.order_id == _o.id)
        .join(kehu.Product, kehu.Product.id == _l.product_id)
        .group_by(_o.id, _o.number, _l.product_id, kehu.Product.code)
    )
    m = StockMove
    moves = (
        sa.select(m.document, m.product_id, sa.func.sum(m.quantity))
        .where(m.reason == "RETURN", m.document.is_not(None))
        .group_by(m.document, m.product_id)
    )
    rows = await whoever_asks.execute(ctx, moves)
    moved: dict[tuple[object, object], Decimal] = {(row[0], row[1]): row[2] for row in rows}
    found = []
    for key, number, product_id, code, returned in await whoever_asks.execute(ctx, lines):
        came = moved.get((kehu.global_id("ChannelOrder", key), product_id), ZERO)
        if came != returned:
            found.append((code, number, returned, came))
    return found


def _of_line(booked: Any, proven: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(kehu.Product.code, _o.number, booked, proven)
        .select_from(_l)
        .join(_o, _o.id == _l.order_id)
        .join(kehu.Product, kehu.Product.id == _l.product_id)
        .where(booked != proven)
    )


def _held() -> Any:
    a = OrderAllocation
    return _sum(
        _r.quantity - _r.shipped,
        a.line_id == _l.id,
        _r.state == ReservationState.ACTIVE,
        joined=sa.join(a, _r, _r.id == a.reservation_id),
    )


def _left() -> Any:
    a, m = OrderAllocation, StockMove
    return _sum(m.quantity, a.line_id == _l.id, joined=sa.join(a, m, m.reservation_id == a.reservation_id))


def _billed() -> Any:
    i = PartnerInvoiceLine
    return _sum(i.quantity, i.order_line_id == _l.id, i.quantity > 0)


def _credited() -> Any:
    i = PartnerInvoiceLine
    return _sum(-i.quantity, i.order_line_id == _l.id, i.quantity < 0)


def _owed() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(sa.literal(""), _o.number, _o.unbilled_amount, sa.literal(ZERO, _o.unbilled_amount.type))


def _unbilled() -> sa.Select[*tuple[Any, ...]]:
    """Of orders of which nothing was given up: what they come to less what is on invoices."""
    i = PartnerInvoiceLine
    billed = _sum(
        i.amount,
        _l.order_id == _o.id,
        i.quantity > 0,
        joined=sa.join(i, _l, _l.id == i.order_line_id),
    )
    given_up = sa.exists().where(_l.order_id == _o.id, _l.cancelled > 0)
    rest = sa.type_coerce(_o.total_amount, QUANTITY) - billed
    is_bound = sa.and_(_o.confirmed_at.is_not(None), _o.status != _S.CANCELLED, ~given_up)
    owed = sa.type_coerce(_o.unbilled_amount, QUANTITY)
    return sa.select(sa.literal(""), _o.number, owed, rest).where(is_bound, owed != rest)


def _kept() -> sa.Select[*tuple[Any, ...]]:
    m = StockMove
    moved = _sum(m.quantity, m.reservation_id == _r.id)
    return (
        sa.select(kehu.Product.code, sa.func.coalesce(_o.number, Location.code), _r.shipped, moved)
        .select_from(_r)
        .join(kehu.Product, kehu.Product.id == _r.product_id)
        .join(Location, Location.id == _r.location_id)
        .outerjoin(OrderAllocation, OrderAllocation.reservation_id == _r.id)
        .outerjoin(_l, _l.id == OrderAllocation.line_id)
        .outerjoin(_o, _o.id == _l.order_id)
        .where(_r.shipped != moved)
    )


def _sum(expression: Any, *conditions: Any, joined: Any = None) -> Any:
    total = sa.func.coalesce(sa.func.sum(sa.type_coerce(expression, QUANTITY)), _zero())
    statement = sa.select(total).where(*conditions)
    return (statement if joined is None else statement.select_from(joined)).scalar_subquery()


def _zero() -> Any:
    return sa.literal(ZERO, QUANTITY)
