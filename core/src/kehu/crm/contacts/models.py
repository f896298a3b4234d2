"""Contacts: the people at customers, and how to reach them."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.business.identifiers import (
    fold,
    normalise_email,
    normalise_phone,
    normalise_url,
    normalise_wechat_id,
    recognise_divisions,
)
from kehu.crm.customers.birthdays import WithBirthday
from kehu.crm.customers.models import LONGEST_SORTING_NAME, Customer
from kehu.kernel.errors import Refusal
from kehu.kernel.model import Archivable, choice, column, ref
from kehu.platform.core import Base
from kehu.platform.identity.ownership import Owned

DIALLED = ("PHONE", "MOBILE", "FAX")
# ISO 3166 leaves ZZ to users: with it, only numbers that begin with a country code are understood.
_NO_REGION = "ZZ"
_DIVISIONS = ("province", "city", "district")


class RoleEndsBeforeItBegins(Refusal):
    """The last day of a role is before the first."""

    code = "INVALID"


class Contact(WithBirthday, Owned, Base):
    """A person at one or more customers."""

    __tablename__ = "core_contact"

    name: Mapped[str] = column(sa.String(200), doc="The person's name, as the person writes it.")
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
    salutation: Mapped[str | None] = column(
        sa.String(60), doc="How to address the person, such as `Dr.` or `女士`."
    )
    preferred_language: Mapped[str | None] = column(sa.String(20), doc="Such as `en` or `zh_CN`.")
    notes: Mapped[str | None] = column(sa.Text, order=False, doc="What else is worth knowing.")


class ContactRole(Archivable, Base):
    """What a person is at a customer, and since when; a past role stays as history."""

    __tablename__ = "core_contact_role"
    __table_args__ = (
        sa.Index(
            "uq_core_contact_role_primary",
            "customer_id",
            unique=True,
            sqlite_where=sa.text("is_primary AND until_on IS NULL AND archived_at IS NULL"),
            postgresql_where=sa.text("is_primary AND until_on IS NULL AND archived_at IS NULL"),
        ),
    )

    contact_id: Mapped[uuid.UUID] = ref(Contact, doc="Who.")
    customer_id: Mapped[uuid.UUID] = ref(Customer, doc="At which customer.")
    role: Mapped[str | None] = choice(
        "DECISION_MAKER",
        "BUYER",
        "USER",
        "INFLUENCER",
        "FINANCE",
        "TECHNICAL",
        "OTHER",
        nullable=True,
        doc="The person's part in dealings with us.",
    )
    title: Mapped[str | None] = column(sa.String(200), doc="The job title, as on the card.")
    is_primary: Mapped[bool] = column(default=False, doc="The first person to ask for at this customer.")
    from_on: Mapped[date | None] = column(doc="First day in the role, where known.")
    until_on: Mapped[date | None] = column(doc="Last day in the role; none while it lasts.")

    def is_current(self, on: date) -> bool:
        """Whether the person has the role on this day."""
        return (self.until_on is None or self.until_on >= on) and self.archived_at is None

    def check_dates(self) -> None:
        """Raise RoleEndsBeforeItBegins when it does."""
        if self.from_on is not None and self.until_on is not None and self.until_on < self.from_on:
            raise RoleEndsBeforeItBegins("A role cannot end before it begins.", field="until_on")


class ContactPoint(Archivable, Base):
    """One way to reach a customer or a contact."""

    __tablename__ = "core_contact_point"
    __table_args__ = (
        sa.Index(
            "uq_core_contact_point_of_customer",
            "customer_id",
            "kind",
            "normalised_value",
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
        sa.Index("ix_core_contact_point_kind_normalised_value", "kind", "normalised_value"),
    )

    customer_id: Mapped[uuid.UUID | None] = ref(Customer, index=False, doc="Whose it is.")
    contact_id: Mapped[uuid.UUID | None] = ref(Contact, doc="Which person answers.")
    kind: Mapped[str] = choice("EMAIL", "PHONE", "MOBILE", "WECHAT", "WEB", "FAX", doc="What kind of way.")
    value: Mapped[str] = column(sa.String(500), doc="As it was typed.")
    normalised_value: Mapped[str] = column(
        sa.String(500),
        verbatim=True,
        default="",
        create=False,
        update=False,
        doc="In one form: E.164, lower-cased address, URL.",
    )
    label: Mapped[str | None] = column(sa.String(60), doc="Such as `office` or `in the evening`.")
    is_primary: Mapped[bool] = column(default=False, doc="The first of its kind to use.")
    verified_at: Mapped[datetime | None] = column(doc="When somebody made sure that it works (UTC).")
    invalid_since: Mapped[datetime | None] = column(doc="Since when it is known not to work (UTC).")

    def normalise(self, *, region: str | None) -> None:
        """Work out the value in one form; `region` is where a number without country code is dialled.

        Raises an error of kehu.business.identifiers for what is no address or number of its kind. A kind that a plugin
        added
        is only folded.
        """
        self.normalised_value = _in_one_form(self.kind, self.value.strip(), region)


def _in_one_form(kind: str, value: str, region: str | None) -> str:
    if kind == "EMAIL":
        return normalise_email(value)
    if kind in DIALLED:
        return normalise_phone(value, region or _NO_REGION)
    if kind == "WECHAT":
        return normalise_wechat_id(value)
    return normalise_url(value) if kind == "WEB" else fold(value)


class AddressKind(enum.Enum):
    """What an address is for."""

    BILLING = "BILLING"
    SHIPPING = "SHIPPING"
    VISIT = "VISIT"
    HOME = "HOME"


class Address(Archivable, Base):
    """A place of a customer: for bills, goods, visits, or the home of a person."""

    __tablename__ = "core_address"

    customer_id: Mapped[uuid.UUID] = ref(Customer, doc="Whose it is.")
    kind: Mapped[AddressKind] = column(default=AddressKind.VISIT, doc="What it is for.")
    lines: Mapped[str] = column(
        sa.String(500),
        multiline=True,
        doc="Street and house, or the whole address in Chinese order; may have several lines.",
    )
    postcode: Mapped[str | None] = column(sa.String(20), doc="Postal code.")
    district: Mapped[str | None] = column(sa.String(100), doc="District or county.")
    city: Mapped[str | None] = column(sa.String(100), doc="City or prefecture.")
    province: Mapped[str | None] = column(sa.String(100), doc="Province, state or canton.")
    country: Mapped[str | None] = column(sa.String(2), doc="ISO 3166 code, two letters.")
    is_primary: Mapped[bool] = column(default=False, doc="The first of its kind to use.")

    def recognise_divisions(self) -> None:
        """Fill in province, city and district from the first line of a Chinese address, where they are unmistakable.

        Only what is empty is filled, and nothing when what is there says otherwise.
        """
        if self.country not in (None, "CN"):
            return
        found = recognise_divisions(self.lines.partition("\n")[0])
        known = {name: getattr(found, name) for name in _DIVISIONS if getattr(found, name) is not None}
        if not known or any(getattr(self, name) not in (None, "", value) for name, value in known.items()):
            return
        for name, value in known.items():
            setattr(self, name, value)
        self.country = self.country or "CN"
