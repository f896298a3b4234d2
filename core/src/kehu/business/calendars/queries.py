"""From calendars as records to working time that can be counted."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, time

import sqlalchemy as sa

from kehu.business.calendars.holidays import make_up_days, public_holidays
from kehu.business.calendars.models import Calendar, CalendarException, CalendarHours, PublicHoliday, hours_of
from kehu.business.calendars.working_time import Hours, WorkingHours
from kehu.kernel.context import Context
from kehu.kernel.db import Unscoped

whoever_asks = Unscoped("hours count for who may not read the calendar")

ROUND_THE_CLOCK = WorkingHours((((time(0), time(0)),),) * 7)
"""The working hours of a firm that has set up no calendar."""

YEARS_BACK, YEARS_AHEAD = 1, 3

Day = tuple[Hours, ...]
Week = tuple[Day, ...]


async def default_calendar(ctx: Context) -> Calendar | None:
    """The calendar that holds where none is named; None where nobody has set one up."""

    async def fetch(_keys: Sequence[str]) -> Sequence[Calendar | None]:
        found = sa.select(Calendar).where(Calendar.is_default, Calendar.archived_at.is_(None)).limit(1)
        return [(await whoever_asks.scalars(ctx, found)).first()]

    return await ctx.loader("default_calendar", fetch).load("default")


async def default_hours(ctx: Context) -> WorkingHours:
    """The working hours of the default calendar; round the clock where there is none, or it has no hours yet."""
    calendar = await default_calendar(ctx)
    hours = ROUND_THE_CLOCK if calendar is None else await working_hours(ctx, calendar)
    return hours if hours.is_ever_open else ROUND_THE_CLOCK


async def working_hours(ctx: Context, calendar: Calendar) -> WorkingHours:
    """The hours of a calendar, with holidays from last year until three years ahead; read once in a transaction."""

    async def fetch(keys: Sequence[uuid.UUID]) -> Sequence[WorkingHours]:
        return [await _working_hours(ctx, await ctx.get(Calendar, key)) for key in keys]

    return await ctx.loader("working_hours", fetch).load(calendar.id)


async def _working_hours(ctx: Context, calendar: Calendar) -> WorkingHours:
    week = await _week(ctx, calendar.id)
    days = await _holidays(ctx, calendar, week) | await _exceptions(ctx, calendar.id)
    return WorkingHours(week, calendar.time_zone, tuple(sorted(days.items())))


async def _week(ctx: Context, calendar_id: uuid.UUID) -> Week:
    spans: list[list[Hours]] = [[] for _ in range(7)]
    found = sa.select(CalendarHours).where(CalendarHours.calendar_id == calendar_id)
    for hours in await whoever_asks.scalars(ctx, found.order_by(CalendarHours.opens)):
        spans[hours.weekday.number].append(hours_of(hours.opens, hours.closes))
    return tuple(tuple(day) for day in spans)


async def _holidays(ctx: Context, calendar: Calendar, week: Week) -> dict[date, Day]:
    """The days on which a public holiday, or a make-up working day, changes the hours."""
    if calendar.country is None:
        return {}
    working = dict(_proclaimed(calendar, ctx.today().year))
    overrides = sa.select(PublicHoliday).where(PublicHoliday.country == calendar.country)
    for override in await whoever_asks.scalars(ctx, overrides):
        working[override.falls_on] = override.is_working_day
    # Whoever makes up for a holiday works as on the first open day of the week.
    usual = next((day for day in week if day), ())
    return {day: (week[day.weekday()] or usual) if works else () for day, works in working.items()}


def _proclaimed(calendar: Calendar, this_year: int) -> Iterator[tuple[date, bool]]:
    """Each day that the library names, and whether it is worked."""
    assert calendar.country is not None
    for year in range(this_year - YEARS_BACK, this_year + YEARS_AHEAD + 1):
        yield from ((day, False) for day in public_holidays(calendar.country, calendar.subdivision, year))
        yield from ((day, True) for day in make_up_days(calendar.country, calendar.subdivision, year))


async def _exceptions(ctx: Context, calendar_id: uuid.UUID) -> dict[date, Day]:
    spans: defaultdict[date, list[Hours]] = defaultdict(list)
    found = sa.select(CalendarException).where(CalendarException.calendar_id == calendar_id)
    for exception in await whoever_asks.scalars(ctx, found.order_by(CalendarException.opens)):
        hours = spans[exception.falls_on]
        if exception.opens is not None and exception.closes is not None:
            hours.append(hours_of(exception.opens, exception.closes))
    return {day: tuple(hours) for day, hours in spans.items()}
