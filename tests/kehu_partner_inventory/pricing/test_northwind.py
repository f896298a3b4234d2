"""Northwind's 830 orders: the engine prices each line, and the net revenue is that of the tables, to the digit."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import kehu
from kehu_partner_inventory.pricing.engine import Discount, ListedPrice, PriceRules


def test_northwinds_net_revenue_is_exact(kehu_data: Path) -> None:
    file = kehu_data / "northwind" / "csv" / "Order_Details.csv"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    revenue = sum((_net(row) for row in rows), Decimal(0))

    assert len({row["OrderID"] for row in rows}) == 830
    assert revenue == Decimal("1265793.0395")


def _net(row: dict[str, str]) -> Decimal:
    """What a line brings: its price less its discount, times its quantity."""
    quantity, percent = Decimal(row["Quantity"]), Decimal(row["Discount"]) * 100
    rules = PriceRules(
        listed=[ListedPrice(kehu.uuid7(), Decimal(1), Decimal(row["UnitPrice"]))],
        promotions=[Discount(kehu.uuid7(), "Discount of the line", percent)] if percent else [],
    )
    return quantity * rules.price(quantity, product=row["ProductID"])[-1].price
