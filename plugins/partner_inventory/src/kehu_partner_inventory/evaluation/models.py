"""How partners are evaluated: targets for a period, and scorecards with weights."""

from __future__ import annotations

import enum
import uuid
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import is_currency
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.partners.models import Partner


class ImpossibleTarget(kehu.Refusal):
    """A target is above zero, and does not end before it begins."""

    code = "IMPOSSIBLE_TARGET"


class ImpossibleCriterion(kehu.Refusal):
    """A weight is above zero; what scores nothing is not what scores all."""

    code = "IMPOSSIBLE_CRITERION"


class PartnerMeasure(enum.Enum):
    """What of a partner is measured in a period; percentages are 0 to 100 and more."""

    PURCHASES = "PURCHASES"
    RETURN_PERCENT = "RETURN_PERCENT"
    ON_TIME_PERCENT = "ON_TIME_PERCENT"
    ATTAINMENT_PERCENT = "ATTAINMENT_PERCENT"


class PartnerTarget(kehu.Entity, Base):
    """What a partner should buy in a period, of one product group or of everything, less what comes back."""

    __tablename__ = "partner_inventory_target"
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, update=False, doc="Who.")
    category_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.ProductCategory, index=False, doc="Of which product group; none for everything."
    )
    from_on: Mapped[date] = kehu.column(doc="First day of the period.")
    until_on: Mapped[date] = kehu.column(index=True, doc="Last day of the period.")
    amount: Mapped[Decimal] = kehu.column(
        money="partner.currency", doc="For how much, in the partner's currency."
    )

    def check(self) -> None:
        """Raise ImpossibleTarget."""
        if self.amount <= 0:
            raise ImpossibleTarget(kehu.text("A target is above zero."), field=PartnerTarget.amount)
        if self.until_on < self.from_on:
            message = kehu.text("A period cannot end before it begins.")
            raise ImpossibleTarget(message, field=PartnerTarget.until_on)


class Scorecard(kehu.Archivable, Base):
    """By what partners are compared: measures with weights."""

    __tablename__ = "partner_inventory_scorecard"
    name: Mapped[str] = kehu.column(sa.String(100), unique=True, doc="What it is called.")
    description: Mapped[str | None] = kehu.column(sa.Text, order=False, doc="What it is for.")


class ScorecardCriterion(kehu.Entity, Base):
    """One measure of a scorecard: which value scores 0, which 100, and how much that weighs."""

    __tablename__ = "partner_inventory_scorecard_criterion"
    __table_args__ = (sa.UniqueConstraint("scorecard_id", "measure"),)
    scorecard_id: Mapped[uuid.UUID] = kehu.ref(Scorecard, index=False, update=False, doc="Of which one.")
    measure: Mapped[PartnerMeasure] = kehu.column(doc="What is measured.")
    weight: Mapped[Decimal] = kehu.column(doc="How much it weighs beside the others; above zero.")
    none_at: Mapped[Decimal] = kehu.column(doc="The value that scores 0, as does what is worse.")
    full_at: Mapped[Decimal] = kehu.column(doc="The value that scores 100, as does what is better.")
    currency: Mapped[str | None] = kehu.column(
        sa.String(3),
        doc="ISO 4217 code of these values of purchases, such as EUR; that of all partners unless given.",
    )

    def check(self) -> None:
        """Raise ImpossibleCriterion."""
        if self.weight <= 0:
            message = kehu.text("A weight is above zero.")
            raise ImpossibleCriterion(message, field=ScorecardCriterion.weight)
        if self.none_at == self.full_at:
            message = kehu.text("What scores nothing is not what scores all.")
            raise ImpossibleCriterion(message, field=ScorecardCriterion.full_at)
        self.currency = (self.currency or "").strip().upper() or None
        if self.currency is None:
            return
        if self.measure is not PartnerMeasure.PURCHASES or not is_currency(self.currency):
            message = kehu.text("Purchases have an ISO 4217 currency, percentages have none.")
            raise ImpossibleCriterion(message, field=ScorecardCriterion.currency)
