"""Quotes: what is offered, at which price, until when; and the rules that hold for one of them."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.approvals.models import ApprovalRequest
from kehu.kernel.states import StateChart, Transition
from kehu_sfa.discount_limits.models import DiscountLimit
from kehu_sfa.lines.models import Priced, PricedLine
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.sfa_base import Base, set_by_a_rule

DISCOUNT, MARGIN = "sfa.discount", "sfa.margin"


class QuoteInOtherState(kehu.Refusal):
    """The verb is not possible in the state that the quote is in."""

    code = "QUOTE_IN_OTHER_STATE"


class QuoteEmpty(kehu.Refusal):
    """A quote without lines offers nothing."""

    code = "QUOTE_EMPTY"


class QuoteExpired(kehu.Refusal):
    """The quote is past its validity."""

    code = "QUOTE_EXPIRED"


class ImpossibleDecision(kehu.Refusal):
    """The quote was decided on before it was sent, or on a day to come."""

    code = "IMPOSSIBLE_DECISION_DAY"


class ApprovalNeeded(kehu.Refusal):
    """Somebody else must agree before the customer sees it."""

    code = "APPROVAL_NEEDED"


class ApprovalNotNeeded(kehu.Refusal):
    """The quote is within the limits; it can be sent."""

    code = "APPROVAL_NOT_NEEDED"


class DeclineReasonMissing(kehu.Refusal):
    """A quote is never declined without a reason."""

    code = "DECLINE_REASON_MISSING"


class QuoteStatus(enum.Enum):
    """Where a quote stands."""

    DRAFT = "DRAFT"
    IN_APPROVAL = "IN_APPROVAL"
    APPROVED = "APPROVED"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    REPLACED = "REPLACED"


_S = QuoteStatus
QUOTE_STATES = StateChart(
    "Quote",
    _S.DRAFT,
    [
        Transition("change", (_S.DRAFT, _S.IN_APPROVAL, _S.APPROVED), _S.DRAFT),
        Transition("submit", (_S.DRAFT,), _S.IN_APPROVAL),
        Transition("approve", (_S.IN_APPROVAL,), _S.APPROVED),
        Transition("reject", (_S.IN_APPROVAL,), _S.DRAFT),
        Transition("withdraw", (_S.IN_APPROVAL,), _S.DRAFT),
        Transition("send", (_S.DRAFT, _S.APPROVED), _S.SENT),
        Transition("accept", (_S.SENT,), _S.ACCEPTED),
        Transition("decline", (_S.SENT,), _S.DECLINED),
        Transition("expire", (_S.SENT,), _S.EXPIRED),
        Transition("revise", (_S.SENT, _S.DECLINED, _S.EXPIRED), _S.REPLACED),
    ],
    refusal=QuoteInOtherState,
)


class Quote(Priced, kehu.Owned, Base):
    """What is offered to a customer, at which price, until when.

    A changed quote loses its approval; one that was sent is never changed but replaced by its next revision.
    """

    __tablename__ = "sfa_quote"
    __table_args__ = (sa.UniqueConstraint("number", "revision"),)
    states: ClassVar = QUOTE_STATES
    number: Mapped[str] = kehu.column(
        sa.String(30),
        default=set_by_a_rule,
        create=False,
        update=False,
        doc="Such as Q-2026-00001, without gaps within a year; all revisions have the same.",
    )
    revision: Mapped[int] = kehu.column(default=1, create=False, update=False, doc="Which one, from 1.")
    replaces_id: Mapped[uuid.UUID | None] = kehu.column(
        sa.ForeignKey("sfa_quote.id"), index=True, create=False, update=False, doc="The revision before."
    )
    name: Mapped[str] = kehu.column(sa.String(200), doc="What it is about, in a line.")
    customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer, update=False, doc="To whom it is offered.")
    contact_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Contact, doc="To whose attention.")
    opportunity_id: Mapped[uuid.UUID | None] = kehu.ref(Opportunity, update=False, doc="For which deal.")
    price_list_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.PriceList, offered=True, doc="Where prices come from."
    )
    valid_until_on: Mapped[date] = kehu.column(
        default=set_by_a_rule, doc="The last day on which it can be accepted; in 30 days unless given."
    )
    terms: Mapped[str | None] = kehu.column(sa.Text, order=False, doc="What else holds: payment, delivery.")
    status: Mapped[QuoteStatus] = kehu.column(
        default=QuoteStatus.DRAFT, create=False, update=False, index=True, doc="Where it stands."
    )
    approval_request_id: Mapped[uuid.UUID | None] = kehu.ref(
        ApprovalRequest, create=False, update=False, doc="Who was asked to agree to it as it is."
    )
    sent_at: Mapped[datetime | None] = kehu.column(create=False, update=False, doc="When it was sent (UTC).")
    decided_on: Mapped[date | None] = kehu.column(
        create=False, update=False, doc="When the customer accepted or declined it."
    )
    decline_reason: Mapped[str | None] = kehu.choice(
        *("PRICE", "COMPETITOR", "NO_BUDGET", "NO_DECISION", "NOT_A_FIT", "UNKNOWN", "OTHER"),
        create=False,
        update=False,
        doc="Why it was declined.",
    )
    decline_note: Mapped[str | None] = kehu.column(
        sa.Text, create=False, update=False, doc="More about that."
    )

    @property
    def title(self) -> str:
        """Number, revision and name, as people speak of it."""
        revision = f" ({self.revision})" if self.revision and self.revision > 1 else ""
        return f"{self.number}{revision}"

    def move(self, verb: str) -> None:
        """Follow the chart. Raises QuoteInOtherState."""
        self.status = self._after(verb)

    def needs(self, limit: DiscountLimit | None) -> dict[str, Decimal]:
        """How much of which kind somebody must approve: percent above the limit, points below the margin's floor."""
        needed: dict[str, Decimal] = {}
        if limit is None:
            return needed
        if limit.max_discount_percent is not None and self.conceded_percent > limit.max_discount_percent:
            needed[DISCOUNT] = self.conceded_percent
        floor, margin = limit.min_margin_percent, self.margin_percent
        if floor is not None and margin is not None and margin < floor:
            needed[MARGIN] = floor - margin
        return needed

    def submit(self, lines: Sequence[QuoteLine], *, needed: bool) -> None:
        """Ask for approval. Raises QuoteInOtherState, QuoteEmpty, ApprovalNotNeeded."""
        status = self._after("submit")
        self._check_lines(lines)
        if not needed:
            message = kehu.text("{quote} is within the limits; send it.", quote=self.title)
            raise ApprovalNotNeeded(message, field=Quote.status)
        self.status = status

    def send(self, lines: Sequence[QuoteLine], *, needed: bool, at: datetime, on: date) -> None:
        """The customer gets it. Raises QuoteInOtherState, QuoteEmpty, QuoteExpired, ApprovalNeeded."""
        status = self._after("send")
        self._check_lines(lines)
        self._check_validity(on)
        if needed and self.status is not QuoteStatus.APPROVED:
            message = kehu.text("{quote} goes beyond your limits; submit it for approval.", quote=self.title)
            raise ApprovalNeeded(message, field=Quote.status)
        self.status, self.sent_at = status, at

    def accept(self, *, on: date) -> None:
        """The customer agrees on a day within the validity. Raises QuoteInOtherState, QuoteExpired."""
        status = self._after("accept")
        self._check_validity(on)
        self.status, self.decided_on = status, on

    def decline(self, *, reason: str, note: str | None, on: date) -> None:
        """The customer does not agree. Raises QuoteInOtherState, DeclineReasonMissing."""
        status = self._after("decline")
        if not reason.strip():
            message = kehu.text("{quote} is declined for a reason.", quote=self.title)
            raise DeclineReasonMissing(message, field="reason")
        self.decline_reason, self.decline_note = reason, note
        self.status, self.decided_on = status, on

    def revise(self) -> Quote:
        """A draft of the next revision, in no session; this one is replaced. Raises QuoteInOtherState."""
        self.move("revise")
        copied = ("number", "name", "customer_id", "contact_id", "opportunity_id", "price_list_id", "terms")
        values = {name: getattr(self, name) for name in (*copied, "owner_id", "team_id")}
        return Quote(
            **values, **self.priced_terms(), revision=self.revision + 1, replaces_id=self.id, status=_S.DRAFT
        )

    def _after(self, verb: str) -> QuoteStatus:
        return self.states.after(verb, self.status, of=self.title)

    def _check_lines(self, lines: Sequence[QuoteLine]) -> None:
        if not lines:
            message = kehu.text("{quote} offers nothing yet; add lines.", quote=self.title)
            raise QuoteEmpty(message, field="lines")

    def _check_validity(self, on: date) -> None:
        if on > self.valid_until_on:
            message = kehu.text("{quote} was valid until {day}.", quote=self.title, day=self.valid_until_on)
            raise QuoteExpired(message, field=Quote.valid_until_on)


class QuoteLine(PricedLine, kehu.Entity, Base):
    """One position of a quote; lines change together, through setLinesQuote."""

    __tablename__ = "sfa_quote_line"
    document: ClassVar[str] = "quote"
    quote_id: Mapped[uuid.UUID] = kehu.ref(Quote, ondelete="CASCADE", doc="Of which quote.")


CONTENT = (
    *(Quote.name, Quote.valid_until_on, Quote.terms, Quote.price_list_id, Quote.currency),
    *(Quote.tax_mode, Quote.tax_rounding, Quote.discount_percent, Quote.discount_amount),
)
"""What a customer reads and an approver has agreed to; the amounts follow from it and from the lines."""

RECKONED = (
    *(Quote.currency, Quote.tax_mode, Quote.tax_rounding, Quote.discount_percent, Quote.discount_amount),
)
