"""NORTH's shop: what it buys and sells on goes through the API, and stands here in plain Python as well."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade

CENT = D("0.01")


@dataclasses.dataclass(frozen=True)
class Sale:
    """So many pieces went to a customer, or below zero came back; what is undone counts on the day of the sale."""

    code: str
    quantity: int
    on: date
    counts_on: date


@dataclasses.dataclass
class Shop:
    """A location of NORTH; `paid` is what it was billed for a piece, by product, oldest first."""

    trade: Trade
    clock: Clock
    chance: random.Random
    place: str
    on_hand: Counter[str] = dataclasses.field(default_factory=Counter)
    paid: dict[str, list[tuple[date, Decimal]]] = dataclasses.field(default_factory=lambda: defaultdict(list))
    sales: list[Sale] = dataclasses.field(default_factory=list)
    moves: dict[str, Sale] = dataclasses.field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.clock.now.date()

    async def find(self, code: str, quantity: int) -> None:
        """Goods come from somebody else, so that we bill nothing."""
        line = self.trade.depot.line(code, quantity, unitCost=1)
        await self.trade.channel.do(f'receiveAtLocation(id: "{self.place}", lines: [{line}])')
        self.on_hand[code] += quantity

    async def buy(self, *codes: str) -> None:
        """An order at prices of the day, shipped and billed."""
        key, lines = await self.trade.order(), []
        for code in codes:
            quantity, price = self.chance.randint(2, 9), D(self.chance.randint(1000, 20000)).scaleb(-3)
            lines.append(self.trade.depot.line(code, quantity, unitPrice=price))
            self.on_hand[code] += quantity
            self.paid[code].append((self.today, price))
        await self.trade.channel.do(f'setLinesChannelOrder(id: "{key}", lines: [{", ".join(lines)}])')
        await self.trade.do(key, "submit", "confirm", "ship", "invoice")

    async def sell(self, *codes: str) -> None:
        """Some of what is there goes to a customer."""
        for code in codes:
            quantity = self.chance.randint(0, self.on_hand[code])
            if quantity:
                line = self.trade.depot.line(code, quantity)
                call = f'issueFromLocation(id: "{self.place}", lines: [{line}])'
                (move,) = (await self.trade.channel.do(call, "result { id }"))["result"]
                self.moves[move["id"]] = self._note(Sale(code, quantity, self.today, self.today))

    async def take_back(self, code: str) -> None:
        """A customer brings a piece, whenever it was sold."""
        more = f'fromLocation: "{self.trade.depot["CUSTOMERS"]}", lines: [{self.trade.depot.line(code, 1)}]'
        await self.trade.channel.do(f'receiveAtLocation(id: "{self.place}", {more})')
        self._note(Sale(code, -1, self.today, self.today))

    async def undo_a_sale(self) -> None:
        """Some sale was none."""
        move = self.chance.choice(list(self.moves))
        sale = self.moves.pop(move)
        await self.trade.channel.do(f'reverseStockMove(id: "{move}")')
        self._note(dataclasses.replace(sale, quantity=-sale.quantity, on=self.today))

    def counted(self, first: date, last: date, *, grace_days: int) -> list[Decimal]:
        """What was sold on in a period at what was last paid by then, or at first, in cents; nothing if never."""
        until = last + timedelta(days=grace_days)
        return [
            (self._price(sale) * abs(sale.quantity)).quantize(CENT, ROUND_HALF_UP).copy_sign(sale.quantity)
            for sale in self.sales
            if sale.code in self.paid and first <= sale.counts_on <= last and sale.on <= until
        ]

    def _price(self, sale: Sale) -> Decimal:
        known = self.paid[sale.code]
        before = [price for day, price in known if day <= sale.counts_on]
        return before[-1] if before else known[0][1]

    def _note(self, sale: Sale) -> Sale:
        self.on_hand[sale.code] -= sale.quantity
        self.sales.append(sale)
        return sale
