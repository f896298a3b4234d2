"""Tax rates, kept as data: what a line adds, or has in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.sfa_base import Base


class ImpossibleTaxRate(kehu.Refusal):
    """A tax rate is 0 to 100 percent, and does not end before it begins."""

    code = "IMPOSSIBLE_TAX_RATE"


class TaxRate(kehu.Archivable, Base):
    """A rate of value added or sales tax, by the name that stands on quotes and orders."""

    __tablename__ = "sfa_tax_rate"
    name: Mapped[str] = kehu.column(sa.String(100), unique=True, doc="What it is called, such as `VAT 19 %`.")
    percent: Mapped[Decimal] = kehu.column(doc="How much tax there is on an amount before tax, 0 to 100.")
    country: Mapped[str | None] = kehu.column(
        sa.String(2), index=True, doc="ISO 3166 code of the country whose law it is; none for anywhere."
    )
    is_default: Mapped[bool] = kehu.column(
        default=False, doc="Lines have this rate unless they name another; true of one at most."
    )
    valid_from_on: Mapped[date | None] = kehu.column(doc="First day on which it holds.")
    valid_until_on: Mapped[date | None] = kehu.column(doc="Last day on which it holds.")

    def check(self) -> None:
        """Raise ImpossibleTaxRate for a rate that cannot be."""
        if not 0 <= self.percent <= 100:
            message = kehu.text("A tax rate is 0 to 100 percent; {percent} is not.", percent=self.percent)
            raise ImpossibleTaxRate(message, field=TaxRate.percent)
        if self.valid_from_on and self.valid_until_on and self.valid_until_on < self.valid_from_on:
            message = kehu.text("{name} cannot end before it begins.", name=self.name)
            raise ImpossibleTaxRate(message, field=TaxRate.valid_until_on)

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        begun = self.valid_from_on is None or self.valid_from_on <= on
        return begun and (self.valid_until_on is None or on <= self.valid_until_on)
