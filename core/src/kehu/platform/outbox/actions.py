"""What people do with events and their deliveries."""

from __future__ import annotations

from datetime import datetime

from kehu.kernel.context import Context
from kehu.platform.core import plugin
from kehu.platform.outbox.catalogue import EventCatalogue
from kehu.platform.outbox.models import EventDelivery
from kehu.platform.outbox.replay import replay
from kehu.platform.outbox.resources import event_delivery

REPLAY = plugin.permission("events:replay", "Have handlers told again of what happened")
TYPES = plugin.permission("events:list", "See which events there are")


@plugin.query(permission=TYPES)
async def event_types(ctx: Context) -> list[str]:
    """The names of all events: those that every write of a record gives, and those that plugins emit."""
    return ctx.app.composition.derived(EventCatalogue).names


@plugin.query(permission=TYPES)
async def event_handlers(ctx: Context) -> list[str]:
    """The names of all handlers of events."""
    return list(ctx.app.composition.derived(EventCatalogue).handlers)


@event_delivery.action
async def retry(record: EventDelivery, ctx: Context) -> None:
    """Tell the handler again, now, with all attempts."""
    record.repeat(at=ctx.now())


@plugin.mutation(permission=REPLAY)
async def replay_events(ctx: Context, handler: str, since: datetime) -> int:
    """Tell a handler again of every event since a moment, in order, also of those from before it was there."""
    return await replay(ctx, handler, since)
