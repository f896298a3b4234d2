"""A plugin that takes calls from a telephone system, for tests."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.kernel.access import SYSTEM, Principal
from kehu.platform.inbound.handlers import handle_messages
from kehu.platform.inbound.models import InboundEndpoint, InboundMessage
from kehu.platform.inbound.receipts import Receipt, receive
from kehu.platform.webhooks.signatures import signed_headers


class Telephone:
    """The plugin; it makes a customer of each caller, and fails while `is_broken`."""

    def __init__(self) -> None:
        self.is_broken = False
        self.calls: list[Any] = []
        self.plugin = kehu.Plugin("telephone", requires=["core"])
        self.plugin.inbound("calls")(self.on_call)

    async def on_call(self, ctx: kehu.Context, message: InboundMessage) -> None:
        call = message.json()
        self.calls.append(call)
        ctx.require("core.customer:create")
        ctx.add(kehu.Customer(kind=kehu.CustomerKind.PERSON, name=call["from"]))
        await ctx.flush()
        if self.is_broken:
            raise RuntimeError("the line is dead")


async def endpoint(app: kehu.App, principal: Principal = SYSTEM, **values: Any) -> InboundEndpoint:
    wanted: dict[str, Any] = {"name": "Exchange", "kind": "telephone.calls"} | values
    async with app.context(principal) as ctx, ctx.write():
        return ctx.add(InboundEndpoint(**wanted))


async def send(
    app: kehu.App,
    to: InboundEndpoint,
    message_id: str = "call-1",
    caller: str = "Ann",
    *,
    body: bytes | None = None,
) -> Receipt:
    content = json.dumps({"from": caller}).encode() if body is None else body
    headers = signed_headers(to.secrets_at(app.clock())[:1], message_id, app.clock(), content)
    return await receive(app, "telephone.calls", {**headers, "content-type": "application/json"}, content)


async def handle_all(app: kehu.App) -> None:
    while await handle_messages(app):
        pass


async def callers(app: kehu.App) -> list[str]:
    async with app.context() as ctx:
        return sorted((await ctx.session.scalars(sa.select(kehu.Customer.name))).all())


async def messages(app: kehu.App) -> list[InboundMessage]:
    async with app.context() as ctx:
        found = await ctx.session.scalars(sa.select(InboundMessage).order_by(InboundMessage.created_at))
        return list(found.all())
