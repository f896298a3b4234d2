"""Where the custom fields of a lead go when it is converted."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.sfa_base import Base


class LeadPart(enum.Enum):
    """What becomes of one part of a lead: a new record, an existing one, or nothing."""

    NEW = "NEW"
    EXISTING = "EXISTING"
    NONE = "NONE"


class ConversionTarget(enum.Enum):
    """What a lead is converted into."""

    CUSTOMER = "CUSTOMER"
    CONTACT = "CONTACT"
    OPPORTUNITY = "OPPORTUNITY"


@dataclasses.dataclass(frozen=True, slots=True)
class ConvertedPart:
    """What one part of a lead is to become; `id` names the record where EXISTING is meant."""

    become: LeadPart
    id: kehu.GlobalId | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class NewOpportunity:
    """What is said of the opportunity that a lead becomes; its name is the interest unless given."""

    name: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    expected_close_on: date | None = None
    pipeline_id: kehu.GlobalId | None = None


@dataclasses.dataclass
class Parts:
    """What a lead has become so far."""

    customer: kehu.Customer | None = None
    contact: kehu.Contact | None = None
    opportunity: Opportunity | None = None


class PartMissing(kehu.Refusal):
    """An existing record has to be named, and only then."""

    code = "PART_MISSING"


class ConvertsToNothing(kehu.Refusal):
    """A lead that becomes nothing is disqualified, not converted."""

    code = "CONVERTS_TO_NOTHING"


class NobodyToContact(kehu.Refusal):
    """A contact is a person, and the lead names none."""

    code = "NOBODY_TO_CONTACT"


class OtherCustomer(kehu.Refusal):
    """The existing opportunity is with another customer."""

    code = "OTHER_CUSTOMER"


class LeadFieldMapping(kehu.Archivable, Base):
    """A field of a lead goes into a field of what it becomes; without one, custom fields of the same name do."""

    __tablename__ = "sfa_lead_field_mapping"
    __table_args__ = (sa.UniqueConstraint("target", "target_field"),)
    lead_field: Mapped[str] = kehu.column(
        sa.String(100), doc="A field of Lead as the API names it, or a custom one."
    )
    target: Mapped[ConversionTarget] = kehu.column(doc="Which part of the conversion gets it.")
    target_field: Mapped[str] = kehu.column(sa.String(100), doc="A field of that type, or a custom one.")
