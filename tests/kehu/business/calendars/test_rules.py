"""What must hold when calendars are written, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import kehu
from kehu.business.calendars.models import Calendar, CalendarHours, PublicHoliday, Weekday
from tests.crm import reasons
from tests.kehu.business.calendars.factories import saved_calendar
from tests.kehu.factories import changed, refused, saved, stored


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "UNKNOWN_TIME_ZONE", "timeZone"),
        ({"country": "ZZ"}, "UNKNOWN_COUNTRY", "country"),
        ({"country": "CH", "subdivision": "XX"}, "UNKNOWN_SUBDIVISION", "subdivision"),
        ({"subdivision": "ZH"}, "UNKNOWN_SUBDIVISION", "subdivision"),
    ],
)
async def test_a_calendar_stands_somewhere_that_exists(
    app: kehu.App, values: dict[str, Any], code: str, field: str
) -> None:
    errors = await refused(app, Calendar(name="Office", **values))

    assert reasons(errors) == [(code, field, "core")]


async def test_country_and_part_are_kept_as_their_codes(app: kehu.App) -> None:
    calendar = await saved(app, Calendar(name="Office", country="Switzerland", subdivision="ch-zh"))

    assert (calendar.country, calendar.subdivision) == ("CH", "ZH")


async def test_one_calendar_is_the_default(app: kehu.App) -> None:
    first, second = await saved_calendar(app), await saved_calendar(app, "Night")
    assert (first.is_default, second.is_default) == (True, False)

    await changed(app, second, is_default=True)

    assert not (await stored(app, first)).is_default


async def test_hours_close_after_they_open(app: kehu.App) -> None:
    calendar = await saved(app, Calendar(name="Office"))
    night = CalendarHours(calendar_id=calendar.id, weekday=Weekday.MONDAY, opens="22:00", closes="6:00")

    assert reasons(await refused(app, night)) == [("IMPOSSIBLE_HOURS", "closes", "core")]


async def test_a_day_is_proclaimed_once_for_a_country(app: kehu.App) -> None:
    day = {"falls_on": date(2027, 2, 5), "name": "Spring Festival"}
    await saved(app, PublicHoliday(country="China", **day))

    errors = await refused(app, PublicHoliday(country="CN", **day))

    assert errors[0].code == "DUPLICATE"
