"""How products are stocked: in which unit, by lot or not, at which cost, counted how often."""

from __future__ import annotations

import enum
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.model import ExactDecimal
from kehu_partner_inventory.inventory_base import Base

MOST_DECIMALS = 4


class ImpossibleNumber(kehu.Refusal):
    """A number outside of what makes sense."""

    code = "OUT_OF_RANGE"


class TooManyDecimals(kehu.Refusal):
    """The unit of the product does not go so fine."""

    code = "TOO_MANY_DECIMALS"


class TrackingFixed(kehu.Refusal):
    """The unit of a product, and whether it has lots or serial numbers, stay once it has moved."""

    code = "TRACKING_FIXED"


class Costing(enum.Enum):
    """Which goods leave first, as far as cost is concerned."""

    FIFO = "FIFO"
    LIFO = "LIFO"


class StockUnit(kehu.Entity, Base):
    """A unit that quantities are in, and how fine it goes. A unit that is not listed is counted in whole numbers."""

    __tablename__ = "partner_inventory_stock_unit"

    name: Mapped[str] = kehu.column(sa.String(20), unique=True, doc="As products spell it: piece, kg.")
    decimals: Mapped[int] = kehu.column(default=0, doc="How many places after the point, 0 to 4.")

    def check(self) -> None:
        """Raise ImpossibleNumber for more places than the ledger keeps."""
        if not 0 <= self.decimals <= MOST_DECIMALS:
            message = kehu.text("A unit has 0 to {most} decimals.", most=MOST_DECIMALS)
            raise ImpossibleNumber(message, field=StockUnit.decimals)


class CountClass(kehu.Entity, Base):
    """How often products are counted, and how far a count may be off: class A often and closely, C rarely."""

    __tablename__ = "partner_inventory_count_class"
    __table_args__ = (
        sa.CheckConstraint("interval_days > 0", name="interval_days_above_zero"),
        sa.CheckConstraint("tolerance_percent >= 0", name="tolerance_percent_not_below_zero"),
    )

    name: Mapped[str] = kehu.column(sa.String(20), unique=True, doc="Such as A, B or C.")
    interval_days: Mapped[int] = kehu.column(
        doc="At the latest so many days after the last count comes the next."
    )
    tolerance_percent: Mapped[Decimal] = kehu.column(
        ExactDecimal(9, 4),
        default=Decimal(0),
        doc="A difference up to this share of what was expected needs no approval.",
    )

    def check(self) -> None:
        """Raise ImpossibleNumber for an interval or a tolerance that cannot be."""
        if self.interval_days < 1:
            raise ImpossibleNumber(
                kehu.text("A class is counted every day at most."), field=CountClass.interval_days
            )
        if self.tolerance_percent < 0:
            raise ImpossibleNumber(
                kehu.text("A tolerance is not below zero."), field=CountClass.tolerance_percent
            )


class StockProfile(kehu.Entity, Base):
    """How one product is stocked. A product without a profile has no lots, costs first in first out, and no class."""

    __tablename__ = "partner_inventory_stock_profile"

    product_id: Mapped[uuid.UUID] = kehu.ref(
        kehu.Product, unique=True, index=False, update=False, doc="Which product."
    )
    is_lot_tracked: Mapped[bool] = kehu.column(
        default=False, doc="Each quantity belongs to a lot; pieces with serial numbers say so on the product."
    )
    costing: Mapped[Costing] = kehu.column(default=Costing.FIFO, doc="Which goods leave first, by cost.")
    count_class_id: Mapped[uuid.UUID | None] = kehu.ref(CountClass, doc="How often it is counted.")


def check_decimals(
    quantity: Decimal, *, decimals: int, unit: str, product: str, field: object = "quantity"
) -> None:
    """Raise TooManyDecimals for a quantity finer than its unit."""
    if quantity == quantity.quantize(Decimal(1).scaleb(-decimals)):
        return
    message = kehu.text(
        "{quantity} has too many decimals: {product} is counted in {unit} with {decimals} of them.",
        quantity=quantity,
        product=product,
        unit=unit,
        decimals=decimals,
    )
    raise TooManyDecimals(message, field=field)
