"""What must hold of locations."""

from __future__ import annotations

from kehu_partner_inventory import Location, LocationUsage
from tests.kehu.factories import change_refused, changed, refused, saved, stored
from tests.kehu_partner_inventory.conftest import MORNING
from tests.kehu_partner_inventory.depot import Depot


def codes(errors: object) -> list[tuple[str, str | None]]:
    return [(error.code, error.field) for error in errors]  # type: ignore[attr-defined]  # field errors


async def test_a_location_does_not_stand_below_itself(depot: Depot) -> None:
    main = depot.locations["MAIN"]
    aisle = await saved(depot.app, Location(code="M-1", name="Aisle", parent_id=main.id))
    shelf = await saved(depot.app, Location(code="M-1-1", name="Shelf", parent_id=aisle.id))

    for below in (main, aisle, shelf):
        assert codes(await change_refused(depot.app, main, parent_id=below.id)) == [
            ("LOCATION_CYCLE", "parentId")
        ]
    assert (await stored(depot.app, main)).parent_id is None


async def test_stock_is_valued_in_the_currency_of_the_location_above(depot: Depot) -> None:
    aisle = Location(code="M-1", name="Aisle", parent_id=depot.locations["MAIN"].id)

    assert (await saved(depot.app, aisle)).currency == "EUR"
    assert codes(await refused(depot.app, Location(code="X", name="X"))) == [("CURRENCY_MISSING", "currency")]
    assert codes(await refused(depot.app, Location(code="X", name="X", currency="XXQ"))) == [
        ("CURRENCY_MISSING", "currency")
    ]
    outside = Location(code="X", name="X", usage=LocationUsage.SUPPLIER)
    assert (await saved(depot.app, outside)).currency is None


async def test_what_a_location_is_stays_once_something_has_moved(depot: Depot) -> None:
    side = await changed(depot.app, depot.locations["SIDE"], currency="USD")
    await changed(depot.app, side, currency="EUR")
    await depot.receive("BOLT", 1, at="SIDE")

    assert codes(await change_refused(depot.app, side, usage=LocationUsage.PARTNER)) == [
        ("LOCATION_IN_USE", "usage")
    ]
    assert codes(await change_refused(depot.app, side, currency="USD")) == [("LOCATION_IN_USE", "usage")]
    await changed(depot.app, side, name="Side depot")


async def test_a_location_with_stock_is_not_archived(depot: Depot) -> None:
    side = depot.locations["SIDE"]
    await depot.receive("BOLT", 1, at="SIDE")

    assert codes(await change_refused(depot.app, side, archived_at=MORNING)) == [("LOCATION_NOT_EMPTY", None)]
    await depot.issue("BOLT", 1, at="SIDE")
    assert (await changed(depot.app, side, archived_at=MORNING)).archived_at == MORNING


async def test_consignment_is_stock_that_is_not_its_holders(depot: Depot) -> None:
    document = """{ locations(filter: {isConsignment: {eq: true}}) { nodes { code } } }"""
    shop = depot.locations["SHOP"]

    assert (await depot.ask(document))["locations"]["nodes"] == [{"code": "SHOP"}]
    await changed(depot.app, shop, stock_owner_id=shop.holder_id)
    assert (await depot.ask(document))["locations"]["nodes"] == []
