"""A depot for tests: one location of each kind, one product of each kind, and the verbs as the API has them."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_graphql import Api
from kehu_partner_inventory import (
    Costing,
    Location,
    LocationUsage,
    StockBalance,
    StockProfile,
    StockUnit,
)
from kehu_partner_inventory.stock.checking import discrepancies
from tests.kehu.factories import saved

D = Decimal


@dataclasses.dataclass(frozen=True)
class Depot:
    """Locations and products, and the API to move one between the other."""

    app: kehu.App
    locations: Mapping[str, Location]
    products: Mapping[str, kehu.Product]

    @functools.cached_property
    def api(self) -> Api:
        """The API, composed when it is used for the first time."""
        return Api(self.app)

    def __getitem__(self, code: str) -> str:
        """The global id of a location or product."""
        if code in self.locations:
            return kehu.global_id("Location", self.locations[code].id)
        return kehu.global_id("Product", self.products[code].id)

    def line(self, product: str, quantity: Any = None, **values: Any) -> str:
        """A line as GraphQL writes it."""
        given = {"productId": self[product], "quantity": quantity, **values}
        spelled = (
            f"{name}: {json.dumps(_plain(value))}" for name, value in given.items() if value is not None
        )
        return "{" + ", ".join(spelled) + "}"

    async def ask(self, document: str, *, to: kehu.Principal = kehu.SYSTEM, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.api.execute(document, variables, principal=to)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, call: str, shown: str = "", *, to: kehu.Principal = kehu.SYSTEM) -> dict[str, Any]:
        """The payload of a mutation that was not refused."""
        payload = await self._payload(call, shown, to)
        assert payload["userErrors"] == [], payload
        return payload

    async def refused(self, call: str, *, to: kehu.Principal = kehu.SYSTEM) -> list[tuple[str, str | None]]:
        """Code and field of each reason for a refusal, which changes nothing."""
        before = await self.everything()
        payload = await self._payload(call, "", to)
        assert await self.everything() == before
        return [(error["code"], error["field"]) for error in payload["userErrors"]]

    async def message(self, call: str) -> str:
        """What a refusal says."""
        payload = await self._payload(call, "", kehu.SYSTEM)
        return str(payload["userErrors"][0]["message"])

    async def receive(
        self, product: str, quantity: Any, *, at: str = "MAIN", cost: Any = 1, **values: Any
    ) -> None:
        """Goods come in from the supplier."""
        await self.do(
            f'receiveAtLocation(id: "{self[at]}", '
            f"lines: [{self.line(product, quantity, unitCost=cost, **values)}])"
        )

    async def issue(self, product: str, quantity: Any, *, at: str = "MAIN", **values: Any) -> None:
        """Goods go to the customer."""
        await self.do(
            f'issueFromLocation(id: "{self[at]}", lines: [{self.line(product, quantity, **values)}])'
        )

    async def reserve(self, product: str, quantity: Any, *, at: str = "MAIN", more: str = "") -> list[str]:
        """The ids of the reservations that it took."""
        payload = await self.do(
            f'reserveAtLocation(id: "{self[at]}", product: "{self[product]}", quantity: "{quantity}" {more})',
            "result { id }",
        )
        return [made["id"] for made in payload["result"]]

    async def stock(self, product: str, at: str = "MAIN") -> tuple[Decimal, Decimal]:
        """On hand and reserved, all lots together."""
        statement = sa.select(
            sa.func.coalesce(sa.func.sum(StockBalance.on_hand), 0),
            sa.func.coalesce(sa.func.sum(StockBalance.reserved), 0),
        ).where(
            StockBalance.product_id == self.products[product].id,
            StockBalance.location_id == self.locations[at].id,
        )
        async with self.app.context() as ctx:
            row = (await ctx.session.execute(statement)).one()
        return D(row[0]), D(row[1])

    async def everything(self) -> dict[str, list[Any]]:
        """All rows of the ledger's tables, to see that nothing has changed."""
        tables = [
            table
            for table in self.app.composition.metadata.sorted_tables
            if table.name.startswith("partner_inventory_") or table.name == "core_audit_entry"
        ]
        async with self.app.engine.connect() as connection:
            return {
                table.name: sorted(map(repr, (await connection.execute(sa.select(table))).all()))
                for table in tables
            }

    async def books_balance(self) -> None:
        """Every figure is what it follows from, and each product adds up to nothing over all locations."""
        total = sa.select(StockBalance.product_id).group_by(StockBalance.product_id)
        total = total.having(sa.func.sum(StockBalance.on_hand) != 0)
        async with self.app.context() as ctx:
            assert await discrepancies(ctx) == []
            assert (await ctx.session.scalars(total)).all() == []

    async def _payload(self, call: str, shown: str, to: kehu.Principal) -> dict[str, Any]:
        document = f"mutation {{ done: {call} {{ {shown} userErrors {{ code field message }} }} }}"
        return dict((await self.ask(document, to=to))["done"])


def _plain(value: Any) -> Any:
    if isinstance(value, (list, str)):
        return value
    return str(value)


async def depot_of(app: kehu.App) -> Depot:
    """The depot that `open_depot` has made."""
    async with app.context() as ctx:
        locations = (await ctx.session.scalars(sa.select(Location))).all()
        products = (await ctx.session.scalars(sa.select(kehu.Product))).all()
    return Depot(app, {place.code: place for place in locations}, {p.code: p for p in products})


async def open_depot(app: kehu.App) -> None:
    """MAIN and SIDE of ours, a SHOP of a partner, TRUCK in transit, and the world outside; goods of four kinds."""
    for unit, decimals in (("piece", 0), ("kg", 3)):
        await saved(app, StockUnit(name=unit, decimals=decimals))
    dealer = await saved(app, kehu.Customer(name="Dealer"))
    usages = {
        "MAIN": LocationUsage.INTERNAL,
        "SIDE": LocationUsage.INTERNAL,
        "SHOP": LocationUsage.PARTNER,
        "TRUCK": LocationUsage.TRANSIT,
        "SUPPLIERS": LocationUsage.SUPPLIER,
        "CUSTOMERS": LocationUsage.CUSTOMER,
        "LOSSES": LocationUsage.LOSS,
        "FACTORY": LocationUsage.PRODUCTION,
    }
    for code, usage in usages.items():
        place = Location(code=code, name=code.title(), usage=usage)
        place.currency = "EUR" if usage.holds_stock else None
        place.holder_id = dealer.id if code == "SHOP" else None
        await saved(app, place)
    await _open_catalogue(app)


async def _open_catalogue(app: kehu.App) -> None:
    products = {
        "BOLT": kehu.Product(code="BOLT", name="Bolt"),
        "FLOUR": kehu.Product(code="FLOUR", name="Flour", unit="kg"),
        "MILK": kehu.Product(code="MILK", name="Milk"),
        "PUMP": kehu.Product(code="PUMP", name="Pump", is_serial_tracked=True),
        "SAND": kehu.Product(code="SAND", name="Sand"),
    }
    for product in products.values():
        await saved(app, product)
    await saved(app, StockProfile(product_id=products["MILK"].id, is_lot_tracked=True))
    await saved(app, StockProfile(product_id=products["SAND"].id, costing=Costing.LIFO))


async def somebody(depot: Depot, team: kehu.Team | None = None, /, **grants: kehu.Level) -> kehu.Principal:
    """A user with these grants, who sees all products; a permission is spelled `location__read`."""
    user = await saved(depot.app, kehu.User(name=f"User {kehu.uuid7().hex}"))
    teams = () if team is None else (team.id,)
    spelled = {f"partner_inventory.{key.replace('__', ':')}": level for key, level in grants.items()}
    rights = {"core.product:read": kehu.Level.ALL, **spelled}
    return kehu.Principal(user.id, user.name, teams=teams, subtree=teams, grants=rights)
