"""Periods: spans of time relative to today, as the principal's time zone has it: `within: {unit: MONTH, from: -3}`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kehu.kernel.errors import BadInput
from kehu.kernel.model.borders import OUT_OF_RANGE, is_within_border
from kehu.kernel.reading.aggregates import TimeBucket

if TYPE_CHECKING:
    from kehu.kernel.context import Context

WITHIN = "within"
SINCE, UNTIL = "since", "until"

_MONTHS = {TimeBucket.MONTH: 1, TimeBucket.QUARTER: 3, TimeBucket.YEAR: 12}


@dataclasses.dataclass(frozen=True, slots=True)
class Midnight:
    """Where a day begins: the day itself for dates, a moment in the zone for moments."""

    day: date
    zone: str

    def of(self, kind: type[Any]) -> date | datetime:
        """The value to compare with an attribute of this kind."""
        if kind is date:
            return self.day
        return datetime.combine(self.day, time(), ZoneInfo(self.zone)).astimezone(UTC)


def absolute(ctx: Context, filter: Any) -> Any:
    """The filter with each period as the midnights that it lies between; the same object where there is none.

    Raises BadInput (OUT_OF_RANGE) for a period that no calendar has.
    """
    if isinstance(filter, Mapping):
        parts = {name: absolute(ctx, part) for name, part in filter.items() if name != WITHIN}
        period = filter.get(WITHIN)
        if isinstance(period, Mapping) and "unit" in period:
            return parts | _between(ctx, period)
        if WITHIN in filter:
            parts[WITHIN] = absolute(ctx, period)
        return parts if any(parts[name] is not filter[name] for name in parts) else filter
    if isinstance(filter, (list, tuple)):
        items = [absolute(ctx, item) for item in filter]
        return items if any(new is not old for new, old in zip(items, filter, strict=True)) else filter
    return filter


def _between(ctx: Context, period: Mapping[str, Any]) -> dict[str, Midnight]:
    unit = TimeBucket(getattr(period["unit"], "value", period["unit"]))
    first, last = period.get("from") or 0, period.get("to") or 0
    start, zone = _start(ctx.today(), unit), ctx.principal.time_zone
    try:
        since, until = _moved(start, unit, first), _moved(start, unit, last + 1)
    except (OverflowError, ValueError):
        raise _beyond_every_calendar() from None
    if not (is_within_border(since) and is_within_border(until)):
        raise _beyond_every_calendar()
    return {SINCE: Midnight(since, zone), UNTIL: Midnight(until, zone)}


def _beyond_every_calendar() -> BadInput:
    return BadInput("This period lies beyond every calendar.", code=OUT_OF_RANGE, field=WITHIN)


def _start(day: date, unit: TimeBucket) -> date:
    """The first day of the unit that a day lies in; weeks begin on Monday."""
    if unit is TimeBucket.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS.get(unit)
    return day if months is None else day.replace(month=day.month - (day.month - 1) % months, day=1)


def _moved(start: date, unit: TimeBucket, units: int) -> date:
    months = _MONTHS.get(unit)
    if months is None:
        return start + timedelta(days=units * (7 if unit is TimeBucket.WEEK else 1))
    years, month = divmod(start.month - 1 + units * months, 12)
    return date(start.year + years, month + 1, 1)
