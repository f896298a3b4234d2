"""Lots: goods made together; and serial numbers: single pieces."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_partner_inventory.inventory_base import Base


class LotNeeded(kehu.Refusal):
    """Goods of this product move by lot, or piece by piece with their serial numbers."""

    code = "LOT_NEEDED"


class LotUnwanted(kehu.Refusal):
    """The product has neither lots nor serial numbers."""

    code = "LOT_UNWANTED"


class UnknownLot(kehu.Refusal):
    """The product has no such lot."""

    code = "UNKNOWN_LOT"


class UnknownSerial(kehu.Refusal):
    """The product has no piece with this serial number."""

    code = "UNKNOWN_SERIAL"


class SerialQuantity(kehu.Refusal):
    """A serial number stands for one piece."""

    code = "SERIAL_QUANTITY"


class SerialElsewhere(kehu.Refusal):
    """A piece is in one place only."""

    code = "SERIAL_ELSEWHERE"


class Lot(kehu.Archivable, Base):
    """Goods of one product that were made together; of a product with serial numbers, one single piece."""

    __tablename__ = "partner_inventory_lot"
    __table_args__ = (sa.UniqueConstraint("product_id", "number"),)

    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, index=False, update=False, doc="Of which product.")
    number: Mapped[str] = kehu.column(sa.String(100), doc="The number of the lot or piece.")
    is_serial: Mapped[bool] = kehu.column(
        default=False, create=False, update=False, doc="It is the serial number of one piece."
    )
    made_on: Mapped[date | None] = kehu.column(doc="When it was made.")
    expires_on: Mapped[date | None] = kehu.column(index=True, doc="The last day on which it is good.")
