"""The life of an order, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

import kehu
from kehu_partner_inventory import ChannelOrder, ChannelOrderLine, ChannelOrderStatus
from kehu_partner_inventory.billing.models import PaidTooMuch, shared
from kehu_partner_inventory.orders.models import (
    CHANNEL_ORDER_STATES,
    ChannelOrderInOtherState,
    ImpossibleLine,
    NotBilled,
)

D = Decimal
AT = datetime(2026, 3, 2, tzinfo=UTC)


def an_order(status: ChannelOrderStatus) -> ChannelOrder:
    return ChannelOrder(
        id=kehu.uuid7(), number="C-2026-00001", status=status, total_amount=D(10), unbilled_amount=D(0)
    )


def act(order: ChannelOrder, verb: str) -> None:
    match verb:
        case "submit":
            order.submit(lines=1, at=AT)
        case "confirm" | "release":
            order.confirm(verb, at=AT)
        case "shipPart" | "shipRest":
            order.ship(is_rest=verb == "shipRest", at=AT)
        case "cancel":
            order.cancel("Not wanted any more.")
        case "cancelRest":
            order.cancel_rest("Out of production.", unbilled=D(0), shipped_at=AT)
        case "close":
            order.close()
        case _:
            order.move(verb)


@pytest.mark.parametrize(("verb", "source"), CHANNEL_ORDER_STATES.targets)
def test_a_verb_of_the_chart_leads_where_the_chart_says(verb: str, source: ChannelOrderStatus) -> None:
    order = an_order(source)
    act(order, verb)
    assert order.status is CHANNEL_ORDER_STATES.targets[verb, source]


@pytest.mark.parametrize(("verb", "state"), CHANNEL_ORDER_STATES.refused)
def test_every_other_verb_is_refused_and_changes_nothing(verb: str, state: ChannelOrderStatus) -> None:
    order = an_order(state)
    with pytest.raises(ChannelOrderInOtherState):
        act(order, verb)
    assert order.status is state


def test_no_more_leaves_than_is_held_back_and_no_more_comes_back_than_left() -> None:
    line = ChannelOrderLine(
        position=1,
        quantity=D(5),
        unit_price=D("0.333"),
        allocated=D(3),
        shipped=D(0),
        billed=D(0),
        returned=D(0),
        cancelled=D(0),
    )
    for quantity in (D(0), D(4)):
        with pytest.raises(ImpossibleLine):
            line.ship(quantity)
    line.ship(D(3))
    with pytest.raises(NotBilled):
        line.take_back(D(1))
    assert line.bill("EUR") == D("1.00")
    with pytest.raises(ImpossibleLine):
        line.take_back(D(4))
    line.take_back(D(3))
    assert (line.missing, line.shipped, line.billed, line.returned) == (D(2), D(3), D(3), D(3))


@pytest.mark.parametrize(
    ("amount", "open_amounts", "shares"),
    [
        ("30", ["20", "20"], ["20", "10"]),
        ("30", ["20", "-5", "20"], ["20", "-5", "15"]),
        ("40", ["20", "20"], ["20", "20"]),
    ],
)
def test_a_payment_is_shared_in_order_and_credit_notes_are_set_off(
    amount: str, open_amounts: list[str], shares: list[str]
) -> None:
    assert shared(D(amount), [D(each) for each in open_amounts], "EUR") == [D(each) for each in shares]


@pytest.mark.parametrize("amount", ["0", "-1", "15.01"])
def test_no_more_is_paid_than_is_owed(amount: str) -> None:
    with pytest.raises(PaidTooMuch):
        shared(D(amount), [D(20), D(-5)], "EUR")
