"""Products and what they cost."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.business.identifiers import is_currency
from kehu.kernel.errors import Refusal
from kehu.kernel.model import Archivable, Entity, ExactDecimal, column, ref
from kehu.kernel.texts import text
from kehu.platform.core import Base


class CategoryCycle(Refusal):
    """A category cannot stand below itself."""

    code = "CATEGORY_CYCLE"


class ImpossiblePrice(Refusal):
    """A price, rate or quantity below zero, or a currency that does not exist."""

    code = "INVALID"


class ProductNotSold(Refusal):
    """The product is not sold, not yet or not any more."""

    code = "PRODUCT_NOT_SOLD"


class PriceListNotActive(Refusal):
    """The price list is not in use, or not on that day."""

    code = "PRICE_LIST_NOT_ACTIVE"


class EndsBeforeItBegins(Refusal):
    """The last day of validity is before the first."""

    code = "INVALID"


def check_validity(first: date | None, last: date | None) -> None:
    """Raise EndsBeforeItBegins for a last day before the first."""
    if first is not None and last is not None and last < first:
        raise EndsBeforeItBegins("The last day cannot be before the first.", field="valid_until_on")


def check_currency(code: str, *, field: str) -> None:
    """Raise ImpossiblePrice unless ISO 4217 has the currency."""
    if not is_currency(code):
        raise ImpossiblePrice(text("{code!r} is no ISO 4217 currency.", code=code), field=field)


class ProductCategory(Archivable, Base):
    """A kind of product; categories make a tree."""

    __tablename__ = "core_product_category"

    name: Mapped[str] = column(sa.String(200), doc="What the category is called.")
    parent_id: Mapped[uuid.UUID | None] = column(
        sa.ForeignKey("core_product_category.id"), index=True, doc="The category above; none at the top."
    )


class Product(Archivable, Base):
    """Something that is sold, repaired or stocked. What it costs stands in price lists."""

    __tablename__ = "core_product"

    code: Mapped[str] = column(sa.String(60), unique=True, doc="The article number, unique.")
    name: Mapped[str] = column(sa.String(200), doc="What the product is called.")
    description: Mapped[str | None] = column(sa.Text, order=False, doc="What the buyer should know.")
    unit: Mapped[str] = column(sa.String(20), default="piece", doc="What is counted: piece, kg, hour.")
    category_id: Mapped[uuid.UUID | None] = ref(ProductCategory, doc="What kind of product it is.")
    series: Mapped[str | None] = column(sa.String(100), index=True, doc="The line of products it belongs to.")
    is_serial_tracked: Mapped[bool] = column(default=False, doc="Each piece has a number of its own.")
    is_active: Mapped[bool] = column(default=True, doc="Can be sold.")

    def check_in_use(self, *, field: object) -> None:
        """Raise ProductNotSold, which blames `field`, unless the product is sold."""
        if not self.is_active:
            raise ProductNotSold(text("{product} is not sold.", product=self.name), field=field)


class PriceList(Archivable, Base):
    """Prices in one currency, for some time and some buyers."""

    __tablename__ = "core_price_list"

    name: Mapped[str] = column(sa.String(200), unique=True, doc="What the list is called.")
    currency: Mapped[str] = column(sa.String(3), doc="ISO 4217 code of all its prices.")
    is_active: Mapped[bool] = column(default=True, doc="Can be used for new offers.")
    valid_from_on: Mapped[date | None] = column(doc="First day on which it holds.")
    valid_until_on: Mapped[date | None] = column(
        not_before="valid_from_on", doc="Last day on which it holds."
    )

    def check(self) -> None:
        """Raise ImpossiblePrice for an unknown currency, EndsBeforeItBegins for impossible days."""
        check_currency(self.currency, field="currency")
        check_validity(self.valid_from_on, self.valid_until_on)

    def check_in_use(self, *, field: object) -> None:
        """Raise PriceListNotActive, which blames `field`, unless the list can be used for new offers."""
        if not self.is_active:
            raise PriceListNotActive(
                text("The price list {list} is not in use.", list=self.name), field=field
            )

    def check_holds(self, on: date, *, field: object) -> None:
        """Raise PriceListNotActive, which blames `field`, unless the list can be used for offers of a day."""
        self.check_in_use(field=field)
        if not _day(self.valid_from_on, date.min) <= on <= _day(self.valid_until_on, date.max):
            message = text("The price list {list} does not hold on {day}.", list=self.name, day=on)
            raise PriceListNotActive(message, field=field)


class PriceListItem(Entity, Base):
    """The price of a product in a list, from a quantity on, within a time."""

    __tablename__ = "core_price_list_item"
    __table_args__ = (sa.UniqueConstraint("price_list_id", "product_id", "min_quantity", "valid_from_on"),)

    price_list_id: Mapped[uuid.UUID] = ref(PriceList, index=False, doc="In which list.")
    product_id: Mapped[uuid.UUID] = ref(Product, doc="Of which product.")
    min_quantity: Mapped[Decimal] = column(default=Decimal(1), doc="The quantity from which the price holds.")
    price: Mapped[Decimal] = column(
        money="price_list.currency", rounded=False, doc="The price of one unit, in the list's currency."
    )
    valid_from_on: Mapped[date | None] = column(doc="First day on which the price holds.")
    valid_until_on: Mapped[date | None] = column(
        not_before="valid_from_on", doc="Last day on which the price holds."
    )

    def check(self) -> None:
        """Raise ImpossiblePrice for a price below zero or no quantity, EndsBeforeItBegins for impossible days."""
        if self.price < 0:
            raise ImpossiblePrice("A price is not below zero.", field="price")
        if self.min_quantity <= 0:
            raise ImpossiblePrice("A price holds from a quantity above zero.", field="min_quantity")
        check_validity(self.valid_from_on, self.valid_until_on)

    def overlaps(self, other: PriceListItem) -> bool:
        """Whether both prices hold on some day."""
        begins_in_time = _day(self.valid_from_on, date.min) <= _day(other.valid_until_on, date.max)
        return begins_in_time and _day(other.valid_from_on, date.min) <= _day(self.valid_until_on, date.max)


def _day(day: date | None, otherwise: date) -> date:
    return otherwise if day is None else day


class CurrencyRate(Entity, Base):
    """What one unit of a currency was worth in another, from a day on."""

    __tablename__ = "core_currency_rate"
    __table_args__ = (sa.UniqueConstraint("base", "quote", "as_of"),)

    base: Mapped[str] = column(sa.String(3), doc="ISO 4217 code of the currency that is valued.")
    quote: Mapped[str] = column(sa.String(3), doc="ISO 4217 code of the currency that it is valued in.")
    rate: Mapped[Decimal] = column(
        ExactDecimal(18, 8), doc="Units of the quote currency for one unit of the base currency."
    )
    as_of: Mapped[date] = column(doc="The day from which the rate holds, until the next one.")

    def check(self) -> None:
        """Raise ImpossiblePrice for a rate that is not above zero, or a currency unknown or valued in itself."""
        check_currency(self.base, field="base")
        check_currency(self.quote, field="quote")
        if self.base == self.quote:
            raise ImpossiblePrice("A currency is not valued in itself.", field="quote")
        if self.rate <= 0:
            raise ImpossiblePrice("A rate is above zero.", field="rate")
