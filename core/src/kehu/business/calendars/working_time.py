"""Working time: what a week of opening hours, holidays and a time zone make of a promise, exact to the second.

Pure functions of their arguments; the clock of every promise (an answer within 8 business hours) stands on them.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kehu.kernel.errors import Refusal

Hours = tuple[time, time]
Span = tuple[datetime, datetime]

LONGEST_WAIT = timedelta(days=366 * 3)
_DAY = timedelta(days=1)
_WIDEST_OFFSET = timedelta(hours=15)
_SECOND = timedelta(seconds=1)


class NoWorkingTime(Refusal):
    """A calendar that is never open keeps no promise."""

    code = "NO_WORKING_TIME"


@dataclasses.dataclass(frozen=True)
class WorkingHours:
    """When somebody works: by weekday (Monday first, several spans a day), with exceptions, in one time zone.

    A span that ends at `time(0)` lasts until midnight. `exceptions` replace the
    hours of single days: no spans for a holiday, spans for a make-up working day.
    """

    week: tuple[tuple[Hours, ...], ...]
    zone: str = "UTC"
    exceptions: tuple[tuple[date, tuple[Hours, ...]], ...] = ()

    @functools.cached_property
    def _exceptions(self) -> dict[date, tuple[Hours, ...]]:
        return dict(self.exceptions)

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """The spans of a day, in wall time."""
        return self._exceptions.get(day, self.week[day.weekday()])

    @property
    def is_ever_open(self) -> bool:
        """Whether there is a working minute at all."""
        return any(self.week) or any(hours for _, hours in self.exceptions)


def add_working_time(start: datetime, amount: timedelta, hours: WorkingHours) -> datetime:
    """The moment (UTC) when `amount` of working time has passed since `start`; `start` itself for none.

    A deadline that falls on closing time stays there. Raises NoWorkingTime when it is not reached within three years.
    """
    if amount <= timedelta(0):
        return start.astimezone(UTC)
    if not hours.is_ever_open:
        raise NoWorkingTime("This calendar has no working minute; give it opening hours.")
    remaining = amount
    for opens, closes in _spans(hours, start, start + LONGEST_WAIT):
        if closes - opens >= remaining:
            return opens + remaining
        remaining -= closes - opens
    raise NoWorkingTime("This calendar is not open often enough to keep the promise within three years.")


def working_time_between(start: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """How much working time lies between two moments; nothing when `end` is not after `start`."""
    total = timedelta(0)
    if end <= start or not hours.is_ever_open:
        return total
    for opens, closes in _spans(hours, start, end):
        total += min(closes, end) - opens
    return total


def is_working(moment: datetime, hours: WorkingHours) -> bool:
    """Whether it is working time at this moment; opening time counts, closing time does not."""
    return any(opens <= moment for opens, _ in _spans(hours, moment, moment + _SECOND))


def _spans(hours: WorkingHours, start: datetime, end: datetime) -> Iterator[Span]:
    """The working spans in UTC that end after `start`, the first one cut there, and begin before `end`."""
    begin = start.astimezone(UTC)
    zone = ZoneInfo(hours.zone)
    day, last = begin.astimezone(zone).date() - _DAY, end.astimezone(zone).date() + _DAY
    while day <= last:
        for opens, closes in spans_of_day(hours, day):
            if closes > begin and opens < end:
                yield max(opens, begin), closes
        day += _DAY


@functools.lru_cache(maxsize=4096)
def spans_of_day(hours: WorkingHours, day: date) -> tuple[Span, ...]:
    """The working spans of a local day, in UTC and in order.

    A night in which clocks are put back has some wall times twice, and both count; those that are skipped do not.
    """
    pieces = []
    for begin, end, offset in _stretches(hours.zone, day):
        for opens, closes in hours.hours_on(day):
            first = max(begin, _utc(day, opens) - offset)
            last = min(end, _utc(day if closes > opens else day + _DAY, closes) - offset)
            if first < last:
                pieces.append((first, last))
    return tuple(_joined(sorted(pieces)))


@functools.lru_cache(maxsize=4096)
def _stretches(zone: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The stretches of UTC around a local day during which the zone keeps one offset."""
    info = ZoneInfo(zone)
    begin, end = _utc(day, time(0)) - _WIDEST_OFFSET, _utc(day + _DAY, time(0)) + _WIDEST_OFFSET
    first, last = _offset(begin, info), _offset(end, info)
    if first == last:
        return ((begin, end, first),)
    change = _change_between(begin, end, info)
    return ((begin, change, first), (change, end, last))


def _change_between(begin: datetime, end: datetime, info: ZoneInfo) -> datetime:
    """The first second of the new offset, by bisection."""
    old = _offset(begin, info)
    while end - begin > _SECOND:
        middle = begin + timedelta(seconds=(end - begin) // _SECOND // 2)
        if _offset(middle, info) == old:
            begin = middle
        else:
            end = middle
    return end


def _offset(moment: datetime, info: ZoneInfo) -> timedelta:
    return moment.astimezone(info).utcoffset() or timedelta(0)


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, UTC)


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Neighbours that touch or overlap, as one."""
    waiting: Span | None = None
    for opens, closes in spans:
        if waiting is None:
            waiting = (opens, closes)
        elif opens <= waiting[1]:
            waiting = (waiting[0], max(waiting[1], closes))
        else:
            yield waiting
            waiting = (opens, closes)
    if waiting is not None:
        yield waiting
