"""Locations: where stock is, and where it comes from and goes to."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import is_currency
from kehu.kernel.model import ExactDecimal
from kehu_partner_inventory.inventory_base import Base


class LocationUsage(enum.Enum):
    """What a location is for. Stock is counted in the first three; the others are the world outside."""

    INTERNAL = "INTERNAL"
    PARTNER = "PARTNER"
    TRANSIT = "TRANSIT"
    SUPPLIER = "SUPPLIER"
    CUSTOMER = "CUSTOMER"
    LOSS = "LOSS"
    PRODUCTION = "PRODUCTION"

    @property
    def holds_stock(self) -> bool:
        """What is there is counted, is worth something, and never falls below zero."""
        return self in HOLDING


HOLDING = (LocationUsage.INTERNAL, LocationUsage.PARTNER, LocationUsage.TRANSIT)


class LocationCycle(kehu.Refusal):
    """A location cannot stand below itself."""

    code = "LOCATION_CYCLE"


class LocationInUse(kehu.Refusal):
    """What a location is for, and the currency it is valued in, stay once something has moved there."""

    code = "LOCATION_IN_USE"


class LocationNotEmpty(kehu.Refusal):
    """A location that holds stock cannot be archived."""

    code = "LOCATION_NOT_EMPTY"


class CurrencyMissing(kehu.Refusal):
    """Stock is valued in one currency for each location."""

    code = "CURRENCY_MISSING"


class NotOnTheMap(kehu.Refusal):
    """A place has a latitude from -90 to 90 and a longitude from -180 to 180, or neither."""

    code = "NOT_ON_THE_MAP"


class NoLocation(kehu.Refusal):
    """There is no location for this purpose yet."""

    code = "NO_LOCATION"


DEGREES = ExactDecimal(9, 6)


class Location(kehu.Owned, Base):
    """A place for stock: a warehouse, a shelf, a partner's shop, a lorry, or the suppliers and customers outside.

    Locations make a tree. Who keeps the goods (the holder) and whose they are (the stock's owner) may differ:
    that is consignment. Without either, it is our own firm.
    """

    __tablename__ = "partner_inventory_location"

    code: Mapped[str] = kehu.column(sa.String(40), unique=True, doc="Its short name, unique.")
    name: Mapped[str] = kehu.column(sa.String(200), doc="What the location is called.")
    usage: Mapped[LocationUsage] = kehu.column(default=LocationUsage.INTERNAL, doc="What it is for.")
    parent_id: Mapped[uuid.UUID | None] = kehu.column(
        sa.ForeignKey("partner_inventory_location.id"), doc="The location it is a part of."
    )
    holder_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Customer, index=False, doc="The partner, supplier or customer who keeps it; none where we do."
    )
    stock_owner_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Customer, index=False, doc="Whose the goods there are; none where they are ours."
    )
    currency: Mapped[str | None] = kehu.column(
        sa.String(3),
        doc="ISO 4217 code of what its stock is worth; that of the location above unless given.",
    )
    latitude: Mapped[Decimal | None] = kehu.column(
        DEGREES, doc="Degrees north of the equator, below zero south of it; orders are met from the nearest."
    )
    longitude: Mapped[Decimal | None] = kehu.column(
        DEGREES, doc="Degrees east of Greenwich, below zero west of it."
    )
    is_shown_to_partners: Mapped[bool] = kehu.column(
        default=False, doc="Users of partners see what there is here, though it is not theirs."
    )

    @property
    def is_consignment(self) -> bool:
        """The goods are not the holder's own."""
        return self.usage.holds_stock and self.holder_id != self.stock_owner_id

    def stand_below(self, chain: Sequence[uuid.UUID]) -> None:
        """Check the place below `chain`, the keys from the parent up to the top. Raises LocationCycle."""
        if self.id in chain:
            message = kehu.text("{name} cannot stand below itself.", name=self.name)
            raise LocationCycle(message, field=Location.parent_id)

    def value_in(self, inherited: str | None) -> None:
        """Take the currency of the location above where none is given. Raises CurrencyMissing."""
        self.currency = (self.currency or inherited or "").strip().upper() or None
        if self.currency is not None and not is_currency(self.currency):
            message = kehu.text("{code} is no ISO 4217 currency.", code=self.currency)
            raise CurrencyMissing(message, field=Location.currency)
        if self.usage.holds_stock and self.currency is None:
            message = kehu.text("Say in which currency the stock of {name} is valued.", name=self.name)
            raise CurrencyMissing(message, field=Location.currency)


def check_on_the_map(latitude: Decimal | None, longitude: Decimal | None, *, field: Any) -> None:
    """Raise NotOnTheMap for half a place, and for one that is nowhere on earth."""
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        message = kehu.text("Say both: a latitude from -90 to 90 and a longitude from -180 to 180.")
        raise NotOnTheMap(message, field=field)
