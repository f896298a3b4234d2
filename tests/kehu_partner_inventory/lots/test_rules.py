"""What must hold of lots."""

from __future__ import annotations

from datetime import date

from kehu_partner_inventory import Lot
from tests.kehu.factories import refused, saved
from tests.kehu_partner_inventory.depot import Depot


async def test_a_number_stands_for_one_lot_of_a_product(depot: Depot) -> None:
    milk, pump = depot.products["MILK"].id, depot.products["PUMP"].id
    lot = await saved(depot.app, Lot(product_id=milk, number=" A "))
    piece = await saved(depot.app, Lot(product_id=pump, number="A"))

    assert (lot.number, lot.is_serial, piece.is_serial) == ("A", False, True)
    errors = await refused(depot.app, Lot(product_id=milk, number="A"))
    assert [(error.code, error.field) for error in errors] == [("DUPLICATE", "number")]


async def test_nothing_expires_before_it_is_made(depot: Depot) -> None:
    lot = Lot(
        product_id=depot.products["MILK"].id,
        number="A",
        made_on=date(2026, 3, 2),
        expires_on=date(2026, 3, 1),
    )

    assert [error.field for error in await refused(depot.app, lot)] == ["expiresOn"]
