"""Working time of stored calendars, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

import kehu
from kehu.business.calendars import WorkingHours, add_working_time, working_time_between
from kehu.business.calendars.holidays import make_up_days, public_holidays
from kehu.business.calendars.models import Calendar, CalendarHours, PublicHoliday, Weekday
from kehu.business.calendars.queries import ROUND_THE_CLOCK, default_hours
from tests.kehu.business.calendars.factories import closed_on, hours, saved_calendar
from tests.kehu.factories import changed, saved

NINE_TO_SIX = ((time(9), time(12)), (time(13), time(18)))
OFFICE = (NINE_TO_SIX,) * 5 + ((),) * 2


async def default(app: kehu.App) -> WorkingHours:
    async with app.context() as ctx:
        return await default_hours(ctx)


async def test_a_firm_without_a_calendar_works_round_the_clock(app: kehu.App) -> None:
    assert await default(app) == ROUND_THE_CLOCK


async def test_a_calendar_counts_once_it_has_hours(app: kehu.App) -> None:
    """The first calendar is the default one; promises are kept also before its hours are entered."""
    calendar = await saved(app, Calendar(name="Office"))
    assert await default(app) == ROUND_THE_CLOCK

    await saved(
        app, CalendarHours(calendar_id=calendar.id, weekday=Weekday.MONDAY, opens="09:00", closes="12:00")
    )
    assert (await default(app)).week == (((time(9), time(12)),), *((),) * 6)


async def test_a_calendar_gives_its_week_in_its_zone(app: kehu.App) -> None:
    await saved_calendar(app, time_zone="Asia/Shanghai")

    assert await default(app) == WorkingHours(OFFICE, "Asia/Shanghai")


async def test_the_default_calendar_is_the_one_that_holds(app: kehu.App) -> None:
    first = await saved_calendar(app, time_zone="Asia/Shanghai")
    second = await saved_calendar(app, "London", time_zone="Europe/London")
    await changed(app, second, is_default=True)

    assert (await default(app)).zone == "Europe/London"
    await changed(app, first, is_default=True)
    assert (await default(app)).zone == "Asia/Shanghai"


async def test_an_exception_replaces_the_hours_of_its_day(app: kehu.App) -> None:
    calendar = await saved_calendar(app)
    await closed_on(app, calendar, date(2026, 3, 3))
    await closed_on(app, calendar, date(2026, 3, 7), opens="10:00", closes="12:00")
    await closed_on(app, calendar, date(2026, 3, 7), opens="14:00", closes="16:00")

    found = await hours(app, calendar)

    assert found.hours_on(date(2026, 3, 3)) == ()
    assert found.hours_on(date(2026, 3, 7)) == ((time(10), time(12)), (time(14), time(16)))
    assert found.hours_on(date(2026, 3, 4)) == NINE_TO_SIX


async def test_public_holidays_of_the_country_are_closed(app: kehu.App) -> None:
    found = await hours(app, await saved_calendar(app, country="CH", subdivision="ZH"))

    assert found.hours_on(date(2026, 12, 25)) == ()
    assert found.hours_on(date(2026, 1, 2)) == ()
    assert found.hours_on(date(2026, 12, 24)) == NINE_TO_SIX
    assert found.hours_on(date(2029, 12, 25)) == ()


async def test_a_make_up_working_day_is_open_although_it_is_a_weekend(app: kehu.App) -> None:
    found = await hours(app, await saved_calendar(app, country="CN", time_zone="Asia/Shanghai"))

    # The week of the National Day 2026: closed from Thursday to Wednesday, open on Saturday the 10th.
    assert [bool(found.hours_on(date(2026, 10, day))) for day in range(1, 12)] == [False] * 7 + [True] * 3 + [
        False
    ]
    assert found.hours_on(date(2026, 9, 20)) == NINE_TO_SIX


async def test_a_promise_over_the_national_day_is_due_after_it(app: kehu.App) -> None:
    found = await hours(app, await saved_calendar(app, country="CN", time_zone="Asia/Shanghai"))
    start = datetime(2026, 9, 30, 9, tzinfo=UTC)  # 17:00 on Wednesday in Shanghai

    assert add_working_time(start, timedelta(hours=2), found) == datetime(2026, 10, 8, 2, tzinfo=UTC)
    end = datetime(2026, 10, 10, 10, tzinfo=UTC)
    assert working_time_between(start, end, found) == timedelta(hours=1 + 3 * 8)


async def test_what_a_state_proclaims_later_is_put_into_the_table(app: kehu.App) -> None:
    calendar = await saved_calendar(app, country="CN")
    for day, works in ((date(2027, 2, 11), False), (date(2027, 2, 20), True), (date(2027, 5, 3), True)):
        await saved(app, PublicHoliday(country="cn", falls_on=day, name="Notice", is_working_day=works))

    found = await hours(app, calendar)

    assert [found.hours_on(date(2027, *day)) for day in ((2, 11), (2, 20), (5, 3))] == [
        (),
        NINE_TO_SIX,
        NINE_TO_SIX,
    ]


async def test_an_exception_outweighs_a_public_holiday(app: kehu.App) -> None:
    calendar = await saved_calendar(app, country="CH")
    await closed_on(app, calendar, date(2026, 12, 25), opens="10:00", closes="12:00")

    assert (await hours(app, calendar)).hours_on(date(2026, 12, 25)) == ((time(10), time(12)),)


def test_a_country_that_the_library_does_not_know_has_no_holidays() -> None:
    assert public_holidays("ZZ", None, 2026) == make_up_days("ZZ", None, 2026) == ()


@pytest.mark.parametrize(("year", "days"), [(2025, 5), (2026, 6)])
def test_the_make_up_days_of_china_are_known(year: int, days: int) -> None:
    assert len(make_up_days("CN", None, year)) == days
