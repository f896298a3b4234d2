"""Orders: what was agreed, what came back of it, and what was paid."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.states import StateChart, Transition
from kehu_sfa.lines.models import Priced, PricedLine
from kehu_sfa.lines.rules import ImpossibleAmount
from kehu_sfa.money.rounding import ZERO, rounded
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.quotes.models import Quote
from kehu_sfa.sfa_base import Base, set_by_a_rule


class OrderInOtherState(kehu.Refusal):
    """The verb is not possible in the state that the order is in."""

    code = "ORDER_IN_OTHER_STATE"


class OrderEmpty(kehu.Refusal):
    """An order without lines agrees on nothing."""

    code = "ORDER_EMPTY"


class CancelReasonMissing(kehu.Refusal):
    """An order is never cancelled without a reason."""

    code = "CANCEL_REASON_MISSING"


class PaidTooMuch(kehu.Refusal):
    """More than is outstanding is received as an advance only; no more goes back than was paid by its day."""

    code = "PAID_TOO_MUCH"


class ReturnedTooMuch(kehu.Refusal):
    """No more comes back than was agreed."""

    code = "RETURNED_TOO_MUCH"


class OrderStatus(enum.Enum):
    """Where an order stands."""

    DRAFT = "DRAFT"
    CONFIRMED = "CONFIRMED"
    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"


_S = OrderStatus
ORDER_STATES = StateChart(
    "Order",
    _S.DRAFT,
    [
        Transition("change", (_S.DRAFT,), _S.DRAFT),
        Transition("confirm", (_S.DRAFT,), _S.CONFIRMED),
        Transition("fulfil", (_S.CONFIRMED,), _S.FULFILLED),
        Transition("cancel", (_S.DRAFT, _S.CONFIRMED), _S.CANCELLED),
        Transition("receivePayment", (_S.DRAFT,), _S.DRAFT),
        Transition("receivePayment", (_S.CONFIRMED,), _S.CONFIRMED),
        Transition("receivePayment", (_S.FULFILLED,), _S.FULFILLED),
        Transition("refund", (_S.DRAFT,), _S.DRAFT),
        Transition("refund", (_S.CONFIRMED,), _S.CONFIRMED),
        Transition("refund", (_S.FULFILLED,), _S.FULFILLED),
        Transition("refund", (_S.CANCELLED,), _S.CANCELLED),
        Transition("takeBack", (_S.FULFILLED,), _S.FULFILLED),
    ],
    refusal=OrderInOtherState,
)


class Order(Priced, kehu.Owned, Base):
    """What a customer has ordered. Changed as a draft only; afterwards it is fulfilled or cancelled."""

    __tablename__ = "sfa_order"
    states: ClassVar = ORDER_STATES
    number: Mapped[str] = kehu.column(
        sa.String(30),
        unique=True,
        default=set_by_a_rule,
        create=False,
        update=False,
        doc="Such as O-2026-00001, without gaps within a year.",
    )
    name: Mapped[str] = kehu.column(sa.String(200), doc="What it is about, in a line.")
    customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer, update=False, doc="Who ordered.")
    contact_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Contact, doc="The person who ordered.")
    opportunity_id: Mapped[uuid.UUID | None] = kehu.ref(Opportunity, update=False, doc="By which deal.")
    quote_id: Mapped[uuid.UUID | None] = kehu.ref(
        Quote, unique=True, create=False, update=False, doc="The quote that was accepted."
    )
    price_list_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.PriceList, offered=True, doc="Where prices come from."
    )
    terms: Mapped[str | None] = kehu.column(sa.Text, order=False, doc="What else was agreed.")
    reference: Mapped[str | None] = kehu.column(sa.String(100), doc="The customer's own number.")
    ordered_on: Mapped[date] = kehu.column(
        default=set_by_a_rule, index=True, doc="When the customer ordered; today unless given."
    )
    status: Mapped[OrderStatus] = kehu.column(
        default=OrderStatus.DRAFT, create=False, update=False, index=True, doc="Where it stands."
    )
    confirmed_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, index=True, doc="When it was confirmed (UTC)."
    )
    fulfilled_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, doc="When the customer had got all (UTC)."
    )
    cancelled_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, doc="When it was cancelled (UTC)."
    )
    cancel_reason: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, create=False, update=False, doc="Why it was cancelled."
    )
    paid_amount: Mapped[Decimal] = kehu.column(
        money="currency",
        default=ZERO,
        create=False,
        update=False,
        doc="What was received so far, less what was given back.",
    )
    returned_amount: Mapped[Decimal] = kehu.column(
        money="currency", default=ZERO, create=False, update=False, doc="What came back, tax included."
    )

    @classmethod
    def of_quote(cls, quote: Quote, *, on: date) -> Order:
        """A draft with everything but the lines of a quote, in no session."""
        copied = ("name", "customer_id", "contact_id", "opportunity_id", "price_list_id", "terms")
        values = {name: getattr(quote, name) for name in (*copied, "owner_id", "team_id")}
        return cls(
            **values, **quote.priced_terms(), quote_id=quote.id, ordered_on=on, status=OrderStatus.DRAFT
        )

    @property
    def outstanding(self) -> Decimal:
        """What the customer still owes; below zero where we do. Nothing is owed before the confirmation."""
        owed = ZERO
        if self.status in (OrderStatus.CONFIRMED, OrderStatus.FULFILLED):
            owed = self.total_amount - self.returned_amount
        return owed - self.paid_amount

    def move(self, verb: str) -> None:
        """Follow the chart. Raises OrderInOtherState."""
        self.status = self._after(verb)

    def confirm(self, *, lines: int, at: datetime) -> None:
        """Both sides are bound. Raises OrderInOtherState, OrderEmpty."""
        status = self._after("confirm")
        if not lines:
            message = kehu.text("{order} agrees on nothing yet; add lines.", order=self.number)
            raise OrderEmpty(message, field="lines")
        self.status, self.confirmed_at = status, at

    def fulfil(self, *, at: datetime) -> None:
        """The customer has got all. Raises OrderInOtherState."""
        self.move("fulfil")
        self.fulfilled_at = at

    def cancel(self, *, reason: str, at: datetime) -> None:
        """Nobody is bound any more; what was paid goes back. Raises OrderInOtherState, CancelReasonMissing."""
        status = self._after("cancel")
        if not reason.strip():
            message = kehu.text("{order} is cancelled for a reason.", order=self.number)
            raise CancelReasonMissing(message, field="reason")
        self.status, self.cancel_reason, self.cancelled_at = status, reason, at

    def receive(self, payment: Payment) -> None:
        """Money came in. Raises OrderInOtherState, ImpossibleAmount, PaidTooMuch."""
        self._after("receivePayment")
        self._check_amount(payment.amount)
        if payment.amount > max(self.outstanding, ZERO) and not payment.is_advance:
            message = kehu.text(
                "{amount} are more than the {outstanding} that {order} has outstanding; mark an advance.",
                amount=kehu.money(payment.amount, self.currency),
                outstanding=kehu.money(max(self.outstanding, ZERO), self.currency),
                order=self.number,
            )
            raise PaidTooMuch(message, field=Payment.amount)
        self.paid_amount += payment.amount

    def refund(self, amount: Decimal, *, on: date, by_day: Mapping[date, Decimal]) -> None:
        """Money was given back on a day; `by_day` is what came in or went back on each, for this order.

        Raises OrderInOtherState, ImpossibleAmount, PaidTooMuch.
        """
        self._after("refund")
        self._check_amount(amount)
        left = _left_from(on, by_day)
        if amount > left:
            message = kehu.text(
                "Of what was paid for {order} by {day}, only {paid} are not given back.",
                paid=kehu.money(left, self.currency),
                order=self.number,
                day=on,
            )
            raise PaidTooMuch(message, field=Payment.amount)
        self.paid_amount -= amount

    def take_back(self, amount: Decimal) -> None:
        """Goods came back that are worth `amount`, tax included.

        Raises OrderInOtherState, ImpossibleAmount, ReturnedTooMuch.
        """
        self._after("takeBack")
        self._check_amount(amount)
        if self.returned_amount + amount > self.total_amount:
            total = kehu.money(self.total_amount, self.currency)
            message = kehu.text("{order} came to {total} only.", order=self.number, total=total)
            raise ReturnedTooMuch(message, field=OrderReturn.amount)
        self.returned_amount += amount

    def _check_amount(self, amount: Decimal) -> None:
        if amount <= 0 or amount != rounded(amount, self.currency):
            said = kehu.money(amount, self.currency)
            message = kehu.text("{amount} is no amount of {currency}.", amount=said, currency=self.currency)
            raise ImpossibleAmount(message, field=Payment.amount)

    def _after(self, verb: str) -> OrderStatus:
        return self.states.after(verb, self.status, of=self.number)


def _left_from(day: date, by_day: Mapping[date, Decimal]) -> Decimal:
    """The least that had been paid, less what had gone back, at the end of a day and of each one after it."""
    days = sorted({day, *by_day})
    sums = accumulate(by_day.get(each, ZERO) for each in days)
    return min(paid for each, paid in zip(days, sums, strict=True) if each >= day)


class OrderLine(PricedLine, kehu.Entity, Base):
    """One position of an order; lines change together, through setLinesOrder."""

    __tablename__ = "sfa_order_line"
    document: ClassVar[str] = "order"
    order_id: Mapped[uuid.UUID] = kehu.ref(Order, ondelete="CASCADE", doc="Of which order.")


class Payment(kehu.Entity, Base):
    """Money that came in for an order, or below zero went back; never changed."""

    __tablename__ = "sfa_payment"
    order_id: Mapped[uuid.UUID] = kehu.ref(Order, doc="For which order.")
    amount: Mapped[Decimal] = kehu.column(money="order.currency", doc="How much, in the order's currency.")
    paid_amount: Mapped[Decimal | None] = kehu.column(
        money="paid_currency",
        doc="What was paid, in `paidCurrency`; none where it was paid in the order's currency.",
    )
    paid_currency: Mapped[str | None] = kehu.column(
        sa.String(3), doc="ISO 4217 code of another currency in which it was paid."
    )
    received_on: Mapped[date] = kehu.column(index=True, doc="On which day.")
    method: Mapped[str] = kehu.choice(
        *("TRANSFER", "CARD", "CASH", "CHEQUE", "WECHAT_PAY", "ALIPAY", "OTHER"), doc="By which way."
    )
    reference: Mapped[str | None] = kehu.column(sa.String(200), doc="What stands on the statement.")
    is_advance: Mapped[bool] = kehu.column(default=False, doc="Paid before it was owed.")


class OrderReturn(kehu.Entity, Base):
    """Goods that came back; never changed."""

    __tablename__ = "sfa_order_return"
    order_id: Mapped[uuid.UUID] = kehu.ref(Order, doc="Of which order.")
    amount: Mapped[Decimal] = kehu.column(money="order.currency", doc="What they are worth, tax included.")
    returned_on: Mapped[date] = kehu.column(index=True, doc="On which day.")
    reason: Mapped[str] = kehu.column(sa.String(500), multiline=True, doc="Why.")


CONTENT = (
    *(Order.name, Order.terms, Order.price_list_id, Order.currency, Order.tax_mode, Order.tax_rounding),
    *(Order.discount_percent, Order.discount_amount, Order.ordered_on),
)
RECKONED = (
    *(Order.currency, Order.tax_mode, Order.tax_rounding, Order.discount_percent, Order.discount_amount),
)
