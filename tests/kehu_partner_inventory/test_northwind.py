"""Northwind's stock: what its tables say, entered and asked for through the API."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

import kehu
from kehu_partner_inventory import ExpectedReceipt, Location, LocationUsage, ReorderRule
from kehu_partner_inventory.stock.actions import receive_at
from kehu_partner_inventory.stock.lines import StockLine
from tests.kehu_partner_inventory.depot import Depot

Row = dict[str, str]


async def import_northwind(depot: Depot, folder: Path) -> None:
    """Suppliers with a location each; products with what is there, what is on order, and when to reorder."""
    suppliers = _rows(folder / "Suppliers.csv")
    products = _rows(folder / "Products.csv")
    async with depot.app.context() as ctx, ctx.write():
        sources = {row["SupplierID"]: _supplier(ctx, row) for row in suppliers}
        known = {row["ProductID"]: _product(ctx, row) for row in products}
        await ctx.flush()
        for row in products:
            await _stock(ctx, row, known[row["ProductID"]], sources[row["SupplierID"]])
        await ctx.flush()
        for row in products:
            known[row["ProductID"]].is_active = row["Discontinued"] == "0"


async def test_northwinds_stock_is_worth_what_its_tables_say(depot: Depot, kehu_data: Path) -> None:
    await import_northwind(depot, kehu_data / "northwind" / "csv")

    found = await depot.ask(
        """{
            stockAsOf(at: "2026-03-02T09:00:00Z") { quantity value currency }
            reorderList { rule { product { name } } onHand incoming suggested }
            short: products(filter: {isActive: {eq: true}}, first: 200) { nodes { name onHand incoming } }
            onOrder: expectedReceiptsAggregate { sum { quantity } }
        }"""
    )

    assert sum(Decimal(row["quantity"]) for row in found["stockAsOf"]) == 3119
    assert sum(Decimal(row["value"]) for row in found["stockAsOf"]) == Decimal("74050.85")
    assert {row["currency"] for row in found["stockAsOf"]} == {"USD"}
    names = [line["rule"]["product"]["name"] for line in found["reorderList"]]
    assert sorted(names) == ["Nord-Ost Matjeshering", "Outback Lager"]
    assert found["onOrder"] == [{"sum": {"quantity": "780"}}]
    await depot.books_balance()


async def test_eighteen_active_products_of_northwind_are_below_their_reorder_level(
    depot: Depot, kehu_data: Path
) -> None:
    await import_northwind(depot, kehu_data / "northwind" / "csv")
    rule, product = ReorderRule, kehu.Product

    async with depot.app.context() as ctx:
        levels = await ctx.session.execute(
            sa.select(product.id, rule.minimum)
            .join(product, product.id == rule.product_id)
            .where(product.is_active)
        )
        minimum = {row[0]: row[1] for row in levels}
    found = await depot.ask("{ products(first: 200) { nodes { id onHand } } }")
    on_hand = {node["id"]: Decimal(node["onHand"]) for node in found["products"]["nodes"]}
    below = [key for key, level in minimum.items() if on_hand[kehu.global_id("Product", key)] < level]

    assert len(below) == 18


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _supplier(ctx: kehu.Context, row: Row) -> Location:
    customer = ctx.add(kehu.Customer(id=kehu.uuid7(), name=row["CompanyName"]))
    return ctx.add(
        Location(
            id=kehu.uuid7(),
            code=f"S-{row['SupplierID']}",
            name=row["CompanyName"],
            usage=LocationUsage.SUPPLIER,
            holder_id=customer.id,
        )
    )


def _product(ctx: kehu.Context, row: Row) -> kehu.Product:
    return ctx.add(
        kehu.Product(
            id=kehu.uuid7(),
            code=f"NW-{row['ProductID']}",
            name=row["ProductName"],
        )
    )


async def _stock(ctx: kehu.Context, row: Row, product: kehu.Product, source: Location) -> None:
    main = await _warehouse(ctx)
    cost = Decimal(row["UnitPrice"])
    if row["UnitsInStock"] != "0":
        key = kehu.GlobalId(kehu.global_id("Product", product.id))
        line = StockLine(key, Decimal(row["UnitsInStock"]), None, None, cost)
        await receive_at(main, ctx, [line], source)
    if row["UnitsOnOrder"] != "0":
        ctx.add(
            ExpectedReceipt(
                location_id=main.id,
                product_id=product.id,
                customer_id=source.holder_id,
                quantity=Decimal(row["UnitsOnOrder"]),
                unit_cost=cost,
            )
        )
    ctx.add(ReorderRule(location_id=main.id, product_id=product.id, minimum=Decimal(row["ReorderLevel"])))


async def _warehouse(ctx: kehu.Context) -> Location:
    """Northwind's only warehouse, valued in dollars."""
    found = (await ctx.session.scalars(sa.select(Location).where(Location.code == "NORTHWIND"))).one_or_none()
    if found is None:
        found = ctx.add(Location(id=kehu.uuid7(), code="NORTHWIND", name="Northwind", currency="USD"))
        await ctx.flush()
    return found
