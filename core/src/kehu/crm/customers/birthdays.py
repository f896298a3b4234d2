"""Birthdays as people tell them: often without the year, sometimes by the lunar calendar."""

from __future__ import annotations

import calendar
from datetime import date

from sqlalchemy.orm import Mapped

from kehu.kernel.errors import Refusal
from kehu.kernel.model import column
from kehu.kernel.texts import text

_LEAP_YEAR = 2000
_EARLIEST_YEAR = 1850
_LONGEST_LUNAR_MONTH = 30


class InvalidBirthday(Refusal):
    """No calendar has this day."""

    code = "INVALID"


class WithBirthday:
    """Mixin for a person: month and day of the birthday, the year if known, and in which calendar."""

    birthday_month: Mapped[int | None] = column(doc="Month of the birthday, 1 to 12.")
    birthday_day: Mapped[int | None] = column(
        doc="Day of the birthday, 1 to 31; to 30 in the lunar calendar."
    )
    birthday_year: Mapped[int | None] = column(doc="Year of birth, where it is known.")
    birthday_is_lunar: Mapped[bool] = column(
        default=False, doc="Month and day count in the Chinese lunar calendar."
    )

    def check_birthday(self, *, today: date) -> None:
        """Raise InvalidBirthday unless the birthday is empty, or a day that its calendar has."""
        month, day, year = self.birthday_month, self.birthday_day, self.birthday_year
        if month is None and day is None and year is None:
            return
        if month is None or day is None:
            raise InvalidBirthday(
                "A birthday needs a month and a day; only the year may be left out.", field="birthday_month"
            )
        if year is not None and not _EARLIEST_YEAR <= year <= today.year:
            raise InvalidBirthday(text("Nobody living was born in {year}.", year=year), field="birthday_year")
        if not 1 <= month <= 12:
            raise InvalidBirthday(text("There is no month {month}.", month=month), field="birthday_month")
        if not 1 <= day <= _days_of(month, year, is_lunar=bool(self.birthday_is_lunar)):
            sentence = (
                "Month {month} has no day {day} in {year}." if year else "Month {month} has no day {day}."
            )
            raise InvalidBirthday(text(sentence, month=month, day=day, year=year), field="birthday_day")


def _days_of(month: int, year: int | None, *, is_lunar: bool) -> int:
    if is_lunar:
        return _LONGEST_LUNAR_MONTH
    return calendar.monthrange(year or _LEAP_YEAR, month)[1]
