"""The address that a calendar program subscribes to."""

from __future__ import annotations

import kehu
from kehu.platform.feeds import Feed
from kehu_sfa.feeds.actions import calendar_feed
from kehu_sfa.plugin import plugin

CALENDAR = "sfa/calendar.ics"


class CalendarAddress:
    """`/feeds/sfa/calendar.ics?token=...` is the calendar of whoever opened it."""

    @kehu.hookimpl
    async def kehu_feed(self, ctx: kehu.Context, name: str, token: str) -> Feed | None:
        """The calendar with this token. Raises NoFeed."""
        if name != CALENDAR:
            return None
        return Feed("text/calendar; charset=utf-8", await calendar_feed(ctx, token))


plugin.hookimpl(CalendarAddress())
