"""A plugin that takes messages and hears of events, which no plugin of kehu does by itself."""

from __future__ import annotations

import kehu
from kehu.platform.inbound.models import InboundMessage
from kehu_sfa import OrderConfirmed

plugin = kehu.Plugin("listener", requires=["core", "sfa"])


@plugin.inbound("calls")
async def on_call(_ctx: kehu.Context, _message: InboundMessage) -> None:
    """Somebody has called."""


@plugin.on(OrderConfirmed)
async def on_order(_ctx: kehu.Context, _event: OrderConfirmed) -> None:
    """Somebody has ordered."""
