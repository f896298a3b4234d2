"""Customers: whom we deal with."""

from __future__ import annotations

import enum
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.core_base import Base
from kehu.customers.birthdays import WithBirthday
from kehu.errors import Refusal
from kehu.model import choice, column
from kehu.ownership import Owned

LONGEST_SORTING_NAME = 400
KEY_LENGTH = 32
DEEPEST_LEVEL = 30


class CustomerKind(enum.Enum):
    """What a customer is before the law."""

    ORGANIZATION = "ORGANIZATION"
    PERSON = "PERSON"


class CustomerCycle(Refusal):
    """A customer cannot stand below itself."""

    code = "CUSTOMER_CYCLE"


class CustomerTooDeep(Refusal):
    """The tree of customers has a last level."""

    code = "CUSTOMER_TOO_DEEP"


class Customer(WithBirthday, Owned, Base):
    """An organization or a person that the firm deals with.

    Parents make a tree. `path` is the chain of keys from the top of that tree down to this customer, so that
    "this customer and all below it" is a filter: `path: {startsWith: ...}`.
    """

    __tablename__ = "core_customer"

    kind: Mapped[CustomerKind] = column(default=CustomerKind.ORGANIZATION, doc="An organization or a person.")
    name: Mapped[str] = column(sa.String(200), doc="What the customer is called.")
    legal_name: Mapped[str | None] = column(sa.String(300), doc="The name in the register or passport.")
    short_name: Mapped[str | None] = column(sa.String(100), doc="What colleagues say.")
    sorting_name: Mapped[str] = column(
        sa.String(LONGEST_SORTING_NAME),
        default="",
        index=True,
        create=False,
        update=False,
        audit=False,
        doc="The name as it sorts: folded, Chinese in pinyin.",
    )
    pinyin_initials: Mapped[str] = column(
        sa.String(100),
        default="",
        index=True,
        expose=False,
        audit=False,
        doc="First letters of the sorting name's words.",
    )
    parent_id: Mapped[uuid.UUID | None] = column(
        sa.ForeignKey("core_customer.id"), index=True, doc="The customer that this one belongs to."
    )
    path: Mapped[str] = column(
        sa.String(KEY_LENGTH * DEEPEST_LEVEL),
        default="",
        index=True,
        create=False,
        update=False,
        audit=False,
        doc="The keys from the top of the tree down to this customer; those below it begin with the same.",
    )
    industry: Mapped[str | None] = column(sa.String(100), index=True, doc="The trade it is in.")
    source: Mapped[str | None] = column(sa.String(100), doc="Where the customer came from.")
    website: Mapped[str | None] = column(sa.String(500), doc="Its web address, normalised.")
    country: Mapped[str | None] = column(
        sa.String(2), doc="ISO 3166 code of the home country, whose rules for numbers hold."
    )
    registered_number: Mapped[str | None] = column(
        sa.String(50),
        index=True,
        doc="The number in the state's register; in China the unified social credit code.",
    )
    lifecycle: Mapped[str] = choice(
        "PROSPECT",
        "ACTIVE",
        "DORMANT",
        "LOST",
        default="PROSPECT",
        index=True,
        doc="Where the customer stands with us.",
    )
    tags: Mapped[list[str]] = column(default=list, doc="Free words.")
    preferred_channel: Mapped[str | None] = choice(
        "EMAIL",
        "PHONE",
        "MOBILE",
        "WECHAT",
        "LETTER",
        "VISIT",
        nullable=True,
        doc="How it wants to be reached.",
    )
    preferred_language: Mapped[str | None] = column(sa.String(20), doc="Such as `en` or `zh_CN`.")
    founded_year: Mapped[int | None] = column(doc="The year in which the organization was founded.")
    employees: Mapped[int | None] = column(doc="How many people work there.")
    annual_revenue: Mapped[Decimal | None] = column(doc="Revenue of a year, in annualRevenueCurrency.")
    annual_revenue_currency: Mapped[str | None] = column(sa.String(3), doc="ISO 4217 code.")
    notes: Mapped[str | None] = column(sa.Text, order=False, doc="What else is worth knowing.")
