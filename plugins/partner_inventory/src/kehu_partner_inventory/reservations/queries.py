"""Reservations as the ledger needs them: as they are now, under the lock of their balances."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.reservations.models import Reservation, ReservationState
from kehu_partner_inventory.stock.books import Key, Shelf

whoever_asks = kehu.Unscoped("goods are held back once")


def key_of(reservation: Reservation) -> Key:
    """The balance that a reservation holds back from."""
    return Key(reservation.product_id, reservation.location_id, reservation.lot_id)


async def reread(ctx: kehu.Context, reservations: Iterable[Reservation]) -> dict[uuid.UUID, Reservation]:
    """The reservations as they are now; whoever changes one holds the lock of its balance, as the caller does."""
    keys = {reservation.id for reservation in reservations}
    if not keys:
        return {}
    statement = sa.select(Reservation).where(Reservation.id.in_(keys))
    found = await whoever_asks.scalars(ctx, statement.execution_options(populate_existing=True))
    return {reservation.id: reservation for reservation in found}


async def due_on(ctx: kehu.Context, shelves: Sequence[Shelf]) -> list[Reservation]:
    """The reservations on these balances that still hold something back though their time is over."""
    if not shelves:
        return []
    statement = sa.select(Reservation).where(
        Reservation.product_id.in_({shelf.key.product_id for shelf in shelves}),
        Reservation.location_id.in_({shelf.key.location_id for shelf in shelves}),
        Reservation.state == ReservationState.ACTIVE,
        Reservation.expires_at <= ctx.now(),
    )
    wanted = {shelf.key for shelf in shelves}
    found = await whoever_asks.scalars(ctx, statement.execution_options(populate_existing=True))
    return [reservation for reservation in found if key_of(reservation) in wanted]
