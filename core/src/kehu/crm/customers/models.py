"""Customers: whom we deal with."""

from __future__ import annotations

import enum
import re
import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.business.identifiers import is_currency, parse_credit_code
from kehu.crm.customers.birthdays import WithBirthday
from kehu.kernel.errors import Refusal
from kehu.kernel.model import choice, column
from kehu.kernel.text.characters import half_width
from kehu.kernel.texts import label, text
from kehu.platform.core import Base
from kehu.platform.identity.ownership import Owned

LONGEST_SORTING_NAME = 400
KEY_LENGTH = 32
DEEPEST_LEVEL = 30
EARLIEST_YEAR = 500
CREDIT_CODE_LENGTH = 18

_SEPARATORS = re.compile(r"[\s-]+")


class CustomerKind(enum.Enum):
    """What a customer is before the law."""

    ORGANIZATION = "ORGANIZATION"
    PERSON = "PERSON"


class CustomerCycle(Refusal):
    """A customer cannot stand below itself."""

    code = "CUSTOMER_CYCLE"


class ImpossibleFact(Refusal):
    """Something is said of a customer that cannot be so."""

    code = "INVALID"


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
        verbatim=True,
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
        verbatim=True,
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
    annual_revenue: Mapped[Decimal | None] = column(
        money="annual_revenue_currency", doc="Revenue of a year, in annualRevenueCurrency."
    )
    annual_revenue_currency: Mapped[str | None] = column(sa.String(3), doc="ISO 4217 code.")
    notes: Mapped[str | None] = column(sa.Text, order=False, doc="What else is worth knowing.")

    def check_facts(self, *, today: date) -> None:
        """Raise ImpossibleFact for a number that no customer has, such as employees below zero."""
        if self.employees is not None and self.employees < 0:
            message = text("{name} cannot have {number} employees.", name=self.name, number=self.employees)
            raise ImpossibleFact(message, field="employees")
        if self.founded_year is not None and not EARLIEST_YEAR <= self.founded_year <= today.year:
            message = text("{name} was not founded in {year}.", name=self.name, year=self.founded_year)
            raise ImpossibleFact(message, field="founded_year")

    def check_revenue(self) -> None:
        """Raise ImpossibleFact for a revenue below zero, without a currency, or in one that does not exist."""
        if self.annual_revenue_currency is not None and not is_currency(self.annual_revenue_currency):
            message = text("{code!r} is no ISO 4217 currency.", code=self.annual_revenue_currency)
            raise ImpossibleFact(message, field="annual_revenue_currency")
        if self.annual_revenue is None:
            return
        if self.annual_revenue < 0:
            raise ImpossibleFact("Revenue is not below zero.", field="annual_revenue")
        if self.annual_revenue_currency is None:
            raise ImpossibleFact("Revenue needs a currency.", field="annual_revenue_currency")

    def check_kind(self) -> None:
        """Raise ImpossibleFact for the birthday of an organization."""
        if self.kind is CustomerKind.ORGANIZATION and self.birthday_month is not None:
            raise ImpossibleFact(
                text("An organization has no birthday; set {field}.", field=label(Customer.founded_year)),
                field="birthday_month",
            )

    def normalise_registered_number(self) -> None:
        """Put the number into one form; Chinese ones have a check digit. Raises InvalidCreditCode.

        A number of 18 characters is taken for Chinese when the country is not known.
        """
        if self.registered_number is None:
            return
        plain = half_width(self.registered_number).strip().upper()
        looks_chinese = self.country is None and len(_SEPARATORS.sub("", plain)) == CREDIT_CODE_LENGTH
        if self.country == "CN" or looks_chinese:
            plain = parse_credit_code(plain)
        self.registered_number = plain or None

    def stand_below(self, chain: Sequence[uuid.UUID]) -> None:
        """Take the place below `chain`, the keys from the parent up to the top, which is empty for a top customer.

        Raises CustomerCycle when this customer is among them, CustomerTooDeep below the 30th level.
        """
        if self.id in chain:
            raise CustomerCycle(text("{name} cannot stand below itself.", name=self.name), field="parent_id")
        if len(chain) >= DEEPEST_LEVEL:
            raise CustomerTooDeep(
                text("{name} would stand below level {level}.", name=self.name, level=DEEPEST_LEVEL),
                field="parent_id",
            )
        self.path = "".join(key.hex for key in (*reversed(chain), self.id))
