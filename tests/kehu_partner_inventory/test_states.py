"""The charts that `kehu docs states` prints are those that the code goes by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

import kehu
from kehu.ops.cli.root import main
from kehu_partner_inventory import (
    ExpectedReceipt,
    ReceiptState,
    Reservation,
    ReservationState,
    Stocktake,
    StocktakeLine,
    StocktakeState,
)
from kehu_partner_inventory.receipts.models import RECEIPT_STATES
from kehu_partner_inventory.reservations.models import RESERVATION_STATES
from kehu_partner_inventory.stocktakes.models import STOCKTAKE_STATES
from tests.kehu_partner_inventory.depot import D

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFF = [StocktakeLine(expected=D(10), counted=D(5))]

COUNTING: dict[str, Callable[[Stocktake], None]] = {
    "count": lambda each: each.move("count"),
    "complete": lambda each: each.complete(OFF, at=NOW),
    "completeWithinTolerance": lambda each: each.complete([], at=NOW),
    "approve": lambda each: each.approve(by=None, at=NOW),
    "recount": lambda each: each.take_up_again(),
    "post": lambda each: each.post(at=NOW),
    "cancel": lambda each: each.cancel(),
}
RECEIVING: dict[str, Callable[[ExpectedReceipt], None]] = {
    "receivePart": lambda each: each.arrive(D(1)),
    "receiveRest": lambda each: each.arrive(D(5)),
    "cancel": lambda each: each.cancel(),
}


def _expire(reservation: Reservation) -> None:
    reservation.expires_at = NOW
    reservation.release(at=NOW)


PROMISING: dict[str, Callable[[Reservation], object]] = {
    "shipPart": lambda each: each.ship(D(1), at=NOW),
    "shipRest": lambda each: each.ship(D(5), at=NOW),
    "release": lambda each: each.release(at=NOW),
    "expire": _expire,
}


@pytest.mark.parametrize("verb", STOCKTAKE_STATES.verbs)
@pytest.mark.parametrize("state", StocktakeState)
def test_a_stocktake_goes_by_its_chart(verb: str, state: StocktakeState) -> None:
    stocktake = Stocktake(state=state, tolerance_percent=D(0))
    _follow(lambda: COUNTING[verb](stocktake), allowed=STOCKTAKE_STATES.allows(verb, state))
    assert stocktake.state is STOCKTAKE_STATES.targets.get((verb, state), state)


@pytest.mark.parametrize("verb", RECEIPT_STATES.verbs)
@pytest.mark.parametrize("state", ReceiptState)
def test_an_expected_receipt_goes_by_its_chart(verb: str, state: ReceiptState) -> None:
    receipt = ExpectedReceipt(state=state, quantity=D(5), received=D(0))
    _follow(lambda: RECEIVING[verb](receipt), allowed=RECEIPT_STATES.allows(verb, state))
    assert receipt.state is RECEIPT_STATES.targets.get((verb, state), state)


@pytest.mark.parametrize("verb", RESERVATION_STATES.verbs)
@pytest.mark.parametrize("state", ReservationState)
def test_a_reservation_goes_by_its_chart(verb: str, state: ReservationState) -> None:
    reservation = Reservation(state=state, quantity=D(5), shipped=D(0))
    _follow(lambda: PROMISING[verb](reservation), allowed=RESERVATION_STATES.allows(verb, state))
    assert reservation.state is RESERVATION_STATES.targets.get((verb, state), state)


def test_docs_states_prints_every_chart() -> None:
    printed = CliRunner().invoke(
        main, ["--plugins", "partner_inventory", "docs", "states", "partner_inventory"]
    )
    assert printed.exit_code == 0
    charts = [line.partition(":")[0] for line in printed.output.splitlines() if not line.startswith(" ")]
    assert sorted(charts) == [
        "ChannelOrder",
        "DealRegistration",
        "ExpectedReceipt",
        "FundClaim",
        "FundRequest",
        "LevelReview",
        "Partner",
        "RebateStatement",
        "Reservation",
        "StockAlert",
        "Stocktake",
        "Transfer",
    ]


def _follow(act: Callable[[], object], *, allowed: bool) -> None:
    if allowed:
        act()
        return
    with pytest.raises(kehu.Refusal):
        act()
