"""Quotas: what somebody is to sell in a period."""

from __future__ import annotations

import enum
import uuid
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.currencies import is_currency
from kehu_sfa.lines.models import UnknownCurrency
from kehu_sfa.periods import PeriodKind
from kehu_sfa.sfa_base import Base


class ImpossibleQuota(kehu.Refusal):
    """A target is above zero, of somebody, and has a currency where money is counted."""

    code = "IMPOSSIBLE_QUOTA"


class QuotaHolder(enum.Enum):
    """Whose quota it is: its owner's, its team's with all teams below, or the whole firm's."""

    USER = "USER"
    TEAM = "TEAM"
    FIRM = "FIRM"


class QuotaMeasure(enum.Enum):
    """What counts: opportunities won, orders confirmed, units ordered, their margin, or payments received."""

    WON_AMOUNT = "WON_AMOUNT"
    ORDERED_AMOUNT = "ORDERED_AMOUNT"
    UNITS = "UNITS"
    MARGIN = "MARGIN"
    CASH = "CASH"

    @property
    def is_money(self) -> bool:
        """Counted in a currency."""
        return self is not QuotaMeasure.UNITS


class Quota(kehu.Owned, Base):
    """What a user, a team or the firm is to reach in a month, quarter or year, with all products or one of them."""

    __tablename__ = "sfa_quota"
    holder: Mapped[QuotaHolder] = kehu.column(
        default=QuotaHolder.USER,
        doc="Whose: that of `owner`, that of `team` with all below it, or the firm's.",
    )
    period: Mapped[PeriodKind] = kehu.column(doc="A month, quarter or year.")
    starts_on: Mapped[date] = kehu.column(
        index=True, doc="Its first day; any day of the period may be given."
    )
    measure: Mapped[QuotaMeasure] = kehu.column(default=QuotaMeasure.WON_AMOUNT, doc="What counts.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="Of this product; none for all.")
    target: Mapped[Decimal] = kehu.column(
        money="currency", doc="How much, in `currency` or in units; above zero."
    )
    currency: Mapped[str | None] = kehu.column(sa.String(3), doc="ISO 4217 code; none for units.")

    @property
    def ends_on(self) -> date:
        """The last day that counts."""
        return self.period.last_day(self.starts_on)

    def settle(self) -> None:
        """Begin on the first day of the period. Raises ImpossibleQuota, UnknownCurrency."""
        self.starts_on = self.period.first_day(self.starts_on)
        if self.target <= 0:
            raise ImpossibleQuota(kehu.text("A target is above zero."), field=Quota.target)
        if self.holder is QuotaHolder.USER and self.owner_id is None:
            raise ImpossibleQuota(kehu.text("Say whose quota it is."), field=Quota.owner_id)
        if self.holder is QuotaHolder.TEAM and self.team_id is None:
            raise ImpossibleQuota(kehu.text("Say whose quota it is."), field=Quota.team_id)
        if self.measure.is_money == (self.currency is None):
            message = kehu.text("Money is counted in a currency, units are not.")
            raise ImpossibleQuota(message, field=Quota.currency)
        if self.currency is not None and not is_currency(self.currency):
            message = kehu.text("{code} is not an ISO 4217 currency, such as EUR.", code=self.currency)
            raise UnknownCurrency(message, field=Quota.currency)
