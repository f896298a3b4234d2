"""Real orders: those of northwind, superstore_en and wholesale_customers_uci, entered once and asked for exactly."""

from __future__ import annotations

import csv
import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import xlrd  # type: ignore[import-untyped]  # has no types

import kehu
from kehu_graphql import Api
from kehu_partner_inventory import ChannelOrder, Partner, PartnerStatus
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.orders.actions import (
    WantedLine,
    confirm,
    invoice,
    set_lines,
    ship,
    submit,
    take_back,
)
from kehu_partner_inventory.orders.models import ChannelOrderLine
from kehu_partner_inventory.orders.shipping import LineQuantity
from tests.kehu_partner_inventory.depot import Depot, depot_of

D = Decimal
Row = dict[str, str]
SUM = "{ channelOrdersAggregate { count } channelOrderLinesAggregate { count sum { quantity netAmount } } }"
BY_PARTNER = (
    """{ channelOrderLinesAggregate(groupBy: [{field: ORDER_ID}]) { key { orderId } sum { netAmount } } }"""
)


@dataclasses.dataclass(frozen=True)
class Sale:
    """A line of an order: by whom, in which order, of what, how much, for how much, at which discount."""

    partner: str
    order: str
    product: str
    quantity: Decimal
    price: Decimal
    percent: Decimal | None = None


async def entered(app: kehu.App, sales: Sequence[Sale], currency: str) -> None:
    """Partners, products and orders, all in one transaction of the write path."""
    async with app.context() as ctx, ctx.write():
        products = {code: kehu.uuid7() for code in dict.fromkeys(sale.product for sale in sales)}
        partners = {code: kehu.uuid7() for code in dict.fromkeys(sale.partner for sale in sales)}
        for code, key in products.items():
            ctx.add(kehu.Product(id=key, code=code, name=code))
        for code, key in partners.items():
            customer = ctx.add(kehu.Customer(id=kehu.uuid7(), name=code))
            ctx.add(
                Partner(
                    id=key,
                    code=code,
                    customer_id=customer.id,
                    kind="DEALER",
                    currency=currency,
                    status=PartnerStatus.ACTIVE,
                    credit_limit=D(1_000_000),
                )
            )
        await ctx.flush()
        for reference, lines in _orders(sales).items():
            partner_id = partners[lines[0].partner]
            order = ctx.add(ChannelOrder(id=kehu.uuid7(), partner_id=partner_id, reference=reference))
            await ctx.flush()
            wanted = [_wanted(products[line.product], line) for line in lines]
            await set_lines(order, ctx, wanted)


def _orders(sales: Iterable[Sale]) -> dict[str, list[Sale]]:
    found: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        found[sale.order].append(sale)
    return found


def _wanted(product: Any, sale: Sale) -> WantedLine:
    key = kehu.GlobalId(kehu.global_id("Product", product))
    return WantedLine(key, sale.quantity, sale.price, sale.percent)


def rows_of(file: Path, encoding: str = "utf-8-sig") -> list[Row]:
    with file.open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
async def api(app: kehu.App) -> Api:
    return Api(app)


async def asked(api: Api, document: str) -> Any:
    answer = await api.execute(document, principal=kehu.SYSTEM)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def test_northwinds_830_orders_bring_what_its_tables_say(api: Api, kehu_data: Path) -> None:
    folder = kehu_data / "northwind" / "csv"
    customers = {row["OrderID"]: row["CustomerID"] for row in rows_of(folder / "Orders.csv")}
    sales = [
        Sale(
            customers[row["OrderID"]],
            row["OrderID"],
            row["ProductID"],
            D(row["Quantity"]),
            D(row["UnitPrice"]),
            D(row["Discount"]) * 100,
        )
        for row in rows_of(folder / "Order_Details.csv")
    ]
    await entered(api.app, sales, "USD")

    found = await asked(api, SUM)
    assert found["channelOrdersAggregate"] == [{"count": 830}]
    assert found["channelOrderLinesAggregate"] == [
        {"count": 2155, "sum": {"quantity": "51317", "netAmount": "1265793.0395"}}
    ]
    best = await net_by_partner(api)
    assert best["QUICK"] == D("110277.305")
    assert best["ERNSH"] == D("104874.9785")
    assert best["SAVEA"] == D("104361.95")


async def net_by_partner(api: Api) -> dict[str, Decimal]:
    """What the lines of each partner come to, by the API's own sums."""
    found = await asked(
        api, "{ partners(first: 200) { nodes { code orders(first: 200) { nodes { id } } } } }"
    )
    partner = {
        order["id"]: each["code"] for each in found["partners"]["nodes"] for order in each["orders"]["nodes"]
    }
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for group in (await asked(api, BY_PARTNER))["channelOrderLinesAggregate"]:
        sums[partner[group["key"]["orderId"]]] += D(group["sum"]["netAmount"])
    return sums


async def test_wholesale_customers_spend_by_channel(api: Api, kehu_data: Path) -> None:
    """What 440 customers spent in a year, by product and by channel: 1 is hotels and restaurants, 2 is retail."""
    rows = rows_of(kehu_data / "wholesale_customers_uci" / "Wholesale customers data.csv")
    goods = [name for name in rows[0] if name not in ("Channel", "Region")]
    sales = [
        Sale(f"{row['Channel']}-{row['Region']}-{n}", str(n), name, D(1), D(row[name]))
        for n, row in enumerate(rows)
        for name in goods
    ]
    await entered(api.app, sales, "EUR")

    def spent(condition: str) -> str:
        return f"channelOrderLinesAggregate(filter: {condition}) {{ count sum {{ netAmount }} }}"

    by_product = " ".join(
        f"p{n}: {spent(f'{{product: {{code: {{eq: {chr(34)}{name}{chr(34)}}}}}}}')}"
        for n, name in enumerate(goods)
    )
    no_fresh = '{not: {product: {code: {eq: "Fresh"}}}}'
    in_channel = '{{and: [{{order: {{partner: {{code: {{startsWith: "{}-"}}}}}}}}, {}]}}'
    by_channel = " ".join(f"c{n}: {spent(in_channel.format(n, no_fresh))}" for n in (1, 2))
    found = {
        name: (row["count"], row["sum"]["netAmount"])
        for name, [row] in (await asked(api, f"{{ {by_product} {by_channel} }}")).items()
    }
    assert found == {
        "p0": (440, "5280131"),
        "p1": (440, "2550357"),
        "p2": (440, "3498562"),
        "p3": (440, "1351650"),
        "p4": (440, "1267857"),
        "p5": (440, "670943"),
        "c1": (298 * 5, "3983852"),
        "c2": (142 * 5, "5355517"),
    }


@pytest.mark.slow(reason="real orders of a year go in through the API")
async def test_superstores_orders_come_to_the_sales_of_the_file(api: Api, kehu_data: Path) -> None:
    """Ten thousand lines: that is what makes it slow."""
    rows = rows_of(kehu_data / "superstore_en" / "Sample - Superstore.csv")
    sales = [sale for row in rows for sale in _superstore(row)]
    await entered(api.app, sales, "USD")

    found = await asked(api, SUM)
    assert found["channelOrdersAggregate"] == [{"count": 5111}]
    [lines] = found["channelOrderLinesAggregate"]
    assert lines["sum"] == {"quantity": "38654", "netAmount": "2326534.3543"}


@pytest.mark.slow(reason="real orders of a year go in through the API")
async def test_superstores_returns_come_back_as_its_sheet_says(api: Api, kehu_data: Path) -> None:
    """296 orders are ordered, confirmed, shipped and taken back: that is what makes it slow."""
    folder = kehu_data / "superstore_en"
    with xlrd.open_workbook(folder / "Sample - Superstore.xls", on_demand=True) as book:
        returned = set(book.sheet_by_name("Returns").col_values(1, 1))
    rows = [row for row in rows_of(folder / "Sample - Superstore.csv") if row["Order ID"] in returned]
    sales = [sale for row in rows for sale in _superstore(row)]
    await entered(api.app, sales, "USD")
    depot = await depot_of(api.app)
    await receive_all(depot, sales)

    async with api.app.context() as ctx, ctx.write():
        main = await ctx.get(Location, depot.locations["MAIN"].id)
        for order in (await ctx.session.scalars(sa.select(ChannelOrder))).all():
            for act in (submit, confirm, ship, invoice):
                await act(order, ctx)
                await ctx.flush()
            own = sa.select(ChannelOrderLine).where(ChannelOrderLine.order_id == order.id)
            lines = [_whole(line) for line in await ctx.session.scalars(own)]
            await take_back(order, ctx, lines, main, "Did not fit")

    back = "channelOrderLinesAggregate(filter: {returned: {gt: 0}}) { sum { returned netAmount } }"
    found = await asked(api, f"{{ channelOrders(first: 1) {{ totalCount }} {back} }}")
    assert found["channelOrders"]["totalCount"] == 296
    [lines_back] = found["channelOrderLinesAggregate"]
    assert lines_back["sum"] == {"returned": "3053", "netAmount": "180504.2779"}
    await depot.books_balance()


async def receive_all(depot: Depot, sales: Sequence[Sale]) -> None:
    """As much of every product as is sold."""
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for sale in sales:
        wanted[sale.product] += sale.quantity
    lines = [depot.line(product, quantity, unitCost=1) for product, quantity in wanted.items()]
    for first in range(0, len(lines), 100):
        some = ", ".join(lines[first : first + 100])
        await depot.do(f'receiveAtLocation(id: "{depot["MAIN"]}", lines: [{some}])')


def _whole(line: ChannelOrderLine) -> LineQuantity:
    return LineQuantity(kehu.GlobalId(kehu.global_id("ChannelOrderLine", line.id)), line.quantity)


def _superstore(row: Row) -> list[Sale]:
    """A line as it was sold; where the price of a unit has more than four places, one piece takes the rest."""
    quantity, amount = D(row["Quantity"]), D(row["Sales"])
    price = (amount / quantity).quantize(D("0.0001"))

    def sale(n: Decimal, at: Decimal) -> Sale:
        return Sale(row["Customer ID"], row["Order ID"], row["Product ID"], n, at)

    if price * quantity == amount:
        return [sale(quantity, price)]
    return [sale(quantity - 1, price), sale(D(1), amount - price * (quantity - 1))]
