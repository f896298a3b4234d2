"""Market development funds: a budget, what of it partners are allotted, what they ask for, and what they prove."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import is_currency
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.partners.models import Partner

ZERO = Decimal(0)


class FundExceeded(kehu.Refusal):
    """More would be given than there is: of a budget, of an allocation, or of what was granted."""

    code = "FUND_EXCEEDED"


class ImpossibleFund(kehu.Refusal):
    """An amount that is not above zero, an unknown currency, a period or a day that cannot be."""

    code = "IMPOSSIBLE_FUND"


class FundRequestInOtherState(kehu.Refusal):
    """The verb is not possible in the state that the request is in."""

    code = "FUND_REQUEST_IN_OTHER_STATE"


class FundClaimInOtherState(kehu.Refusal):
    """The verb is not possible in the state that the claim is in."""

    code = "FUND_CLAIM_IN_OTHER_STATE"


class ProofMissing(kehu.Refusal):
    """Nothing is claimed without a proof."""

    code = "FUND_PROOF_MISSING"


class FundReasonMissing(kehu.Refusal):
    """Nothing is rejected without a reason."""

    code = "FUND_REASON_MISSING"


class FundRequestStatus(enum.Enum):
    """Where a request stands; GRANTED may be claimed."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    GRANTED = "GRANTED"
    REJECTED = "REJECTED"
    CLOSED = "CLOSED"


class FundClaimStatus(enum.Enum):
    """Where a claim stands."""

    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    PAID = "PAID"


_R, _C = FundRequestStatus, FundClaimStatus
FUND_REQUEST_STATES = StateChart(
    "FundRequest",
    _R.DRAFT,
    [
        Transition("change", (_R.DRAFT,), _R.DRAFT),
        Transition("submit", (_R.DRAFT,), _R.SUBMITTED),
        Transition("grant", (_R.SUBMITTED,), _R.GRANTED),
        Transition("reject", (_R.SUBMITTED,), _R.REJECTED),
        Transition("claim", (_R.GRANTED,), _R.GRANTED),
        Transition("close", (_R.GRANTED,), _R.CLOSED),
    ],
    refusal=FundRequestInOtherState,
)
FUND_CLAIM_STATES = StateChart(
    "FundClaim",
    _C.SUBMITTED,
    [
        Transition("approve", (_C.SUBMITTED,), _C.APPROVED),
        Transition("reject", (_C.SUBMITTED,), _C.REJECTED),
        Transition("payOut", (_C.APPROVED,), _C.PAID),
    ],
    refusal=FundClaimInOtherState,
)


class MarketFund(kehu.Archivable, Base):
    """Money for the marketing of partners in a period: the budget that allocations come from."""

    __tablename__ = "partner_inventory_fund"
    name: Mapped[str] = kehu.column(sa.String(200), unique=True, doc="What the fund is called.")
    currency: Mapped[str] = kehu.column(sa.String(3), update=False, doc="ISO 4217 code of all its amounts.")
    amount: Mapped[Decimal] = kehu.column(money="currency", doc="How much there is.")
    from_on: Mapped[date] = kehu.column(doc="First day of the period.")
    until_on: Mapped[date] = kehu.column(doc="Last day of the period.")

    def check(self) -> None:
        """Raise ImpossibleFund."""
        self.currency = self.currency.strip().upper()
        if not is_currency(self.currency):
            message = kehu.text("{code} is no ISO 4217 currency.", code=self.currency)
            raise ImpossibleFund(message, field=MarketFund.currency)
        if self.until_on < self.from_on:
            message = kehu.text("{name} cannot end before it begins.", name=self.name)
            raise ImpossibleFund(message, field=MarketFund.until_on)
        above_zero(self.amount, MarketFund.amount)


class FundAllocation(kehu.Entity, Base):
    """What of a fund a partner may ask for."""

    __tablename__ = "partner_inventory_fund_allocation"
    __table_args__ = (sa.UniqueConstraint("fund_id", "partner_id"),)
    fund_id: Mapped[uuid.UUID] = kehu.ref(MarketFund, index=False, update=False, doc="Of which fund.")
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, update=False, doc="For whom.")
    amount: Mapped[Decimal] = kehu.column(money="fund.currency", doc="How much, in the fund's currency.")


class FundRequest(kehu.Archivable, Base):
    """What a partner wants to do with its allocation, and what of that was granted."""

    __tablename__ = "partner_inventory_fund_request"
    states: ClassVar = FUND_REQUEST_STATES
    told: ClassVar = ("purpose", "planned_on", "requested_amount", "campaign")
    """What a partner tells of it; it changes as a draft only."""

    allocation_id: Mapped[uuid.UUID] = kehu.ref(FundAllocation, update=False, doc="From which allocation.")
    purpose: Mapped[str] = kehu.column(sa.String(200), doc="What for, in a line.")
    planned_on: Mapped[date | None] = kehu.column(doc="When it should take place.")
    requested_amount: Mapped[Decimal] = kehu.column(
        money="allocation.fund.currency", doc="How much is asked for, in the fund's currency."
    )
    campaign: Mapped[kehu.GlobalId | None] = kehu.column(
        index=True, doc="The id of the campaign or other record that it is a part of."
    )
    status: Mapped[FundRequestStatus] = kehu.column(
        default=_R.DRAFT, create=False, update=False, index=True, doc="Where it stands."
    )
    granted_amount: Mapped[Decimal] = kehu.column(
        money="allocation.fund.currency",
        default=ZERO,
        create=False,
        update=False,
        doc="How much may be claimed.",
    )
    decided_by_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.User, index=False, create=False, update=False, doc="Who granted or rejected it."
    )
    decided_at: Mapped[datetime | None] = kehu.column(create=False, update=False, doc="When (UTC).")
    decision_reason: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, create=False, update=False, doc="Why it was rejected."
    )

    def move(self, verb: str) -> None:
        """Follow the chart. Raises FundRequestInOtherState."""
        self.status = self.states.after(verb, self.status, of=self.purpose)

    def grant(self, amount: Decimal, currency: str, *, at: datetime) -> None:
        """Agree to so much, at most what is asked for. Raises FundRequestInOtherState, ImpossibleFund, FundExceeded."""
        self.move("grant")
        above_zero(amount, "amount")
        check_within(self.requested_amount, amount, currency)
        self.granted_amount, self.decided_at = amount, at

    def reject(self, reason: str, *, at: datetime) -> None:
        """Agree to nothing. Raises FundRequestInOtherState, FundReasonMissing."""
        self.move("reject")
        self.decision_reason, self.decided_at = _said(reason), at

    def close(self, claimed: Decimal) -> None:
        """Nothing more is claimed; what was not is free again. Raises FundRequestInOtherState."""
        self.move("close")
        self.granted_amount = claimed


class FundClaim(kehu.Entity, Base):
    """Money that a partner wants back for what it did, with a proof."""

    __tablename__ = "partner_inventory_fund_claim"
    states: ClassVar = FUND_CLAIM_STATES
    request_id: Mapped[uuid.UUID] = kehu.ref(FundRequest, doc="Of which request.")
    amount: Mapped[Decimal] = kehu.column(
        money="request.allocation.fund.currency", doc="How much, in the fund's currency."
    )
    proof: Mapped[str] = kehu.column(
        sa.String(500), multiline=True, doc="What proves it: an invoice number, a link."
    )
    status: Mapped[FundClaimStatus] = kehu.column(default=_C.SUBMITTED, index=True, doc="Where it stands.")
    claimed_at: Mapped[datetime] = kehu.column(doc="Claimed when (UTC).")
    decided_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, index=False, doc="Who decided.")
    decided_at: Mapped[datetime | None] = kehu.column(doc="When that was (UTC).")
    decision_reason: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, doc="Why it was rejected."
    )
    paid_at: Mapped[datetime | None] = kehu.column(doc="Paid when (UTC).")

    def move(self, verb: str) -> None:
        """Follow the chart. Raises FundClaimInOtherState."""
        self.status = self.states.after(verb, self.status, of=self.proof)

    def approve(self, *, at: datetime) -> None:
        """Agree. Raises FundClaimInOtherState."""
        self.move("approve")
        self.decided_at = at

    def reject(self, reason: str, *, at: datetime) -> None:
        """Do not agree; the amount may be claimed again. Raises FundClaimInOtherState, FundReasonMissing."""
        self.move("reject")
        self.decision_reason, self.decided_at = _said(reason), at

    def pay_out(self, *, at: datetime) -> None:
        """The money was paid. Raises FundClaimInOtherState."""
        self.move("payOut")
        self.paid_at = at


def above_zero(amount: Decimal, field: object) -> None:
    """Raise ImpossibleFund."""
    if amount <= 0:
        raise ImpossibleFund(kehu.text("An amount is above zero."), field=field)


def check_within(limit: Decimal, used: Decimal, currency: str) -> None:
    """Raise FundExceeded where more is used than there is."""
    if used > limit:
        message = kehu.text(
            "There is {limit}; this would make it {used}.",
            limit=kehu.money(limit, currency),
            used=kehu.money(used, currency),
        )
        raise FundExceeded(message, field="amount")


def proven(proof: str) -> str:
    """The proof without blanks around it. Raises ProofMissing."""
    if not proof.strip():
        raise ProofMissing(kehu.text("Say what proves it."), field="proof")
    return proof.strip()


def _said(reason: str) -> str:
    if not reason.strip():
        raise FundReasonMissing(kehu.text("Say why."), field="reason")
    return reason.strip()
