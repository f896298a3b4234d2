"""Months, quarters and years: the periods of quotas and forecasts."""

from __future__ import annotations

import enum
from datetime import date, timedelta


class PeriodKind(enum.Enum):
    """How long a period of quotas and forecasts is."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"

    def first_day(self, day: date) -> date:
        """The first day of the period that a day falls in."""
        if self is PeriodKind.YEAR:
            return day.replace(month=1, day=1)
        months = 3 if self is PeriodKind.QUARTER else 1
        return day.replace(month=day.month - (day.month - 1) % months, day=1)

    def last_day(self, day: date) -> date:
        """The last day of the period that a day falls in."""
        first = self.first_day(day)
        months = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}[self]
        years, month = divmod(first.month - 1 + months, 12)
        return date(first.year + years, month + 1, 1) - timedelta(days=1)
