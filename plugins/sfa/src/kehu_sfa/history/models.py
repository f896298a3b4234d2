"""How opportunities were at every moment: what reports as of a past date are made of."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.sfa_base import Base

COMMIT_FROM = 70
BEST_CASE_FROM = 40


class ForecastCategory(enum.Enum):
    """How far an opportunity is counted on."""

    OMITTED = "OMITTED"
    PIPELINE = "PIPELINE"
    BEST_CASE = "BEST_CASE"
    COMMIT = "COMMIT"
    CLOSED = "CLOSED"

    @classmethod
    def of(cls, category: StageCategory, probability: int, own: str | None) -> ForecastCategory:
        """Won is CLOSED and lost OMITTED; else what its owner says, else by probability: 70 % and 40 %."""
        if category is StageCategory.WON:
            return cls.CLOSED
        if category is StageCategory.LOST:
            return cls.OMITTED
        if own is not None:
            return cls[own]
        if category is StageCategory.ON_HOLD:
            return cls.OMITTED
        if probability >= COMMIT_FROM:
            return cls.COMMIT
        return cls.BEST_CASE if probability >= BEST_CASE_FROM else cls.PIPELINE


class OpportunityChange(kehu.Entity, Base):
    """An opportunity as it was from one write to the next; rows are added, never changed but for their end.

    It holds at a moment when `validFrom <= moment` and `validUntil` is empty or later.
    """

    __tablename__ = "sfa_opportunity_change"
    opportunity_id: Mapped[uuid.UUID] = kehu.ref(Opportunity, ondelete="CASCADE", doc="Which opportunity.")
    valid_from: Mapped[datetime] = kehu.column(index=True, doc="When it became so (UTC).")
    valid_until: Mapped[datetime | None] = kehu.column(
        doc="When it ceased to be so (UTC); none while it is so."
    )
    pipeline_id: Mapped[uuid.UUID] = kehu.ref(Pipeline, doc="On which path it was.")
    stage_id: Mapped[uuid.UUID] = kehu.ref(Stage, doc="Where it stood.")
    category: Mapped[StageCategory] = kehu.column(doc="What the stage meant.")
    probability: Mapped[int] = kehu.column(
        doc="How likely it was won: its own probability, else the stage's."
    )
    forecast_category: Mapped[ForecastCategory] = kehu.column(doc="How far it was counted on.")
    amount: Mapped[Decimal | None] = kehu.column(
        money="currency", rounded=False, doc="What the customer would have paid, in `currency`."
    )
    currency: Mapped[str | None] = kehu.column(sa.String(3), doc="ISO 4217 code of the amount.")
    expected_close_on: Mapped[date | None] = kehu.column(doc="When the decision was expected.")
    opened_on: Mapped[date | None] = kehu.column(doc="When we engaged in it.")
    closed_on: Mapped[date | None] = kehu.column(
        index=True, doc="The day of the decision; none while it was open."
    )
    lost_reason: Mapped[str | None] = kehu.column(sa.String(40), doc="Why it was lost.")
    source: Mapped[str | None] = kehu.column(sa.String(40), doc="How we came to know of it.")
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Customer, doc="With whom.")
    sector: Mapped[str | None] = kehu.column(
        sa.String(100), expose=False, doc="The industry that the customer was in."
    )
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="What it was mainly about.")
    owner_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="Who was responsible.")
    team_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Team, doc="The team that it belonged to.")
    is_archived: Mapped[bool] = kehu.column(default=False, doc="It had left the lists.")
    changed_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="Who wrote it; none for the system.")
