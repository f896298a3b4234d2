"""Promotions and special prices: what partners pay less than the list says, for a while."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.programmes.models import PartnerLevel
from kehu_partner_inventory.stock.models import COST, QUANTITY


class ImpossiblePriceRule(kehu.Refusal):
    """A percentage beyond 0 to 100, a price or quantity below zero, or days that end before they begin."""

    code = "IMPOSSIBLE_PRICE_RULE"


class Promotion(kehu.Archivable, Base):
    """A percentage off for a while: of one product, of a category and all below it, or of everything.

    Of several the one with the highest priority holds, of equals the one that takes off most.
    """

    __tablename__ = "partner_inventory_promotion"
    name: Mapped[str] = kehu.column(sa.String(200), doc="What the promotion is called.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Product, offered=True, doc="Of which product; none for more."
    )
    category_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.ProductCategory, doc="Of products of which category."
    )
    level_id: Mapped[uuid.UUID | None] = kehu.ref(
        PartnerLevel, doc="For partners of which level; none for all."
    )
    min_quantity: Mapped[Decimal] = kehu.column(
        QUANTITY, default=Decimal(1), doc="The quantity from which it holds."
    )
    discount_percent: Mapped[Decimal] = kehu.column(doc="What is taken off, 0 to 100.")
    priority: Mapped[int] = kehu.column(default=0, doc="Which of several holds: the highest.")
    valid_from_on: Mapped[date | None] = kehu.column(doc="First day on which it holds.")
    valid_until_on: Mapped[date | None] = kehu.column(
        not_before="valid_from_on", doc="Last day on which it holds."
    )

    def check(self) -> None:
        """Raise ImpossiblePriceRule."""
        if not 0 <= self.discount_percent <= 100:
            message = kehu.text(
                "A discount is 0 to 100 percent; {percent} is not.", percent=self.discount_percent
            )
            raise ImpossiblePriceRule(message, field=Promotion.discount_percent)
        check_rule(self.min_quantity, self.valid_from_on, self.valid_until_on)


class SpecialPrice(kehu.Archivable, Base):
    """What one partner pays for a product, by agreement, whatever lists and promotions say."""

    __tablename__ = "partner_inventory_special_price"
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, update=False, doc="Which partner.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, offered=True, doc="For which product.")
    price: Mapped[Decimal] = kehu.column(
        COST, money="partner.currency", rounded=False, doc="The price of one unit, in the partner's currency."
    )
    min_quantity: Mapped[Decimal] = kehu.column(
        QUANTITY, default=Decimal(1), doc="The quantity from which it holds."
    )
    reason: Mapped[str | None] = kehu.column(sa.String(500), multiline=True, doc="Why it was agreed.")
    valid_from_on: Mapped[date | None] = kehu.column(doc="First day on which it holds.")
    valid_until_on: Mapped[date | None] = kehu.column(
        not_before="valid_from_on", doc="Last day on which it holds."
    )

    def check(self) -> None:
        """Raise ImpossiblePriceRule."""
        if self.price < 0:
            raise ImpossiblePriceRule(kehu.text("A price is not below zero."), field=SpecialPrice.price)
        check_rule(self.min_quantity, self.valid_from_on, self.valid_until_on)

    def overlaps(self, other: SpecialPrice) -> bool:
        """Whether both hold on some day."""
        return not any(
            first is not None and last is not None and last < first
            for first, last in (
                (self.valid_from_on, other.valid_until_on),
                (other.valid_from_on, self.valid_until_on),
            )
        )


def check_rule(min_quantity: Decimal, first: date | None, last: date | None) -> None:
    """Raise ImpossiblePriceRule for a quantity that is not above zero, or impossible days."""
    if min_quantity <= 0:
        raise ImpossiblePriceRule(kehu.text("It holds from a quantity above zero."), field="min_quantity")
    if first is not None and last is not None and last < first:
        raise ImpossiblePriceRule(kehu.text("It cannot end before it begins."), field="valid_until_on")
