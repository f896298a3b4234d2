"""The ledger holds whatever people do: see machine.py. `python -m benchmarks.stock` runs many more sequences."""

from __future__ import annotations

import pytest

from tests.depth import times
from tests.kehu_partner_inventory.proof.proving import prove


def test_the_books_balance_after_every_step_on_sqlite(sqlite_depot_url: str) -> None:
    prove(sqlite_depot_url, sequences=times(12), steps=25)


@pytest.mark.postgresql
def test_the_books_balance_after_every_step_on_postgresql(postgresql_depot_url: str) -> None:
    prove(postgresql_depot_url, sequences=times(4), steps=25)
