"""Working time against published figures and a walk minute by minute."""

from __future__ import annotations

import itertools
import json
import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kehu.business.calendars import (
    NoWorkingTime,
    WorkingHours,
    add_working_time,
    is_working,
    working_time_between,
)

NINE_TO_SIX = ((time(9), time(12)), (time(13), time(18)))
OFFICE = (NINE_TO_SIX,) * 5 + ((),) * 2
ALWAYS = (((time(0), time(0)),),) * 7
NIGHT_SHIFT = (((time(0), time(2, 30)), (time(22), time(0))),) * 7
HOLIDAYS = tuple((date(2026, 10, day), ()) for day in (1, 2, 5, 6, 7))
MAKE_UP_DAYS = tuple((day, NINE_TO_SIX) for day in (date(2026, 9, 27), date(2026, 10, 10), date(2026, 3, 29)))
MINUTE = timedelta(minutes=1)
DAYS = 24

# Each window has a change of clocks or a holiday in it.
WINDOWS = [
    ("America/New_York", date(2026, 3, 1)),
    ("America/New_York", date(2026, 10, 25)),
    ("Europe/Berlin", date(2026, 3, 20)),
    ("Europe/Berlin", date(2026, 10, 18)),
    ("Australia/Lord_Howe", date(2026, 4, 1)),
    ("Asia/Shanghai", date(2026, 9, 25)),
    ("America/Santiago", date(2026, 9, 1)),
    ("UTC", date(2026, 9, 25)),
]
WEEKS = {"office": OFFICE, "always": ALWAYS, "night": NIGHT_SHIFT}
CASES = 10_800


def _moment(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.fixture(scope="module")
def oracle(kehu_data: Path) -> dict[str, list[list[str]]]:
    content: dict[str, list[list[str]]] = json.loads(
        (kehu_data / "oracles" / "sla_calendar_shared.json").read_text()
    )
    return content


@pytest.fixture(scope="module")
def shop() -> WorkingHours:
    closed = (*HOLIDAYS, (date(2026, 12, 25), ()))
    return WorkingHours((((time(10), time(18)),),) * 5 + ((),) * 2, exceptions=closed)


def test_published_due_times_are_met_to_the_minute(
    oracle: dict[str, list[list[str]]], shop: WorkingHours
) -> None:
    for start, minutes, due in oracle["due_start_minutes_due"]:
        assert add_working_time(_moment(start), timedelta(minutes=int(minutes)), shop) == _moment(due), start


def test_published_elapsed_times_are_met_to_the_minute(
    oracle: dict[str, list[list[str]]], shop: WorkingHours
) -> None:
    for start, end, minutes in oracle["elapsed_business_minutes"]:
        assert working_time_between(_moment(start), _moment(end), shop) == timedelta(minutes=int(minutes)), (
            start
        )


def test_a_night_of_changing_clocks_is_as_long_as_it_is(kehu_data: Path) -> None:
    content = json.loads((kehu_data / "oracles" / "timezone_elapsed.json").read_text())
    for zone, start, end, minutes in content["24x7 SLA minutes between wall times"]:
        hours = WorkingHours(ALWAYS, zone)
        assert working_time_between(_moment(start, zone), _moment(end, zone), hours) == timedelta(
            minutes=minutes
        )


def _walk(hours: WorkingHours, begin: datetime) -> list[int]:
    """Working minutes since `begin`, by looking at the wall clock of each minute."""
    zone = ZoneInfo(hours.zone)
    return list(
        itertools.accumulate(_open(hours, (begin + i * MINUTE).astimezone(zone)) for i in range(DAYS * 1440))
    )


def _open(hours: WorkingHours, local: datetime) -> bool:
    at = local.time()
    return any(
        opens <= at and (at < closes or closes == time(0)) for opens, closes in hours.hours_on(local.date())
    )


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize(("zone", "day"), WINDOWS, ids=str)
def test_working_time_equals_a_walk_minute_by_minute(zone: str, day: date, week: str) -> None:
    hours = WorkingHours(WEEKS[week], zone, HOLIDAYS + MAKE_UP_DAYS)
    begin = datetime.combine(day, time(0), UTC)
    passed = _walk(hours, begin)
    chance = random.Random(f"{zone}{day}{week}")
    for _ in range(CASES // len(WINDOWS) // len(WEEKS)):
        first, last = sorted(chance.sample(range(len(passed)), 2))
        start, end = begin + first * MINUTE, begin + last * MINUTE
        expected = (passed[last - 1] if last else 0) - (passed[first - 1] if first else 0)
        assert working_time_between(start, end, hours) == expected * MINUTE
        if expected:
            due = add_working_time(start, expected * MINUTE, hours)
            assert due <= end
            assert working_time_between(start, due, hours) == expected * MINUTE
            assert working_time_between(start, due - timedelta(seconds=1), hours) < expected * MINUTE


def test_seconds_are_kept() -> None:
    start = datetime(2026, 3, 2, 17, 59, 30, tzinfo=UTC)
    assert add_working_time(start, timedelta(seconds=31), WorkingHours(OFFICE)) == datetime(
        2026, 3, 3, 9, 0, 1, tzinfo=UTC
    )


def test_no_time_is_over_at_once_even_when_closed() -> None:
    sunday = datetime(2026, 3, 1, 3, tzinfo=UTC)
    assert add_working_time(sunday, timedelta(0), WorkingHours(OFFICE)) == sunday


def test_a_calendar_without_a_working_minute_is_refused() -> None:
    with pytest.raises(NoWorkingTime):
        add_working_time(datetime(2026, 3, 2, tzinfo=UTC), MINUTE, WorkingHours(((),) * 7))


def test_a_promise_that_takes_more_than_three_years_is_refused() -> None:
    once = WorkingHours(((),) * 7, exceptions=((date(2026, 3, 2), NINE_TO_SIX),))
    with pytest.raises(NoWorkingTime):
        add_working_time(datetime(2026, 3, 2, tzinfo=UTC), timedelta(hours=9), once)


@pytest.mark.parametrize(
    ("at", "working"),
    [(time(8, 59), False), (time(9), True), (time(12), False), (time(13), True), (time(18), False)],
)
def test_opening_time_counts_and_closing_time_does_not(at: time, working: bool) -> None:
    assert is_working(datetime.combine(date(2026, 3, 2), at, UTC), WorkingHours(OFFICE)) is working
