"""The states of a transfer."""

from __future__ import annotations

import pytest

from kehu_partner_inventory import Transfer, TransferState
from kehu_partner_inventory.transfers.models import TRANSFER_STATES, TransferNotReady


@pytest.mark.parametrize(("verb", "source"), TRANSFER_STATES.targets)
def test_a_transfer_goes_its_way(verb: str, source: TransferState) -> None:
    transfer = Transfer(state=source)
    transfer.move(verb)
    assert transfer.state is TRANSFER_STATES.targets[verb, source]


@pytest.mark.parametrize(("verb", "state"), TRANSFER_STATES.refused)
def test_a_transfer_goes_no_other_way(verb: str, state: TransferState) -> None:
    transfer = Transfer(state=state)
    with pytest.raises(TransferNotReady):
        transfer.move(verb)
    assert transfer.state is state
