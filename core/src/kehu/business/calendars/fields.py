"""What a calendar says of a moment, a day and a promise."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from kehu.business.calendars.models import MIDNIGHT, Calendar
from kehu.business.calendars.queries import working_hours
from kehu.business.calendars.working_time import add_working_time, is_working, working_time_between
from kehu.kernel.context import Context
from kehu.platform.core import plugin


@plugin.field(Calendar)
async def is_open(calendar: Calendar, ctx: Context, at: datetime | None = None) -> bool:
    """Whether it is working time now, or `at` another moment."""
    return is_working(at or ctx.now(), await working_hours(ctx, calendar))


@plugin.field(Calendar)
async def hours_on(calendar: Calendar, ctx: Context, day: date) -> list[str]:
    """The hours of a day in local time, like `09:00-12:00`; empty where it is closed."""
    spans = (await working_hours(ctx, calendar)).hours_on(day)
    return [
        f"{opens:%H:%M}-{MIDNIGHT if closes == time(0) else f'{closes:%H:%M}'}" for opens, closes in spans
    ]


@plugin.field(Calendar)
async def due_at(calendar: Calendar, ctx: Context, start: datetime, minutes: int) -> datetime:
    """When so many minutes of working time have passed since `start` (UTC)."""
    return add_working_time(start, timedelta(minutes=minutes), await working_hours(ctx, calendar))


@plugin.field(Calendar)
async def working_seconds(calendar: Calendar, ctx: Context, start: datetime, end: datetime) -> int:
    """How much working time lies between two moments."""
    between = working_time_between(start, end, await working_hours(ctx, calendar))
    return int(between.total_seconds())
