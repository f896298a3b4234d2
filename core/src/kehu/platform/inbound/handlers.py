"""Handing messages to the plugins that asked for them, each in a transaction that also notes that it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
import structlog

from kehu.kernel.context import Context
from kehu.kernel.errors import KehuError
from kehu.platform.identity.principals import principal_of_author
from kehu.platform.inbound.models import InboundEndpoint, InboundMessage
from kehu.platform.outbox.handlers import work_off
from kehu.platform.outbox.queue import Queue

if TYPE_CHECKING:
    from kehu.kernel.app import App

# Ten attempts within about a quarter of an hour, as for events.
MESSAGES = Queue(
    cast(sa.Table, InboundMessage.__table__), "endpoint_id", [timedelta(seconds=2**n) for n in range(9)]
)

log = structlog.get_logger("kehu.platform.inbound")


class NobodyHandles(KehuError):
    """The plugin that handled such messages is gone, or the author of the endpoint has left."""


async def handle_messages(app: App) -> int:
    """Handle the messages that are ready, at most fifty; returns how many there were."""
    async with app.context() as ctx:
        if not await MESSAGES.has_ready(ctx):
            return 0
    return await work_off(app, MESSAGES, _call, _warn)


def _warn(row: sa.Row[Any], error: Exception) -> None:
    log.warning("a message could not be handled", kind=row.kind, message=row.message_id, exc_info=error)


async def _call(ctx: Context, row: sa.Row[Any]) -> None:
    """Call the handler with the rights of the endpoint's author, in whose name the audit trail has it too."""
    handler = ctx.app.composition.inbound.get(row.kind)
    if handler is None:
        raise NobodyHandles(f"No enabled plugin handles messages of the kind {row.kind} any more.")
    message = await ctx.get(InboundMessage, row.id)
    endpoint = await ctx.get(InboundEndpoint, row.endpoint_id)
    principal = await principal_of_author(ctx, endpoint.author_id)
    if principal is None:
        raise NobodyHandles(
            f"The author of the endpoint {endpoint.name} has left; change it to take it over."
        )
    ctx.principal, ctx.request_id = principal, row.request_id or ctx.request_id
    await handler.function(ctx, message)
