"""The people at the customer who have a say in an opportunity, and which."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.sfa_base import Base


class OpportunityContact(kehu.Entity, Base):
    """A contact who takes part in an opportunity, with a role; one of them is the primary one."""

    __tablename__ = "sfa_opportunity_contact"
    __table_args__ = (sa.UniqueConstraint("opportunity_id", "contact_id"),)
    opportunity_id: Mapped[uuid.UUID] = kehu.ref(
        Opportunity, ondelete="CASCADE", update=False, doc="In which opportunity."
    )
    contact_id: Mapped[uuid.UUID] = kehu.ref(kehu.Contact, update=False, doc="Who.")
    role: Mapped[str] = kehu.choice(
        "DECISION_MAKER",
        "INFLUENCER",
        "USER",
        "EVALUATOR",
        "GATEKEEPER",
        "OTHER",
        default="OTHER",
        doc="What say the contact has.",
    )
    is_primary: Mapped[bool] = kehu.column(
        default=False, update=False, doc="The first to talk to; true of one contact of an opportunity."
    )
    note: Mapped[str | None] = kehu.column(sa.String(500), multiline=True, doc="What matters to the contact.")
