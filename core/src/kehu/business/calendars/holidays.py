"""Public holidays and make-up working days as states proclaim them, from the library `holidays`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=256)
def public_holidays(country: str, subdivision: str | None, year: int) -> tuple[date, ...]:
    """The days of a year on which a country does not work; none for a country that the library does not know."""
    return tuple(sorted(day for day in _proclaimed(country, subdivision, year) if day.year == year))


@lru_cache(maxsize=256)
def make_up_days(country: str, subdivision: str | None, year: int) -> tuple[date, ...]:
    """The weekends of a year on which a country works to make up for a holiday, as China does."""
    proclaimed = _proclaimed(country, subdivision, year)
    found: Iterable[date] = getattr(proclaimed, "weekend_workdays", ())
    return tuple(sorted(day for day in found if day.year == year))


def has_subdivision(country: str, subdivision: str) -> bool:
    """Whether the library knows this part of the country."""
    import holidays as library  # noqa: PLC0415  # its calendars take long to import, and few processes ask

    return subdivision in library.list_supported_countries().get(country, ())


def _proclaimed(country: str, subdivision: str | None, year: int) -> Iterable[date]:
    import holidays as library  # noqa: PLC0415  # its calendars take long to import, and few processes ask

    if country not in library.list_supported_countries():
        return ()
    return library.country_holidays(country, subdiv=subdivision, years=year)
