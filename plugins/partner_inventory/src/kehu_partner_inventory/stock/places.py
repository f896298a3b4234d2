"""Places: where the pieces with serial numbers are; a piece is in one place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.lots.models import SerialElsewhere
from kehu_partner_inventory.stock.facts import Facts, whoever_asks
from kehu_partner_inventory.stock.models import StockBalance
from kehu_partner_inventory.stock.plans import PlannedMove


class Places:
    """Where each piece is while a posting moves it."""

    def __init__(self, ctx: kehu.Context, facts: Facts) -> None:
        self._ctx, self._facts = ctx, facts
        self._of: dict[uuid.UUID, tuple[uuid.UUID, str]] = {}

    async def read(self, lots: Iterable[uuid.UUID | None]) -> None:
        """Find the pieces among these lots."""
        pieces = {lot for lot in lots if lot is not None and self._is_piece(lot)}
        if not pieces:
            return
        statement = (
            sa.select(StockBalance.lot_id, Location.id, whoever_asks.told(self._ctx, Location.code))
            .join(Location, Location.id == StockBalance.location_id)
            .where(StockBalance.lot_id.in_(pieces), StockBalance.on_hand > 0)
        )
        for lot_id, location_id, code in await whoever_asks.execute(self._ctx, statement):
            assert lot_id is not None
            self._of[lot_id] = (location_id, code)

    def move(self, plan: PlannedMove, *, target_on_hand: Decimal) -> None:
        """A piece goes from where it is. Raises SerialElsewhere.

        One that came from a supplier and went back is nowhere, and may come from anywhere again.
        """
        if plan.lot_id is None or not self._is_piece(plan.lot_id):
            return
        place = self._of.get(plan.lot_id)
        if place is not None and place[0] != plan.from_id:
            message = kehu.text(
                "{number} is at {code}.", number=self._facts.lots[plan.lot_id].number, code=place[1]
            )
            raise SerialElsewhere(message, field="lot")
        self._of.pop(plan.lot_id, None)
        if target_on_hand > 0:
            self._of[plan.lot_id] = (plan.to_id, self._facts.locations[plan.to_id].code)

    def _is_piece(self, lot_id: uuid.UUID) -> bool:
        return self._facts.products[self._facts.lots[lot_id].product_id].is_serial_tracked
