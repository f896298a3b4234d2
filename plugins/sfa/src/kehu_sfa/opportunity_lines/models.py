"""What an opportunity is made of: products, quantities, prices."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.lines.models import MARGIN, PERCENT, ImpossibleLine
from kehu_sfa.money.rounding import HUNDRED, percent_of, rounded
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.sfa_base import Base, set_by_a_rule

_TERMS = (
    *("product_id", "description", "position", "quantity", "unit_price", "discount_percent", "unit_cost"),
)


class OpportunityLine(kehu.Entity, Base):
    """One position of an opportunity; the amounts of all lines are the amount of the opportunity."""

    __tablename__ = "sfa_opportunity_line"
    opportunity_id: Mapped[uuid.UUID] = kehu.ref(
        Opportunity, ondelete="CASCADE", update=False, doc="Of which opportunity."
    )
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, offered=True, doc="What is sold.")
    description: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, doc="What is sold, in words."
    )
    position: Mapped[int] = kehu.column(default=0, doc="Where the line stands, smallest first.")
    quantity: Mapped[Decimal] = kehu.column(default=Decimal(1), doc="How many units; above zero.")
    unit_price: Mapped[Decimal] = kehu.column(
        money="opportunity.currency",
        rounded=False,
        default=set_by_a_rule,
        doc="What one unit costs before the discount; that of the opportunity's price list unless given.",
    )
    discount_percent: Mapped[Decimal] = kehu.column(
        PERCENT, default=Decimal(0), doc="What is taken off, in percent, 0 to 100."
    )
    unit_cost: Mapped[Decimal | None] = kehu.column(
        money="opportunity.currency",
        rounded=False,
        read=MARGIN,
        doc="What one unit costs us; none where nobody knows.",
    )
    amount: Mapped[Decimal] = kehu.column(
        money="opportunity.currency",
        default=set_by_a_rule,
        create=False,
        update=False,
        doc="Quantity times unit price less the discount, rounded to the currency.",
    )
    margin_amount: Mapped[Decimal | None] = kehu.column(
        money="opportunity.currency",
        create=False,
        update=False,
        read=MARGIN,
        doc="What is left of the amount after the cost; none where that is not known.",
    )

    def terms(self) -> dict[str, Any]:
        """What is sold and at which price, for a line of another opportunity; without amounts."""
        return {name: getattr(self, name) for name in _TERMS}

    def reckon(self, currency: str) -> None:
        """Set amount and margin. Raises ImpossibleLine."""
        self._check()
        gross = rounded(self.quantity * self.unit_price, currency)
        self.amount = gross - percent_of(gross, self.discount_percent, currency)
        cost = None if self.unit_cost is None else rounded(self.quantity * self.unit_cost, currency)
        self.margin_amount = None if cost is None else self.amount - cost

    def _check(self) -> None:
        if self.quantity <= 0:
            raise ImpossibleLine(kehu.text("A quantity is above zero."), field=OpportunityLine.quantity)
        if self.unit_price < 0:
            raise ImpossibleLine(kehu.text("A price is not below zero."), field=OpportunityLine.unit_price)
        if not 0 <= self.discount_percent <= HUNDRED:
            message = kehu.text("A discount is 0 to 100 percent.")
            raise ImpossibleLine(message, field=OpportunityLine.discount_percent)
        if self.unit_cost is not None and self.unit_cost < 0:
            raise ImpossibleLine(kehu.text("A cost is not below zero."), field=OpportunityLine.unit_cost)
