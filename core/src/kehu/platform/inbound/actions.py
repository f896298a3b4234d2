"""What people do with inbound endpoints and messages."""

from __future__ import annotations

from kehu.kernel.context import Context
from kehu.platform.inbound.models import InboundEndpoint, InboundMessage
from kehu.platform.inbound.resources import inbound_endpoint, inbound_message


@inbound_endpoint.action
async def rotate_secret(record: InboundEndpoint, ctx: Context, overlap_hours: int = 24) -> str:
    """A new secret, which is returned; messages signed with the old one are taken for some hours, at most a week."""
    return record.rotate_secret(at=ctx.now(), overlap_hours=overlap_hours)


@inbound_endpoint.action
async def reveal_secret(record: InboundEndpoint, ctx: Context) -> str:
    """The secret that the sender signs with."""
    return record.secrets_at(ctx.now())[0]


@inbound_message.action
async def replay(record: InboundMessage, ctx: Context) -> None:
    """Handle the message again, now, also one that was handled before."""
    record.repeat(at=ctx.now())
