"""The states of a transfer."""

from __future__ import annotations

import itertools

import pytest

from kehu_partner_inventory import Transfer, TransferState
from kehu_partner_inventory.transfers.models import WAYS, TransferNotReady

ALLOWED = {
    ("REQUESTED", "APPROVED"),
    ("REQUESTED", "CANCELLED"),
    ("APPROVED", "IN_TRANSIT"),
    ("APPROVED", "CANCELLED"),
    ("IN_TRANSIT", "RECEIVED"),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(TransferState, TransferState)))
def test_a_transfer_goes_its_way_and_no_other(before: TransferState, after: TransferState) -> None:
    transfer = Transfer(state=before)

    if (before.name, after.name) in ALLOWED:
        transfer.enter(after)
        assert transfer.state is after
    else:
        with pytest.raises(TransferNotReady):
            transfer.enter(after)
        assert transfer.state is before


def test_every_state_has_its_ways() -> None:
    assert set(WAYS) == set(TransferState)
