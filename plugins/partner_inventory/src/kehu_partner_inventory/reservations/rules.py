"""What must hold of reservations."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.plugin import reservation
from kehu_partner_inventory.reservations.models import Reservation
from kehu_partner_inventory.stock.models import LedgerIsAppendOnly


@reservation.before_write
async def promises_are_kept_in_the_books(_ctx: kehu.Context, change: kehu.Change[Reservation]) -> None:
    """A reservation changes together with the balance it holds back from, through reserve, ship and release."""
    if change.deleting or not change.obj.is_sealed:
        raise LedgerIsAppendOnly(
            kehu.text("Reservations change through reserve, ship and release, and are not deleted.")
        )
