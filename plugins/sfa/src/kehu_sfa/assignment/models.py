"""Who gets a lead: rules in order, who is away, who has enough, and what was decided why."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import fold
from kehu_sfa.leads.models import Lead
from kehu_sfa.sfa_base import Base


class AssignmentMethod(enum.Enum):
    """Whom of a team a lead goes to: each in turn, or whoever has the fewest open ones."""

    ROUND_ROBIN = "ROUND_ROBIN"
    LEAST_LOADED = "LEAST_LOADED"


class LeadTaken(kehu.Refusal):
    """Somebody has the lead already."""

    code = "LEAD_TAKEN"


class AssignmentRule(kehu.Archivable, Base):
    """Leads of a territory, product, language or source go to a team or a person; what is empty does not matter.

    Rules are tried in the order of `position`; one whose people are all away or full is passed over.
    """

    __tablename__ = "sfa_assignment_rule"
    name: Mapped[str] = kehu.column(sa.String(100), doc="What the rule is called in traces.")
    position: Mapped[int] = kehu.column(index=True, doc="Smaller ones are tried first.")
    is_active: Mapped[bool] = kehu.column(default=True, doc="False: not tried at present.")
    country: Mapped[str | None] = kehu.column(sa.String(2), doc="ISO 3166 code of the lead's country.")
    city: Mapped[str | None] = kehu.column(sa.String(100), doc="The lead's city, without case and accents.")
    postcode_prefix: Mapped[str | None] = kehu.column(sa.String(20), doc="How the lead's postal code begins.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="The product of interest.")
    language: Mapped[str | None] = kehu.column(
        sa.String(20), doc="The lead's language; `zh` is every kind of Chinese."
    )
    source: Mapped[str | None] = kehu.column(
        sa.String(100), doc="The lead's source, without case and accents."
    )
    method: Mapped[AssignmentMethod] = kehu.column(
        default=AssignmentMethod.ROUND_ROBIN, doc="Whom of the team it goes to."
    )
    to_team_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Team, doc="Whose members get the leads.")
    to_user_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="The one person who gets them.")

    def applies_to(self, lead: Lead) -> bool:
        """Whether all that the rule asks for is true of the lead."""
        wanted = (
            self.country in (None, lead.country),
            self.city is None or fold(self.city) == fold(lead.city or ""),
            (lead.postcode or "").startswith(self.postcode_prefix or ""),
            self.product_id in (None, lead.product_id),
            self.language is None or f"{lead.language or ''}_".startswith(f"{self.language}_"),
            self.source is None or fold(self.source) == fold(lead.source or ""),
        )
        return all(wanted)


class AssignmentTurn(Base):
    """Who got the last lead of a rule. Written past the write path: it is no news to anybody."""

    __tablename__ = "sfa_assignment_turn"
    rule_id: Mapped[uuid.UUID] = kehu.column(
        sa.ForeignKey(AssignmentRule.id, ondelete="CASCADE"), primary_key=True
    )
    last_user_id: Mapped[uuid.UUID] = kehu.column()


class LeadAssignment(kehu.Entity, Base):
    """A lead was given to somebody, and why."""

    __tablename__ = "sfa_lead_assignment"
    lead_id: Mapped[uuid.UUID] = kehu.ref(Lead, ondelete="CASCADE", doc="Which lead.")
    from_user_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="Who had it before.")
    to_user_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.User, doc="Who has it now; none where nobody was found."
    )
    rule_id: Mapped[uuid.UUID | None] = kehu.ref(
        AssignmentRule, doc="The rule that decided; none for a person."
    )
    assigned_at: Mapped[datetime] = kehu.column(index=True, doc="When (UTC).")
    assigned_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="Who decided; none for the system.")
    trace: Mapped[str] = kehu.column(sa.Text, order=False, doc="How it was decided, in words.")


class LeadCapacity(kehu.Entity, Base):
    """How many open leads somebody can take care of."""

    __tablename__ = "sfa_lead_capacity"
    user_id: Mapped[uuid.UUID] = kehu.ref(kehu.User, unique=True, update=False, doc="Who.")
    most_open_leads: Mapped[int] = kehu.column(doc="No more leads than this are assigned by rules.")


class Absence(kehu.Entity, Base):
    """Somebody is away and gets no leads by rules."""

    __tablename__ = "sfa_absence"
    user_id: Mapped[uuid.UUID] = kehu.ref(kehu.User, update=False, doc="Who.")
    from_on: Mapped[date] = kehu.column(index=True, doc="First day away.")
    until_on: Mapped[date] = kehu.column(doc="Last day away.")
    reason: Mapped[str | None] = kehu.column(sa.String(100), multiline=True, doc="Such as `Holiday`.")


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may get a lead."""

    user_id: uuid.UUID
    name: str
    open_leads: int = 0
    most_open_leads: int | None = None
    is_absent: bool = False

    @property
    def obstacle(self) -> str | None:
        """Why this person gets none; None where nothing speaks against it."""
        if self.is_absent:
            return f"{self.name} is away"
        if self.most_open_leads is not None and self.open_leads >= self.most_open_leads:
            return f"{self.name} has {self.open_leads} of {self.most_open_leads}"
        return None


def choose(
    candidates: Sequence[Candidate], method: AssignmentMethod, last: uuid.UUID | None
) -> Candidate | None:
    """Who gets the next lead after `last` got one: in turn, or who has the fewest; None where nobody can."""
    able = sorted((one for one in candidates if one.obstacle is None), key=lambda one: one.user_id)
    if last is not None:
        able.sort(key=lambda one: (one.user_id <= last, one.user_id))
    if method is AssignmentMethod.LEAST_LOADED:
        able.sort(key=lambda one: one.open_leads)
    return able[0] if able else None
