"""What is a span of opening hours."""

from __future__ import annotations

from datetime import date, time

import pytest

from kehu.business.calendars.models import (
    CalendarException,
    ImpossibleHours,
    Weekday,
    hours_of,
    span_in_one_form,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("9:00", "17:30"), ("09:00", "17:30")),
        ((" 08:05", "24:00"), ("08:05", "24:00")),
        (("00:00", "00:00"), ("00:00", "24:00")),
    ],
)
def test_times_of_a_day_are_kept_in_one_form(typed: tuple[str, str], kept: tuple[str, str]) -> None:
    assert span_in_one_form(*typed) == kept


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (("nine", "17:00"), "opens"),
        (("09:00", "25:00"), "closes"),
        (("24:00", "24:00"), "opens"),
        (("18:00", "09:00"), "closes"),
        (("09:00", "09:00"), "closes"),
    ],
)
def test_what_is_no_span_is_refused(typed: tuple[str, str], field: str) -> None:
    with pytest.raises(ImpossibleHours) as refusal:
        span_in_one_form(*typed)

    assert [(error.code, error.field) for error in refusal.value.errors] == [("IMPOSSIBLE_HOURS", field)]


def test_midnight_at_the_end_of_a_day_is_time_zero() -> None:
    assert hours_of("22:00", "24:00") == (time(22), time(0))


def test_a_week_begins_on_monday() -> None:
    assert [day.number for day in (Weekday.MONDAY, Weekday.SUNDAY)] == [0, 6]


def test_an_exception_has_both_times_or_neither() -> None:
    half = CalendarException(name="Party", falls_on=date(2026, 3, 2), opens="09:00")

    with pytest.raises(ImpossibleHours) as refusal:
        half.normalise()

    assert refusal.value.errors[0].field == "closes"
