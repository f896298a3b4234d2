"""The stock ledger: moves, the balances that follow from them, and the layers of cost."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.model import ExactDecimal
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.locations.models import HOLDING, Location, LocationUsage
from kehu_partner_inventory.lots.models import Lot

VALUE = "partner_inventory.stock:value"
"""The permission to see what stock is worth."""

QUANTITY = ExactDecimal(18, 4)
COST = ExactDecimal(18, 4)
VALUED = ExactDecimal(26, 8)
LARGEST = Decimal(10**9)
"""Largest quantity and unit cost; LARGEST_VALUE fits SQLite's integers with eight places."""
LARGEST_VALUE = Decimal(9 * 10**10)


class InsufficientStock(kehu.Refusal):
    """There is not so much to take. `available` is what is there and not promised to somebody else."""

    code = "INSUFFICIENT_STOCK"

    def __init__(
        self, *, product: str, location: str, available: Decimal, wanted: Decimal, lot: str | None = None
    ) -> None:
        self.product, self.location, self.available, self.lot = product, location, available, lot
        there = kehu.UNTOLD if location == kehu.UNTOLD else available
        values = {"product": product, "location": location, "available": there}
        message = kehu.text(
            "{location} has {available} of {product} available; {wanted} is too much.",
            wanted=wanted,
            **values,
        )
        if lot is not None:
            message = kehu.text(
                "{location} has {available} of {product}, {lot}, available; {wanted} is too much.",
                wanted=wanted,
                lot=lot,
                **values,
            )
        super().__init__(message, field="quantity")


class ImpossibleMove(kehu.Refusal):
    """A move that makes no sense whatever is in stock: no quantity, no way, or in the future."""

    code = "IMPOSSIBLE_MOVE"


class LocationClosed(kehu.Refusal):
    """Nothing moves to or from an archived location."""

    code = "LOCATION_ARCHIVED"


class CurrencyDiffers(kehu.Refusal):
    """Between locations valued in different currencies, somebody must say what the goods cost."""

    code = "CURRENCY_DIFFERS"


class LedgerIsAppendOnly(kehu.Refusal):
    """What stands in the ledger stays, and only the ledger writes there; a mistake is reversed."""

    code = "LEDGER_APPEND_ONLY"


class AlreadyReversed(kehu.Refusal):
    """A move is reversed once."""

    code = "ALREADY_REVERSED"


class Sealed:
    """A record that only the ledger writes: it is sealed with its values, and refused with any others."""

    sealed: ClassVar[tuple[str, ...]] = ()
    _seal: tuple[Any, ...] | None = None

    def seal(self) -> None:
        """Allow the record to be written with the values that it has now."""
        self._seal = self._values()

    @property
    def is_sealed(self) -> bool:
        """The record has the values that the ledger gave it."""
        return self._seal is not None and self._seal == self._values()

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.sealed)


class StockMove(Sealed, kehu.Entity, Base):
    """A quantity of a product that went from one location to another. It is never changed; a mistake is reversed."""

    __tablename__ = "partner_inventory_stock_move"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_above_zero"),
        sa.CheckConstraint("from_location_id <> to_location_id", name="two_sides"),
        sa.Index("ix_partner_inventory_stock_move_out", "product_id", "from_location_id", "moved_at"),
        sa.Index("ix_partner_inventory_stock_move_in", "product_id", "to_location_id", "moved_at"),
    )
    sealed = (
        *("from_location_id", "to_location_id", "product_id", "lot_id", "quantity", "moved_at", "cost"),
        *("reverses_id", "reservation_id"),
    )

    from_location_id: Mapped[uuid.UUID] = kehu.ref(Location, index=False, doc="Where it was.")
    to_location_id: Mapped[uuid.UUID] = kehu.ref(Location, index=False, doc="Where it went.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, index=False, doc="What moved.")
    lot_id: Mapped[uuid.UUID | None] = kehu.ref(
        Lot, index=False, doc="The lot, or the piece with this serial number."
    )
    quantity: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much, in the product's unit; above zero.")
    moved_at: Mapped[datetime] = kehu.column(doc="When it moved (UTC).")
    reason: Mapped[str] = kehu.choice(
        *("RECEIPT", "ISSUE", "MOVE", "SHIPMENT", "TRANSFER", "COUNT", "ADJUSTMENT", "RETURN", "REVERSAL"),
        *("SELL_IN", "SELL_OUT", "DAMAGE", "THEFT", "EXPIRED", "FOUND", "SAMPLE", "OWN_USE", "OTHER"),
        doc="Why it moved.",
    )
    note: Mapped[str | None] = kehu.column(sa.String(500), multiline=True, doc="What else there is to say.")
    document: Mapped[kehu.GlobalId | None] = kehu.column(
        index=True, doc="The id of the order, transfer, stocktake or other record that it was moved for."
    )
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Customer, doc="Who delivered it, got it or brought it back, where that is known."
    )
    reverses_id: Mapped[uuid.UUID | None] = kehu.column(
        sa.ForeignKey("partner_inventory_stock_move.id"), unique=True, doc="The move that this one undoes."
    )
    reservation_id: Mapped[uuid.UUID | None] = kehu.column(
        sa.ForeignKey("partner_inventory_reservation.id"), doc="The promise that it kept."
    )
    moved_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, index=False, doc="Who entered it.")
    cost: Mapped[Decimal | None] = kehu.column(
        VALUED, read=VALUE, doc="What it cost, in the currency of the location that holds stock."
    )


_OUTSIDE = ", ".join(f"'{usage.name}'" for usage in LocationUsage if usage not in HOLDING)


class StockBalance(kehu.Entity, Base):
    """How much of a product, by lot, there is at a location: the sum of its moves, kept with every move.

    Outside, a balance may be below zero: what suppliers have delivered, what customers have got.
    """

    __tablename__ = "partner_inventory_stock_balance"
    __table_args__ = (
        sa.CheckConstraint("reserved >= 0", name="reserved_not_below_zero"),
        sa.CheckConstraint(
            f"usage IN ({_OUTSIDE}) OR (on_hand >= 0 AND reserved <= on_hand)", name="never_oversold"
        ),
        sa.Index(
            "uq_partner_inventory_stock_balance_without_lot",
            *("product_id", "location_id"),
            unique=True,
            sqlite_where=sa.text("lot_id IS NULL"),
            postgresql_where=sa.text("lot_id IS NULL"),
        ),
        sa.Index(
            "uq_partner_inventory_stock_balance_with_lot",
            *("product_id", "location_id", "lot_id"),
            unique=True,
            sqlite_where=sa.text("lot_id IS NOT NULL"),
            postgresql_where=sa.text("lot_id IS NOT NULL"),
        ),
    )

    location_id: Mapped[uuid.UUID] = kehu.ref(Location, index=False, doc="Where.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, index=False, doc="Of what.")
    lot_id: Mapped[uuid.UUID | None] = kehu.ref(Lot, index=False, doc="Of which lot or piece.")
    usage: Mapped[LocationUsage] = kehu.column(doc="What the location is for.")
    on_hand: Mapped[Decimal] = kehu.column(QUANTITY, default=Decimal(0), doc="How much is there.")
    reserved: Mapped[Decimal] = kehu.column(QUANTITY, default=Decimal(0), doc="How much of it is promised.")
    move_count: Mapped[int] = kehu.column(default=0, doc="How many moves went in or out.")
    last_moved_at: Mapped[datetime | None] = kehu.column(doc="When something last went in or out (UTC).")


class StockLayer(kehu.Entity, Base):
    """What is left at a location of goods that came in at one cost; the goods that leave use layers up.

    Goods that move on take their cost and their age along, as a layer at the other location.
    """

    __tablename__ = "partner_inventory_stock_layer"
    __table_args__ = (
        sa.CheckConstraint("remaining >= 0 AND remaining <= quantity", name="used_once"),
        sa.Index(
            "ix_partner_inventory_stock_layer_open",
            *("balance_id", "received_at", "id"),
            sqlite_where=sa.text("remaining > 0"),
            postgresql_where=sa.text("remaining > 0"),
        ),
        sa.Index("ix_partner_inventory_stock_layer_balance", "balance_id"),
    )

    balance_id: Mapped[uuid.UUID] = kehu.ref(StockBalance, index=False, doc="Of what, and where.")
    # Written before the move, so that whoever hears of the move finds the books complete.
    move_id: Mapped[uuid.UUID] = kehu.column(
        sa.ForeignKey("partner_inventory_stock_move.id", deferrable=True, initially="DEFERRED"),
        doc="The move that brought it.",
    )
    parent_id: Mapped[uuid.UUID | None] = kehu.column(
        sa.ForeignKey("partner_inventory_stock_layer.id"), doc="The layer that it was a part of elsewhere."
    )
    received_at: Mapped[datetime] = kehu.column(doc="When the goods came in from outside (UTC).")
    quantity: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much came.")
    remaining: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much of it is still there.")
    unit_cost: Mapped[Decimal] = kehu.column(
        COST, money="currency", rounded=False, read=VALUE, doc="What one unit cost, in `currency`."
    )
    currency: Mapped[str] = kehu.column(sa.String(3), doc="ISO 4217 code.")


class StockLayerUse(kehu.Entity, Base):
    """What a move took from a layer of cost; below zero where a reversal gave it back."""

    __tablename__ = "partner_inventory_stock_layer_use"

    layer_id: Mapped[uuid.UUID] = kehu.ref(StockLayer, doc="From which layer.")
    move_id: Mapped[uuid.UUID] = kehu.column(
        sa.ForeignKey("partner_inventory_stock_move.id", deferrable=True, initially="DEFERRED"),
        doc="By which move.",
    )
    quantity: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much; below zero for what came back.")
