"""The rules that hold for one order, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu_sfa import Order, OrderStatus, Payment
from kehu_sfa.lines.rules import ImpossibleAmount
from kehu_sfa.orders.models import (
    ORDER_STATES,
    CancelReasonMissing,
    OrderEmpty,
    OrderInOtherState,
    PaidTooMuch,
    ReturnedTooMuch,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def make_order(status: OrderStatus = OrderStatus.CONFIRMED, **values: str) -> Order:
    amounts = {"total_amount": "100", "paid_amount": "50", "returned_amount": "0", **values}
    decimals = {name: Decimal(value) for name, value in amounts.items()}
    return Order(number="O-2026-00001", currency="EUR", status=status, **decimals)


def payment(amount: str, **values: Any) -> Payment:
    return Payment(amount=Decimal(amount), **{"is_advance": False, **values})


def give_back(order: Order, amount: Decimal) -> None:
    order.refund(amount, on=NOW.date(), by_day={NOW.date(): order.paid_amount})


VERBS: dict[str, Callable[[Order], object]] = {
    "confirm": lambda order: order.confirm(lines=1, at=NOW),
    "fulfil": lambda order: order.fulfil(at=NOW),
    "cancel": lambda order: order.cancel(reason="Too late.", at=NOW),
    "receivePayment": lambda order: order.receive(payment("1", is_advance=True)),
    "refund": lambda order: give_back(order, Decimal(1)),
    "takeBack": lambda order: order.take_back(Decimal(1)),
    "change": lambda order: order.move("change"),
}


@pytest.mark.parametrize(("verb", "state"), ORDER_STATES.refused)
def test_a_verb_that_the_chart_does_not_allow_is_refused(verb: str, state: OrderStatus) -> None:
    order = make_order(state)

    with pytest.raises(OrderInOtherState) as refusal:
        VERBS[verb](order)

    assert [(e.code, e.field) for e in refusal.value.errors] == [("ORDER_IN_OTHER_STATE", "status")]
    assert (order.status, order.paid_amount, order.returned_amount) == (state, Decimal(50), Decimal(0))


@pytest.mark.parametrize(("verb", "state"), ORDER_STATES.targets)
def test_a_verb_leads_where_the_chart_says(verb: str, state: OrderStatus) -> None:
    order = make_order(state)

    VERBS[verb](order)

    assert order.status is ORDER_STATES.targets[verb, state]


def test_no_more_than_is_outstanding_is_received_unless_it_is_an_advance() -> None:
    order = make_order()

    with pytest.raises(PaidTooMuch):
        order.receive(payment("50.01"))
    assert order.paid_amount == 50
    order.receive(payment("50"))
    assert order.outstanding == 0
    order.receive(payment("10", is_advance=True))
    assert order.outstanding == -10


def test_amounts_are_told_as_their_currency_writes_them() -> None:
    order = make_order(OrderStatus.FULFILLED, total_amount="123456.5000", paid_amount="1000.0000")
    verbs: list[Callable[[], object]] = [
        lambda: order.receive(payment("200000")),
        lambda: give_back(order, Decimal(1001)),
        lambda: order.take_back(Decimal(123457)),
    ]
    said = []
    for verb in verbs:
        with pytest.raises(kehu.Refusal) as refusal:
            verb()
        said.append(str(refusal.value))
    assert said == [
        "200,000.00 EUR are more than the 122,456.50 EUR that O-2026-00001 has outstanding; mark an advance.",
        "Of what was paid for O-2026-00001 by 2026-03-02, only 1,000.00 EUR are not given back.",
        "O-2026-00001 came to 123,456.50 EUR only.",
    ]


def test_nothing_is_owed_before_the_confirmation() -> None:
    order = make_order(OrderStatus.DRAFT, paid_amount="0")

    with pytest.raises(PaidTooMuch):
        order.receive(payment("1"))


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_an_amount_is_above_zero_and_in_whole_units(amount: str) -> None:
    order = make_order(OrderStatus.FULFILLED)

    for verb in (
        order.take_back,
        lambda each: give_back(order, each),
        lambda each: order.receive(Payment(amount=each)),
    ):
        with pytest.raises(ImpossibleAmount):
            verb(Decimal(amount))

    assert (order.paid_amount, order.returned_amount) == (Decimal(50), Decimal(0))


def test_no_more_goes_back_than_was_paid_and_no_more_comes_back_than_was_agreed() -> None:
    order = make_order(OrderStatus.FULFILLED)

    with pytest.raises(PaidTooMuch):
        give_back(order, Decimal(51))
    with pytest.raises(ReturnedTooMuch):
        order.take_back(Decimal(101))

    assert (order.paid_amount, order.returned_amount) == (Decimal(50), Decimal(0))


@pytest.mark.parametrize(
    ("day", "left"), [(21, 10), (24, 10), (25, 30), (26, 30), (27, 30), (28, 35), (29, 35)]
)
def test_what_can_go_back_is_the_least_of_its_day_and_all_after_it(day: int, left: int) -> None:
    by_day = {date(2026, 1, on): Decimal(amount) for on, amount in ((27, -30), (21, 10), (28, 5), (25, 50))}
    order = make_order(paid_amount="35")

    with pytest.raises(PaidTooMuch):
        order.refund(Decimal(left + 1), on=date(2026, 1, day), by_day=by_day)
    order.refund(Decimal(left), on=date(2026, 1, day), by_day=by_day)

    assert order.paid_amount == 35 - left


def test_an_order_is_cancelled_for_a_reason_and_confirmed_with_lines() -> None:
    confirmed, draft = make_order(), make_order(OrderStatus.DRAFT)

    with pytest.raises(CancelReasonMissing):
        confirmed.cancel(reason=" ", at=NOW)
    with pytest.raises(OrderEmpty):
        draft.confirm(lines=0, at=NOW)

    assert (confirmed.status, draft.status) == (OrderStatus.CONFIRMED, OrderStatus.DRAFT)
    assert issubclass(OrderEmpty, kehu.Refusal)
