"""Trade for tests: the channel, the depot, prices of bolts and sand, and orders step by step."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import kehu
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.channel import Channel, open_channel
from tests.kehu_partner_inventory.depot import Depot, depot_of

D = Decimal
LIMIT = D(1000)


@dataclasses.dataclass(frozen=True)
class Trade:
    """Who orders, and what."""

    channel: Channel
    depot: Depot

    @property
    def app(self) -> kehu.App:
        return self.channel.app

    async def order(
        self, *lines: tuple[str, object], by: str = "NORTH", to: kehu.Principal = kehu.SYSTEM, more: str = ""
    ) -> str:
        """The id of a draft with these lines."""
        made = await self.channel.do(
            f'createChannelOrder(input: {{partnerId: "{self.channel[by]}" {more}}})',
            "channelOrder { id }",
            to=to,
        )
        key = str(made["channelOrder"]["id"])
        if lines:
            await self.channel.do(self.set_lines(key, *lines), to=to)
        return key

    def set_lines(self, key: str, *lines: tuple[str, object]) -> str:
        """The call that replaces the lines of an order."""
        spelled = ", ".join(f'{{productId: "{self.depot[code]}", quantity: "{n}"}}' for code, n in lines)
        return f'setLinesChannelOrder(id: "{key}", lines: [{spelled}])'

    async def do(self, key: str, *verbs: str, to: kehu.Principal = kehu.SYSTEM) -> Any:
        """Verbs of an order, one after the other; what the last one gave."""
        answer = {}
        for verb in verbs:
            answer = await self.channel.do(self.call(key, verb), to=to)
        return answer

    async def refused(
        self, key: str, verb: str, *, to: kehu.Principal = kehu.SYSTEM
    ) -> list[tuple[str, str | None]]:
        """Why a verb is refused."""
        return await self.channel.refused(self.call(key, verb), to=to)

    def call(self, key: str, verb: str) -> str:
        """`ship(lines: [...])` or `confirm` as GraphQL writes it."""
        name, _, arguments = verb.partition("(")
        more = f", {arguments.removesuffix(')')}" if arguments else ""
        return f'{name}ChannelOrder(id: "{key}"{more})'

    async def seen(self, key: str, shown: str, *, to: kehu.Principal = kehu.SYSTEM) -> Any:
        """Fields of an order."""
        found = await self.channel.ask(f'{{ channelOrder(id: "{key}") {{ {shown} }} }}', to=to)
        return found["channelOrder"]

    async def status(self, key: str) -> str:
        """Where an order stands."""
        return str((await self.seen(key, "status"))["status"])

    async def line(self, key: str, position: int = 1) -> str:
        """The id of a line."""
        nodes = (await self.seen(key, "lines { nodes { id position } }"))["lines"]["nodes"]
        return str(next(node["id"] for node in nodes if node["position"] == position))

    async def exposure(self, code: str = "NORTH") -> str:
        """What a partner owes."""
        found = await self.channel.ask(f'{{ partner(id: "{self.channel[code]}") {{ exposure }} }}')
        return str(found["partner"]["exposure"])


async def open_trade(app: kehu.App) -> Trade:
    """Bolts at 10.00 and sand at 2.50 for everybody, each with 1,000 euros of credit."""
    channel = await open_channel(app)
    depot = await depot_of(app)
    prices = await saved(app, kehu.PriceList(name="Dealers", currency="EUR"))
    for code, price in (("BOLT", "10"), ("SAND", "2.5"), ("PUMP", "100")):
        item = kehu.PriceListItem(price_list_id=prices.id, product_id=depot.products[code].id, price=D(price))
        await saved(app, item)
    for partner in channel.partners.values():
        await changed(app, partner, price_list_id=prices.id, credit_limit=LIMIT)
    return Trade(channel, depot)
