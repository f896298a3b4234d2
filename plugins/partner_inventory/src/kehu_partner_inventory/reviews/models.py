"""Level reviews: rules that a level asks for, and what they propose of partners."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import is_currency
from kehu.kernel.model.types import Json
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.evaluation.models import PartnerMeasure
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.programmes.models import PartnerLevel


class ReviewInOtherState(kehu.Refusal):
    """The proposal was decided already."""

    code = "LEVEL_REVIEW_IN_OTHER_STATE"


class ReviewOutdated(kehu.Refusal):
    """The partner is on another level by now than when it was reviewed."""

    code = "LEVEL_REVIEW_OUTDATED"


class ReviewReasonMissing(kehu.Refusal):
    """No proposal is dismissed without a reason."""

    code = "LEVEL_REVIEW_REASON_MISSING"


class ImpossibleRule(kehu.Refusal):
    """A threshold below zero; purchases without a currency, or a percentage with one; a period that cannot be."""

    code = "IMPOSSIBLE_LEVEL_RULE"


class LevelReviewStatus(enum.Enum):
    """Where a proposal stands; REPLACED by that of a later review."""

    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    DISMISSED = "DISMISSED"
    REPLACED = "REPLACED"


class LevelDirection(enum.Enum):
    """Whether the level is better or worse than the one before."""

    UP = "UP"
    DOWN = "DOWN"


_S = LevelReviewStatus
LEVEL_REVIEW_STATES = StateChart(
    "LevelReview",
    _S.PROPOSED,
    [
        Transition("confirm", (_S.PROPOSED,), _S.CONFIRMED),
        Transition("dismiss", (_S.PROPOSED,), _S.DISMISSED),
        Transition("replace", (_S.PROPOSED,), _S.REPLACED),
    ],
    refusal=ReviewInOtherState,
)


class LevelRule(kehu.Entity, Base):
    """What a level asks of its partners in the period of a review: so much at least, or so many returns at most."""

    __tablename__ = "partner_inventory_level_rule"
    __table_args__ = (sa.UniqueConstraint("level_id", "measure"),)
    level_id: Mapped[uuid.UUID] = kehu.ref(PartnerLevel, index=False, update=False, doc="Which level.")
    measure: Mapped[PartnerMeasure] = kehu.column(doc="What is measured.")
    threshold: Mapped[Decimal] = kehu.column(money="currency", doc="At least how much; of returns, at most.")
    currency: Mapped[str | None] = kehu.column(
        sa.String(3), doc="ISO 4217 code of the threshold of purchases; none of a percentage."
    )

    def check(self) -> None:
        """Raise ImpossibleRule."""
        self.currency = (self.currency or "").strip().upper() or None
        if self.threshold < 0:
            raise ImpossibleRule(kehu.text("A threshold is not below zero."), field=LevelRule.threshold)
        has_currency = self.currency is not None and is_currency(self.currency)
        if has_currency is not (self.measure is PartnerMeasure.PURCHASES) or (
            self.currency and not has_currency
        ):
            message = kehu.text("Purchases have an ISO 4217 currency, percentages have none.")
            raise ImpossibleRule(message, field=LevelRule.currency)

    def met_by(self, value: Decimal | None) -> bool:
        """Whether a value is enough; where there is nothing to compare with, only returns are."""
        if self.measure is PartnerMeasure.RETURN_PERCENT:
            return value is None or value <= self.threshold
        return value is not None and value >= self.threshold


class LevelReview(kehu.Entity, Base):
    """A proposal to put a partner on another level, by the rules of its programme over a period."""

    __tablename__ = "partner_inventory_level_review"
    states: ClassVar = LEVEL_REVIEW_STATES
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, doc="Whom.")
    from_on: Mapped[date] = kehu.column(doc="First day of the period.")
    until_on: Mapped[date] = kehu.column(doc="Last day of the period.")
    direction: Mapped[LevelDirection] = kehu.column(doc="Whether it goes up or down.")
    from_level_id: Mapped[uuid.UUID] = kehu.ref(PartnerLevel, index=False, doc="The level at the review.")
    to_level_id: Mapped[uuid.UUID] = kehu.ref(PartnerLevel, index=False, doc="The level that is proposed.")
    status: Mapped[LevelReviewStatus] = kehu.column(default=_S.PROPOSED, index=True, doc="Where it stands.")
    kept_findings: Mapped[list[Any]] = kehu.column(
        Json, expose=False, doc="The rules with their values, as JSON; the field findings shows them."
    )
    proposed_at: Mapped[datetime] = kehu.column(doc="When it was reviewed (UTC).")
    decided_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, index=False, doc="Who decided.")
    decided_at: Mapped[datetime | None] = kehu.column(doc="When that was (UTC).")
    decision_reason: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, doc="What was said about it."
    )

    def move(self, verb: str, *, at: datetime) -> None:
        """Follow the chart. Raises ReviewInOtherState."""
        self.status, self.decided_at = self.states.after(verb, self.status, of=kehu.text("The proposal")), at

    def confirm(self, current: uuid.UUID | None, *, at: datetime) -> None:
        """Agree. Raises ReviewInOtherState, ReviewOutdated for a partner that is on another level by now."""
        self.move("confirm", at=at)
        if current != self.from_level_id:
            message = kehu.text("The partner is on another level by now; review it again.")
            raise ReviewOutdated(message, field="partner")

    def dismiss(self, reason: str, *, at: datetime) -> None:
        """Leave the partner where it is. Raises ReviewInOtherState, ReviewReasonMissing."""
        self.move("dismiss", at=at)
        if not reason.strip():
            raise ReviewReasonMissing(kehu.text("Say why."), field="reason")
        self.decision_reason = reason.strip()
