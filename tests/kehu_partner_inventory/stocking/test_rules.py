"""What must hold of units, classes and profiles, and of products that are in stock."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import kehu
from kehu_partner_inventory import CountClass, StockProfile, StockUnit
from tests.kehu.factories import change_refused, changed, refused, saved
from tests.kehu_partner_inventory.depot import D, Depot


async def test_what_quantities_mean_stays_once_a_product_has_moved(depot: Depot) -> None:
    bolt = await changed(depot.app, depot.products["BOLT"], unit="kg", is_serial_tracked=True)
    await changed(depot.app, bolt, unit="piece", is_serial_tracked=False)
    await depot.receive("BOLT", 1)

    errors = await change_refused(depot.app, bolt, unit="kg", is_serial_tracked=True)

    assert [(error.code, error.field) for error in errors] == [
        ("TRACKING_FIXED", "unit"),
        ("TRACKING_FIXED", "isSerialTracked"),
    ]
    await changed(depot.app, bolt, name="Hex bolt")


async def test_whether_a_product_has_lots_stays_once_it_has_moved(depot: Depot) -> None:
    await depot.receive("BOLT", 1)
    profile = StockProfile(product_id=depot.products["BOLT"].id, is_lot_tracked=True)

    assert [error.code for error in await refused(depot.app, profile)] == ["TRACKING_FIXED"]
    await saved(depot.app, StockProfile(product_id=depot.products["BOLT"].id))


async def test_a_unit_does_not_become_coarser_while_goods_are_counted_in_it(depot: Depot) -> None:
    async with depot.app.context() as ctx:
        kilo = (await ctx.session.scalars(sa.select(StockUnit).where(StockUnit.name == "kg"))).one()
    await changed(depot.app, kilo, decimals=2)
    await depot.receive("FLOUR", "0.25")

    errors = await change_refused(depot.app, kilo, decimals=1)

    assert [(error.code, error.field) for error in errors] == [("OUT_OF_RANGE", "decimals")]
    await changed(depot.app, kilo, decimals=4)


@pytest.mark.parametrize("decimals", [-1, 5])
async def test_the_ledger_keeps_four_decimals(depot: Depot, decimals: int) -> None:
    errors = await refused(depot.app, StockUnit(name="t", decimals=decimals))

    assert [(error.code, error.field) for error in errors] == [("OUT_OF_RANGE", "decimals")]


async def test_a_unit_that_is_not_listed_is_counted_in_whole_numbers(depot: Depot) -> None:
    await changed(depot.app, depot.products["BOLT"], unit="box")
    call = f'receiveAtLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", "1.5", unitCost=1)}])'

    assert await depot.refused(call) == [("TOO_MANY_DECIMALS", "quantity")]


async def test_a_class_has_an_interval_and_a_tolerance(depot: Depot) -> None:
    never = CountClass(name="Z", interval_days=0)
    negative = CountClass(name="Z", interval_days=1, tolerance_percent=D(-1))

    assert [error.field for error in await refused(depot.app, never)] == ["intervalDays"]
    assert [error.field for error in await refused(depot.app, negative)] == ["tolerancePercent"]


async def test_products_without_stock_are_deleted_as_ever(depot: Depot) -> None:
    product = await saved(depot.app, kehu.Product(code="NUT", name="Nut"))

    async with depot.app.context() as ctx, ctx.write():
        await ctx.delete(await ctx.get(kehu.Product, product.id))
