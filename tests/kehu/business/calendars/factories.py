"""Calendars for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

import kehu
from kehu.business.calendars.models import Calendar, CalendarException, CalendarHours, Weekday
from kehu.business.calendars.queries import working_hours
from kehu.business.calendars.working_time import WorkingHours
from tests.kehu.factories import saved

OFFICE_HOURS = (("09:00", "12:00"), ("13:00", "18:00"))


async def saved_calendar(app: kehu.App, name: str = "Office", **values: Any) -> Calendar:
    """A calendar open on weekdays from 9 to 12 and from 13 to 18."""
    calendar = await saved(app, Calendar(name=name, **values))
    async with app.context() as ctx, ctx.write():
        for weekday in list(Weekday)[:5]:
            for opens, closes in OFFICE_HOURS:
                ctx.add(CalendarHours(calendar_id=calendar.id, weekday=weekday, opens=opens, closes=closes))
    return calendar


async def closed_on(app: kehu.App, calendar: Calendar, day: date, **values: Any) -> CalendarException:
    return await saved(
        app, CalendarException(calendar_id=calendar.id, falls_on=day, name="Stocktaking", **values)
    )


async def hours(app: kehu.App, calendar: Calendar) -> WorkingHours:
    async with app.context() as ctx:
        return await working_hours(ctx, calendar)
