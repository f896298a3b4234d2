"""Calendars as records: the working time of a firm or a team, its exceptions, and what a state proclaims."""

from __future__ import annotations

import enum
import re
import uuid
from datetime import date, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.business.calendars.working_time import Hours
from kehu.kernel.errors import Refusal
from kehu.kernel.model import Archivable, Entity, column, ref
from kehu.kernel.texts import text
from kehu.platform.core import Base

MIDNIGHT = "24:00"
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class Weekday(enum.Enum):
    """A day of the week, Monday first."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"

    @property
    def number(self) -> int:
        """0 for Monday, as `date.weekday()` counts."""
        return list(Weekday).index(self)


class ImpossibleHours(Refusal):
    """No time of the day, or hours that close before they open."""

    code = "IMPOSSIBLE_HOURS"


class Calendar(Archivable, Base):
    """When somebody works: weekly hours in a time zone, less public holidays, with exceptions for single days."""

    __tablename__ = "core_calendar"
    name: Mapped[str] = column(sa.String(100), doc="What the calendar is called.")
    time_zone: Mapped[str] = column(
        sa.String(64), default="UTC", doc="IANA time zone of its hours, such as `Asia/Shanghai`."
    )
    country: Mapped[str | None] = column(
        sa.String(2),
        doc="ISO 3166 code of the state whose public holidays are kept; none to keep no holidays.",
    )
    subdivision: Mapped[str | None] = column(
        sa.String(10), doc="The part of the country with holidays of its own, as ISO 3166-2 ends: `ZH`."
    )
    is_default: Mapped[bool] = column(
        default=False, doc="Holds where no other calendar is named; true of one at most."
    )


class CalendarHours(Entity, Base):
    """One span of opening hours on a day of each week; a day may have several."""

    __tablename__ = "core_calendar_hours"
    calendar_id: Mapped[uuid.UUID] = ref(Calendar, update=False, doc="Of which calendar.")
    weekday: Mapped[Weekday] = column(doc="On which day of the week.")
    opens: Mapped[str] = column(sa.String(5), doc="Local time, such as `09:00`.")
    closes: Mapped[str] = column(sa.String(5), doc="Local time, such as `17:30`; `24:00` is midnight.")

    def normalise(self) -> None:
        """Both times in one form. Raises ImpossibleHours."""
        self.opens, self.closes = span_in_one_form(self.opens, self.closes)


class CalendarException(Entity, Base):
    """Other hours on a single day: closed, or open at other times. It replaces the week and any public holiday."""

    __tablename__ = "core_calendar_exception"
    calendar_id: Mapped[uuid.UUID] = ref(Calendar, update=False, doc="Of which calendar.")
    falls_on: Mapped[date] = column(index=True, doc="On which day.")
    name: Mapped[str] = column(sa.String(100), doc="Why, such as `Stocktaking`.")
    opens: Mapped[str | None] = column(sa.String(5), doc="Local time; none where it stays closed.")
    closes: Mapped[str | None] = column(sa.String(5), doc="Local time; none where it stays closed.")

    def normalise(self) -> None:
        """Both times in one form, or neither. Raises ImpossibleHours."""
        if self.opens is None and self.closes is None:
            return
        if self.opens is None or self.closes is None:
            message = f"{self.name} needs both opens and closes, or neither for a closed day."
            raise ImpossibleHours(message, field="closes" if self.closes is None else "opens")
        self.opens, self.closes = span_in_one_form(self.opens, self.closes)


class PublicHoliday(Entity, Base):
    """What a state has proclaimed for one day, where the built-in list is wrong or does not reach yet.

    A working day takes a holiday back, or makes a weekend a make-up working day.
    """

    __tablename__ = "core_public_holiday"
    __table_args__ = (sa.UniqueConstraint("country", "falls_on"),)
    country: Mapped[str] = column(sa.String(2), doc="ISO 3166 code.")
    falls_on: Mapped[date] = column(doc="On which day.")
    name: Mapped[str] = column(sa.String(100), doc="What the day is called.")
    is_working_day: Mapped[bool] = column(
        default=False, doc="People work although it is a weekend, or is on the built-in list."
    )


def span_in_one_form(opens: str, closes: str) -> tuple[str, str]:
    """Two times of a day as `09:00`. Raises ImpossibleHours."""
    begin, end = _clock(opens, "opens"), _clock(closes, "closes")
    if begin >= end:
        raise ImpossibleHours(
            text(
                "It cannot close at {end} and open at {begin}; split a night at 24:00.", end=end, begin=begin
            ),
            field="closes",
        )
    return begin, end


def hours_of(opens: str, closes: str) -> Hours:
    """A stored span as working time counts it, where midnight is `time(0)`."""
    return time.fromisoformat(opens), time(0) if closes == MIDNIGHT else time.fromisoformat(closes)


def _clock(typed: str, field: str) -> str:
    given = typed.strip()
    if field == "closes" and given in (MIDNIGHT, "00:00", "0:00"):
        return MIDNIGHT
    found = _CLOCK.fullmatch(given)
    if found is None:
        raise ImpossibleHours(
            text("{typed!r} is no time of the day; write it like 09:00.", typed=typed), field=field
        )
    return f"{int(found[1]):02}:{found[2]}"
