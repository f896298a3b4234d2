"""Availability in SQL: what is there, promised and coming, of a product at some places.

`product_id` is the key of an outer statement's product, `places` a selection of keys of locations; None for all
locations of the usages. Each figure counts only what the reader may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.receipts.models import ExpectedReceipt, ReceiptState
from kehu_partner_inventory.reservations.models import Reservation, ReservationState
from kehu_partner_inventory.stock.models import QUANTITY, StockBalance, StockMove
from kehu_partner_inventory.transfers.models import Transfer, TransferLine, TransferState

Figure = sa.ColumnElement[Decimal]
OWN = (LocationUsage.INTERNAL,)
PARTNERS = (LocationUsage.PARTNER,)
ON_SALE = (*OWN, *PARTNERS)


def held(
    product_id: Any, places: Any = None, usages: Sequence[LocationUsage] = ON_SALE
) -> tuple[Figure, Figure]:
    """What is on hand, and what of it is reserved, as the balances say."""
    b = aliased(StockBalance)
    where = [b.product_id == product_id, b.usage.in_(usages), *_at(b.location_id, places)]
    return _sum(b.on_hand, *where), _sum(b.reserved, *where)


def overdue(
    product_id: Any, at: datetime, places: Any = None, usages: Sequence[LocationUsage] = ON_SALE
) -> Figure:
    """What the balances count as reserved though it is free at a moment: its reservations expire until then."""
    r = aliased(Reservation)
    return _sum(
        r.quantity - r.shipped,
        r.product_id == product_id,
        r.state == ReservationState.ACTIVE,
        r.expires_at <= at,
        r.location_id.in_(_places(places, usages)),
    )


def moved_since(
    product_id: Any, at: datetime, places: Any = None, usages: Sequence[LocationUsage] = ON_SALE
) -> Figure:
    """What came in less what went out after a moment."""
    move, where = aliased(StockMove), _places(places, usages)
    moved = (move.product_id == product_id, move.moved_at > at)
    came = _sum(move.quantity, *moved, move.to_location_id.in_(where))
    return came - _sum(move.quantity, *moved, move.from_location_id.in_(where))


def reserved_at(
    product_id: Any, at: datetime, places: Any = None, usages: Sequence[LocationUsage] = ON_SALE
) -> Figure:
    """What was reserved at a moment in the past."""
    r, move = aliased(Reservation), aliased(StockMove)
    shipped = (
        sa.select(_none_is_zero(sa.func.sum(move.quantity)))
        .where(move.reservation_id == r.id, move.moved_at <= at)
        .scalar_subquery()
    )
    return _sum(
        r.quantity - shipped,
        r.product_id == product_id,
        r.reserved_at <= at,
        sa.or_(r.closed_at.is_(None), r.closed_at > at),
        sa.or_(r.expires_at.is_(None), r.expires_at > at),
        r.location_id.in_(_places(places, usages)),
    )


def coming(
    product_id: Any,
    places: Any = None,
    usages: Sequence[LocationUsage] = ON_SALE,
    *,
    until: date | None = None,
    states: Sequence[TransferState] = (TransferState.IN_TRANSIT,),
) -> Figure:
    """What is on order, and what transfers in these states bring; on order until a day where one is given."""
    e, t, line = aliased(ExpectedReceipt), aliased(Transfer), aliased(TransferLine)
    where = _places(places, usages)
    due = () if until is None else (e.due_on <= until,)
    ordered = _sum(
        sa.case((e.quantity > e.received, e.quantity - e.received), else_=_zero()),
        e.product_id == product_id,
        e.state == ReceiptState.EXPECTED,
        e.location_id.in_(where),
        *due,
    )
    under_way = _sum(
        line.quantity,
        line.product_id == product_id,
        t.state.in_(states),
        t.to_location_id.in_(where),
        joined=sa.join(line, t, line.transfer_id == t.id),
    )
    return ordered + under_way


def _places(places: Any, usages: Sequence[LocationUsage]) -> Any:
    """Keys of the locations meant. Usages are looked up here where a table does not repeat them."""
    place = aliased(Location)
    return sa.select(place.id).where(place.usage.in_(usages), *_at(place.id, places))


def _at(location_id: Any, places: Any) -> list[sa.ColumnElement[bool]]:
    return [] if places is None else [location_id.in_(places)]


def _sum(expression: Any, *conditions: Any, joined: Any = None) -> Figure:
    total = sa.select(_none_is_zero(sa.func.sum(sa.type_coerce(expression, QUANTITY)))).where(*conditions)
    return (total if joined is None else total.select_from(joined)).scalar_subquery()


def _none_is_zero(expression: Any) -> Any:
    return sa.func.coalesce(expression, _zero())


def _zero() -> sa.ColumnElement[Decimal]:
    return sa.literal(Decimal(0), QUANTITY)
