"""Orders of partners: what they want, what is held back for them, what they got and brought back, and what they owe."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.currencies import minor_digits
from kehu.kernel.ids import parse_global_id
from kehu.kernel.model.types import Json
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.inventory_base import Base, set_by_a_rule
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.reservations.models import Reservation
from kehu_partner_inventory.stock.models import COST, QUANTITY

ZERO = Decimal(0)
PLAN = "partner_inventory.channel_order:allocate"
"""Who holds goods back may say who gets them first."""
AGREE = "partner_inventory.channel_order:agreePrice"
"""Who may agree on the price of a line, whatever the rules say."""


class ChannelOrderInOtherState(kehu.Refusal):
    """The verb is not possible in the state that the order is in."""

    code = "CHANNEL_ORDER_IN_OTHER_STATE"


class ChannelOrderEmpty(kehu.Refusal):
    """An order without lines orders nothing."""

    code = "CHANNEL_ORDER_EMPTY"


class ImpossibleLine(kehu.Refusal):
    """A quantity of nothing, a line of another order, or more than was held back, shipped or ordered."""

    code = "IMPOSSIBLE_LINE"


class OrderReasonMissing(kehu.Refusal):
    """Nothing is cancelled, released or taken back without a reason."""

    code = "ORDER_REASON_MISSING"


class PartnerNotActive(kehu.Refusal):
    """Only active partners order."""

    code = "PARTNER_NOT_ACTIVE"


class ContractEnded(kehu.Refusal):
    """After the last day of its contract a partner orders nothing more."""

    code = "CONTRACT_ENDED"


class NotAuthorised(kehu.Refusal):
    """The partner may not sell this product."""

    code = "NOT_AUTHORISED"


class NotShipped(kehu.Refusal):
    """Only what an order shipped comes back for it."""

    code = "NOT_SHIPPED"


class NotBilled(kehu.Refusal):
    """What has left is put on an invoice before it comes back, or the order is closed."""

    code = "NOT_BILLED"


class QuoteNotAccepted(kehu.Refusal):
    """A quote is ordered once the customer has accepted it, by a customer who is a partner, in its currency."""

    code = "QUOTE_NOT_ACCEPTED"


class AlreadyOrdered(kehu.Refusal):
    """A quote becomes one order."""

    code = "ALREADY_ORDERED"


class SourcingReason(enum.Enum):
    """Why a location was chosen to meet an order."""

    ORDERED_FROM = "ORDERED_FROM"
    NEAREST = "NEAREST"
    NEXT_NEAREST = "NEXT_NEAREST"
    BY_CODE = "BY_CODE"


class ChannelOrderStatus(enum.Enum):
    """Where an order stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVAL = "APPROVAL"
    CREDIT_HOLD = "CREDIT_HOLD"
    CONFIRMED = "CONFIRMED"
    ALLOCATED = "ALLOCATED"
    PARTLY_SHIPPED = "PARTLY_SHIPPED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


_S = ChannelOrderStatus
CHANNEL_ORDER_STATES = StateChart(
    "ChannelOrder",
    _S.DRAFT,
    [
        Transition("change", (_S.DRAFT,), _S.DRAFT),
        Transition("submit", (_S.DRAFT,), _S.SUBMITTED),
        Transition("askApproval", (_S.SUBMITTED,), _S.APPROVAL),
        Transition("agree", (_S.APPROVAL,), _S.SUBMITTED),
        Transition("disagree", (_S.APPROVAL,), _S.DRAFT),
        Transition("hold", (_S.SUBMITTED,), _S.CREDIT_HOLD),
        Transition("confirm", (_S.SUBMITTED, _S.CREDIT_HOLD), _S.CONFIRMED),
        Transition("release", (_S.CREDIT_HOLD,), _S.CONFIRMED),
        Transition("allocate", (_S.CONFIRMED,), _S.CONFIRMED),
        Transition("allocate", (_S.PARTLY_SHIPPED,), _S.PARTLY_SHIPPED),
        Transition("complete", (_S.CONFIRMED,), _S.ALLOCATED),
        Transition("shipPart", (_S.CONFIRMED, _S.ALLOCATED, _S.PARTLY_SHIPPED), _S.PARTLY_SHIPPED),
        Transition("shipRest", (_S.CONFIRMED, _S.ALLOCATED, _S.PARTLY_SHIPPED), _S.SHIPPED),
        Transition("cancelRest", (_S.PARTLY_SHIPPED,), _S.SHIPPED),
        Transition("deliver", (_S.SHIPPED,), _S.DELIVERED),
        Transition("close", (_S.DELIVERED,), _S.CLOSED),
        Transition("takeBack", (_S.PARTLY_SHIPPED,), _S.PARTLY_SHIPPED),
        Transition("takeBack", (_S.SHIPPED,), _S.SHIPPED),
        Transition("takeBack", (_S.DELIVERED,), _S.DELIVERED),
        Transition(
            "cancel",
            (_S.DRAFT, _S.SUBMITTED, _S.APPROVAL, _S.CREDIT_HOLD, _S.CONFIRMED, _S.ALLOCATED),
            _S.CANCELLED,
        ),
    ],
    refusal=ChannelOrderInOtherState,
)


class ChannelOrder(kehu.Entity, Base):
    """What a partner orders from us, by itself or through somebody of ours. Its lines change as a draft only."""

    __tablename__ = "partner_inventory_order"
    states: ClassVar = CHANNEL_ORDER_STATES

    number: Mapped[str] = kehu.column(
        sa.String(30),
        unique=True,
        default=set_by_a_rule,
        create=False,
        update=False,
        doc="Such as C-2026-00001.",
    )
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, index=False, update=False, doc="Who orders.")
    status: Mapped[ChannelOrderStatus] = kehu.column(
        default=_S.DRAFT, create=False, update=False, index=True, doc="Where it stands."
    )
    currency: Mapped[str] = kehu.column(
        sa.String(3), default=set_by_a_rule, create=False, update=False, doc="That of the partner."
    )
    total_amount: Mapped[Decimal] = kehu.column(
        money="currency", default=ZERO, create=False, update=False, doc="What all lines come to, before tax."
    )
    unbilled_amount: Mapped[Decimal] = kehu.column(
        money="currency",
        default=ZERO,
        create=False,
        update=False,
        doc="What of it is confirmed, and on no invoice yet.",
    )
    priority: Mapped[int] = kehu.column(default=0, write=PLAN, doc="Who gets goods first: the highest.")
    source_location_id: Mapped[uuid.UUID | None] = kehu.ref(
        Location, index=False, write=PLAN, doc="Where to look for the goods first."
    )
    reference: Mapped[str | None] = kehu.column(sa.String(100), doc="The partner's own number.")
    wanted_on: Mapped[date | None] = kehu.column(
        index=True, doc="When it should leave at the latest; later it is a late shipment."
    )
    document: Mapped[kehu.GlobalId | None] = kehu.column(
        index=True, update=False, doc="The id of the quote or other record that it comes from."
    )
    ordered_by_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.User,
        index=False,
        create=False,
        update=False,
        doc="Who entered it: a user of the partner, or of ours.",
    )
    submitted_at: Mapped[datetime | None] = kehu.column(create=False, update=False, doc="Ordered when (UTC).")
    confirmed_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, index=True, doc="Confirmed when (UTC)."
    )
    shipped_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, doc="When the last of it had left (UTC)."
    )
    delivered_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, doc="When the partner had it (UTC)."
    )
    released_by_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.User, index=False, create=False, update=False, doc="Who released it above the credit limit."
    )
    release_reason: Mapped[str | None] = kehu.column(
        sa.String(500),
        multiline=True,
        create=False,
        update=False,
        doc="Why it was released above the credit limit.",
    )
    cancel_reason: Mapped[str | None] = kehu.column(
        sa.String(500),
        multiline=True,
        create=False,
        update=False,
        doc="Why it was cancelled, or its rest.",
    )
    __table_args__ = (sa.Index("ix_partner_inventory_order_exposure", "partner_id", "unbilled_amount"),)

    def move(self, verb: str) -> None:
        """Follow the chart. Raises ChannelOrderInOtherState."""
        self.status = self.states.after(verb, self.status, of=self.number)

    def submit(self, *, lines: int, at: datetime) -> None:
        """Ask for it. Raises ChannelOrderInOtherState, ChannelOrderEmpty."""
        self.move("submit")
        if not lines:
            message = kehu.text("{order} orders nothing yet; add lines.", order=self.number)
            raise ChannelOrderEmpty(message, field="lines")
        self.submitted_at = at

    def confirm(self, verb: str, *, at: datetime) -> None:
        """Both sides are bound: confirm, or release from hold. Raises ChannelOrderInOtherState."""
        self.move(verb)
        self.confirmed_at, self.unbilled_amount = at, self.total_amount

    def cancel(self, reason: str) -> None:
        """Nobody is bound any more. Raises ChannelOrderInOtherState, OrderReasonMissing."""
        self.move("cancel")
        self.cancel_reason, self.unbilled_amount = explained(reason), ZERO

    def cancel_rest(self, reason: str, *, unbilled: Decimal, shipped_at: datetime | None) -> None:
        """What has not left never will; `unbilled` of what has is on no invoice yet.

        Raises ChannelOrderInOtherState, OrderReasonMissing.
        """
        self.move("cancelRest")
        self.cancel_reason, self.unbilled_amount = explained(reason), unbilled
        self.shipped_at = shipped_at

    def close(self) -> None:
        """Everything is done. Raises ChannelOrderInOtherState, NotBilled."""
        self.move("close")
        if self.unbilled_amount:
            raise NotBilled(kehu.text("{order} is not billed yet.", order=self.number))

    def ship(self, *, is_rest: bool, at: datetime) -> None:
        """Some of it has left, or the rest. Raises ChannelOrderInOtherState."""
        self.move("shipRest" if is_rest else "shipPart")
        self.shipped_at = at if is_rest else None


class ChannelOrderLine(kehu.Entity, Base):
    """One product of an order, at the price of its trace; lines change together, through setLinesChannelOrder."""

    __tablename__ = "partner_inventory_order_line"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_above_zero"),)

    order_id: Mapped[uuid.UUID] = kehu.ref(ChannelOrder, ondelete="CASCADE", doc="Of which order.")
    position: Mapped[int] = kehu.column(doc="Which line it is, from 1.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, doc="What.")
    quantity: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much was ordered.")
    unit_price: Mapped[Decimal] = kehu.column(
        COST, money="order.currency", rounded=False, doc="The price of a unit, in the order's currency."
    )
    amount: Mapped[Decimal] = kehu.column(
        money="order.currency", doc="Quantity times unit price, rounded to the currency."
    )
    price_steps: Mapped[list[Any]] = kehu.column(
        Json, expose=False, doc="The rules that made the price, as JSON; the field priceTrace shows them."
    )
    allocated: Mapped[Decimal] = kehu.column(QUANTITY, default=ZERO, doc="How much is held back for it.")
    filled: Mapped[Decimal] = kehu.column(
        QUANTITY, default=ZERO, doc="How much could be held back when the order was confirmed: the fill rate."
    )
    shipped: Mapped[Decimal] = kehu.column(QUANTITY, default=ZERO, doc="How much has left.")
    billed: Mapped[Decimal] = kehu.column(QUANTITY, default=ZERO, doc="How much is on invoices.")
    returned: Mapped[Decimal] = kehu.column(QUANTITY, default=ZERO, doc="How much came back.")
    cancelled: Mapped[Decimal] = kehu.column(
        QUANTITY, default=ZERO, doc="How much was given up after the rest had left."
    )
    promised_on: Mapped[date | None] = kehu.column(
        doc="When what is missing should be there, by what is on order; none where nobody knows."
    )

    @property
    def is_quoted(self) -> bool:
        """Its price is that of a quote, which the partner has accepted."""
        return any(step["rule"] and parse_global_id(step["rule"])[0] == "Quote" for step in self.price_steps)

    @property
    def missing(self) -> Decimal:
        """What is neither held back nor shipped, nor given up."""
        return self.quantity - self.allocated - self.shipped - self.cancelled

    def worth(self, quantity: Decimal, currency: str) -> Decimal:
        """What so much of it costs."""
        return amount_of(quantity, self.unit_price, currency)

    def ship(self, quantity: Decimal) -> None:
        """So much leaves. Raises ImpossibleLine for nothing, and for more than is held back."""
        if not ZERO < quantity <= self.allocated:
            message = kehu.text(
                "{allocated} of line {line} is held back.",
                allocated=self.allocated,
                line=self.position,
            )
            raise ImpossibleLine(message, field="quantity")
        self.allocated -= quantity
        self.shipped += quantity

    def cancel_rest(self) -> None:
        """What has not left never will."""
        self.cancelled = self.quantity - self.shipped
        self.allocated, self.promised_on = ZERO, None

    def unbilled(self, currency: str) -> Decimal:
        """What has left and is on no invoice comes to."""
        return self.worth(self.shipped, currency) - self.worth(self.billed, currency)

    def bill(self, currency: str) -> Decimal:
        """What has left and is on no invoice goes on one; says what that comes to."""
        before = self.worth(self.billed, currency)
        self.billed = self.shipped
        return self.worth(self.billed, currency) - before

    def take_back(self, quantity: Decimal) -> None:
        """So much comes back. Raises ImpossibleLine, NotBilled for what is on no invoice."""
        if not ZERO < quantity <= self.shipped - self.returned:
            message = kehu.text("So much of line {line} is not with the partner.", line=self.position)
            raise ImpossibleLine(message, field="quantity")
        if self.returned + quantity > self.billed:
            raise NotBilled(kehu.text("Line {line} is on no invoice yet; bill it first.", line=self.position))
        self.returned += quantity


class OrderAllocation(kehu.Entity, Base):
    """A reservation that holds goods back for a line of an order."""

    __tablename__ = "partner_inventory_order_allocation"
    line_id: Mapped[uuid.UUID] = kehu.ref(ChannelOrderLine, doc="For which line.")
    reservation_id: Mapped[uuid.UUID] = kehu.ref(
        Reservation, unique=True, index=False, doc="What holds it back."
    )
    chosen_for: Mapped[SourcingReason] = kehu.column(doc="Why it comes from there.")
    distance_km: Mapped[int | None] = kehu.column(
        doc="How far that is from the partner, as the crow flies; none where one of them is not on the map."
    )


class OrderNumberCounter(Base):
    """The last number of a series that was given in a year; locked by the transaction that takes the next one."""

    __tablename__ = "partner_inventory_number_counter"
    series: Mapped[str] = kehu.column(sa.String(20), primary_key=True)
    year: Mapped[int] = kehu.column(primary_key=True)
    last: Mapped[int] = kehu.column()


def amount_of(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """Quantity times price in whole units of the currency, half a unit away from zero."""
    return (quantity * unit_price).quantize(Decimal(1).scaleb(-minor_digits(currency)), ROUND_HALF_UP)


def explained(reason: str) -> str:
    """The reason without blanks around it. Raises OrderReasonMissing."""
    if not reason.strip():
        raise OrderReasonMissing(kehu.text("Say why."), field="reason")
    return reason.strip()
