"""Competitors: who else sells, what they are good and bad at, and where we met them."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.sfa_base import Base


class CompetitionOutcome(enum.Enum):
    """How it ended between the competitor and us."""

    BEATEN = "BEATEN"
    LOST_TO = "LOST_TO"
    WITHDREW = "WITHDREW"


class Competitor(kehu.Archivable, Base):
    """A firm that sells what we sell."""

    __tablename__ = "sfa_competitor"
    name: Mapped[str] = kehu.column(sa.String(200), unique=True, doc="What the firm is called.")
    website: Mapped[str | None] = kehu.column(sa.String(500), doc="Its web address.")
    strengths: Mapped[str | None] = kehu.column(sa.Text(), order=False, doc="What it does better than we do.")
    weaknesses: Mapped[str | None] = kehu.column(sa.Text(), order=False, doc="What we do better.")


class OpportunityCompetitor(kehu.Entity, Base):
    """A competitor offers in an opportunity, too."""

    __tablename__ = "sfa_opportunity_competitor"
    __table_args__ = (sa.UniqueConstraint("opportunity_id", "competitor_id"),)
    opportunity_id: Mapped[uuid.UUID] = kehu.ref(
        Opportunity, ondelete="CASCADE", update=False, doc="In which opportunity."
    )
    competitor_id: Mapped[uuid.UUID] = kehu.ref(Competitor, update=False, doc="Who.")
    strengths: Mapped[str | None] = kehu.column(sa.Text(), order=False, doc="What speaks for them here.")
    weaknesses: Mapped[str | None] = kehu.column(sa.Text(), order=False, doc="What speaks against them here.")
    outcome: Mapped[CompetitionOutcome | None] = kehu.column(
        doc="How it ended; filled when the opportunity is won, or lost to the only competitor, unless given."
    )


class CompetitionChange(kehu.Entity, Base):
    """How it stood between a competitor and us in one opportunity from one write to the next.

    It holds at a moment when `validFrom <= moment` and `validUntil` is empty or later; rows are added, never changed
    but for their end.
    """

    __tablename__ = "sfa_competition_change"
    opportunity_id: Mapped[uuid.UUID] = kehu.ref(Opportunity, ondelete="CASCADE", doc="In which opportunity.")
    competitor_id: Mapped[uuid.UUID] = kehu.ref(Competitor, doc="Who.")
    outcome: Mapped[CompetitionOutcome | None] = kehu.column(doc="How it had ended; none while it had not.")
    valid_from: Mapped[datetime] = kehu.column(index=True, doc="When it became so (UTC).")
    valid_until: Mapped[datetime | None] = kehu.column(
        doc="When it ceased to be so (UTC); none while it is so."
    )
