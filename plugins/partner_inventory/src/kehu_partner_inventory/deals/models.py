"""Deal registrations: a partner's claim to an opportunity, protected until a day."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import fold, is_currency
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.inventory_base import Base, set_by_a_rule
from kehu_partner_inventory.partners.models import Partner


class DealInOtherState(kehu.Refusal):
    """The verb is not possible in the state that the registration is in."""

    code = "DEAL_IN_OTHER_STATE"


class DealClash(kehu.Refusal):
    """Another partner is protected for it, or we are at it ourselves."""

    code = "DEAL_CLASH"


class ImpossibleDeal(kehu.Refusal):
    """An amount below zero, an unknown currency, or a protection that ends in the past."""

    code = "IMPOSSIBLE_DEAL"


class DealReasonMissing(kehu.Refusal):
    """Nothing is rejected or lost without a reason."""

    code = "DEAL_REASON_MISSING"


class DealStatus(enum.Enum):
    """Where a registration stands; APPROVED is protected until its day."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WON = "WON"
    LOST = "LOST"
    EXPIRED = "EXPIRED"


_S = DealStatus
DEAL_STATES = StateChart(
    "DealRegistration",
    _S.DRAFT,
    [
        Transition("change", (_S.DRAFT,), _S.DRAFT),
        Transition("submit", (_S.DRAFT,), _S.SUBMITTED),
        Transition("approve", (_S.SUBMITTED,), _S.APPROVED),
        Transition("reject", (_S.SUBMITTED,), _S.REJECTED),
        Transition("win", (_S.APPROVED,), _S.WON),
        Transition("lose", (_S.APPROVED,), _S.LOST),
        Transition("expire", (_S.APPROVED,), _S.EXPIRED),
    ],
    refusal=DealInOtherState,
)


class DealRegistration(kehu.Entity, Base):
    """A partner's claim to a deal with an end customer. Once approved nobody else is approved for it until a day."""

    __tablename__ = "partner_inventory_deal"
    states: ClassVar = DEAL_STATES
    told: ClassVar = (
        *("customer_name", "registered_number", "customer_id", "category_id", "territory"),
        *("amount", "currency", "expected_close_on", "name", "note"),
    )
    """What a partner tells of it; it changes as a draft only."""

    number: Mapped[str] = kehu.column(
        sa.String(30),
        unique=True,
        default=set_by_a_rule,
        create=False,
        update=False,
        doc="Such as D-2026-00001.",
    )
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, update=False, doc="Who claims it.")
    name: Mapped[str] = kehu.column(sa.String(200), doc="What the deal is about, in a line.")
    customer_name: Mapped[str] = kehu.column(sa.String(200), doc="The end customer, as the partner knows it.")
    customer_key: Mapped[str] = kehu.column(
        sa.String(200), default=set_by_a_rule, index=True, expose=False, doc="The name as it is compared."
    )
    registered_number: Mapped[str | None] = kehu.column(
        sa.String(40), index=True, doc="The number under which the state knows the end customer."
    )
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Customer, doc="Which of our customers it is, where we know it."
    )
    category_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.ProductCategory, index=False, doc="Which product family it is about; none for everything."
    )
    territory: Mapped[str | None] = kehu.column(
        sa.String(20), doc="Where: an ISO 3166 code, such as `CN` or `CN-31`."
    )
    amount: Mapped[Decimal | None] = kehu.column(
        money="currency", doc="What it should come to, before tax, in `currency`."
    )
    currency: Mapped[str] = kehu.column(
        sa.String(3), default=set_by_a_rule, doc="ISO 4217 code; that of the partner unless given."
    )
    expected_close_on: Mapped[date | None] = kehu.column(doc="When the end customer should decide.")
    note: Mapped[str | None] = kehu.column(sa.Text, order=False, doc="What else there is to say of it.")
    status: Mapped[DealStatus] = kehu.column(
        default=_S.DRAFT, create=False, update=False, index=True, doc="Where it stands."
    )
    has_clash: Mapped[bool] = kehu.column(
        default=False,
        create=False,
        update=False,
        doc="As it was submitted another partner was protected for it, or we were at it ourselves.",
    )
    submitted_at: Mapped[datetime | None] = kehu.column(create=False, update=False, doc="Claimed when (UTC).")
    protected_until_on: Mapped[date | None] = kehu.column(
        create=False, update=False, index=True, doc="Last day on which nobody else is approved for it."
    )
    decided_by_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.User, index=False, create=False, update=False, doc="Who approved or rejected it."
    )
    decided_at: Mapped[datetime | None] = kehu.column(create=False, update=False, doc="When that was (UTC).")
    decision_reason: Mapped[str | None] = kehu.column(
        sa.String(500),
        multiline=True,
        create=False,
        update=False,
        doc="Why it was rejected, or approved despite a clash.",
    )
    closed_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, doc="When it was won, lost, or expired (UTC)."
    )
    lost_reason: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, create=False, update=False, doc="Why it was lost."
    )
    opportunity: Mapped[kehu.GlobalId | None] = kehu.column(
        index=True,
        create=False,
        update=False,
        expose=False,
        doc="The id of the opportunity that it became.",
    )

    def check(self) -> None:
        """Put words into the form in which they are compared. Raises ImpossibleDeal."""
        self.customer_key = fold(" ".join(self.customer_name.split()))
        self.registered_number = "".join((self.registered_number or "").split()).upper() or None
        self.territory = (self.territory or "").strip().upper() or None
        self.currency = self.currency.strip().upper()
        if not self.customer_key:
            raise ImpossibleDeal(kehu.text("Say who the customer is."), field=DealRegistration.customer_name)
        if not is_currency(self.currency):
            message = kehu.text("{code} is no ISO 4217 currency.", code=self.currency)
            raise ImpossibleDeal(message, field=DealRegistration.currency)
        if self.amount is not None and self.amount < 0:
            raise ImpossibleDeal(kehu.text("An amount is not below zero."), field=DealRegistration.amount)

    def move(self, verb: str) -> None:
        """Follow the chart. Raises DealInOtherState."""
        self.status = self.states.after(verb, self.status, of=self.number)

    def submit(self, *, at: datetime, has_clash: bool) -> None:
        """Claim it. Raises DealInOtherState."""
        self.move("submit")
        self.submitted_at, self.has_clash = at, has_clash

    def approve(self, until_on: date, reason: str | None, *, at: datetime, today: date) -> None:
        """Protect it up to and including a day. Raises DealInOtherState, ImpossibleDeal."""
        self.move("approve")
        if until_on < today:
            message = kehu.text("A protection does not end before today.")
            raise ImpossibleDeal(message, field="protected_until_on")
        self.protected_until_on, self.decided_at = until_on, at
        self.decision_reason = (reason or "").strip() or None

    def reject(self, reason: str, *, at: datetime) -> None:
        """Do not protect it. Raises DealInOtherState, DealReasonMissing."""
        self.move("reject")
        self.decision_reason, self.decided_at = _said(reason), at

    def win(self, *, at: datetime) -> None:
        """The end customer has bought. Raises DealInOtherState."""
        self.move("win")
        self.closed_at = at

    def lose(self, reason: str, *, at: datetime) -> None:
        """The end customer has not. Raises DealInOtherState, DealReasonMissing."""
        self.move("lose")
        self.lost_reason, self.closed_at = _said(reason), at

    def expire(self, *, at: datetime) -> None:
        """The last day of its protection is over. Raises DealInOtherState."""
        self.move("expire")
        self.closed_at = at


def _said(reason: str) -> str:
    if not reason.strip():
        raise DealReasonMissing(kehu.text("Say why."), field="reason")
    return reason.strip()
