"""What must hold of calendars, their hours and what a state proclaims."""

from __future__ import annotations

import sqlalchemy as sa

from kehu.business.calendars.holidays import has_subdivision
from kehu.business.calendars.models import Calendar, CalendarException, CalendarHours, PublicHoliday
from kehu.business.calendars.queries import whoever_asks
from kehu.business.calendars.resources import calendar, calendar_exception, calendar_hours, public_holiday
from kehu.business.identifiers import country_code
from kehu.kernel.context import Context
from kehu.kernel.texts import text
from kehu.kernel.writing.changes import Change
from kehu.platform.identity.locales import check_time_zone


@calendar.before_write
async def check_calendar(_ctx: Context, change: Change[Calendar]) -> None:
    """A time zone, a country and a part of it that exist."""
    record = change.obj
    if change.touches(Calendar.time_zone) and record.time_zone is not None:
        with change.noting(field=Calendar.time_zone):
            check_time_zone(record.time_zone)
    if change.touches(Calendar.country) and record.country is not None:
        record.country = _country(change, record.country)
    if not change.touches(Calendar.subdivision, Calendar.country) or record.subdivision is None:
        return
    record.subdivision = record.subdivision.strip().upper().rpartition("-")[2]
    if record.country is None or not has_subdivision(record.country, record.subdivision):
        message = text(
            "{country} has no part {part} with holidays of its own.",
            country=record.country,
            part=record.subdivision,
        )
        change.error(message, field=Calendar.subdivision, code="UNKNOWN_SUBDIVISION")


@calendar.before_write
async def keep_one_default_calendar(ctx: Context, change: Change[Calendar]) -> None:
    """The first calendar becomes the default; a new default takes the mark from the old one."""
    if change.deleting:
        return
    record = change.obj
    found = sa.select(Calendar).where(Calendar.is_default, Calendar.archived_at.is_(None))
    others = [one for one in await whoever_asks.scalars(ctx, found) if one is not record]
    if change.creating and not others:
        record.is_default = True
    if record.is_default and change.touches(Calendar.is_default):
        for other in others:
            other.is_default = False


@calendar_hours.before_write
async def check_hours(_ctx: Context, change: Change[CalendarHours]) -> None:
    """Times of a day in one form, the first before the second."""
    hours = change.obj
    if not change.deleting and all((hours.opens, hours.closes)):
        with change.noting():
            hours.normalise()


@calendar_exception.before_write
async def check_exception(_ctx: Context, change: Change[CalendarException]) -> None:
    """Times of a day in one form, both or neither."""
    if not change.deleting:
        with change.noting():
            change.obj.normalise()


@public_holiday.before_write
async def check_public_holiday(_ctx: Context, change: Change[PublicHoliday]) -> None:
    """The country as its code."""
    if change.touches(PublicHoliday.country) and change.obj.country is not None:
        change.obj.country = _country(change, change.obj.country)


def _country(change: Change[Calendar] | Change[PublicHoliday], typed: str) -> str:
    found = country_code(typed)
    if found is None:
        message = text("{typed!r} is no country; write its ISO 3166 code, such as CN.", typed=typed)
        change.error(message, field="country", code="UNKNOWN_COUNTRY")
    return found or typed
