"""The border of all days and moments: what lies before 1900 or after 2200 is a slip of the keyboard.

Within it every day has a neighbour and every moment a day in each time zone, so nothing that reckons has to ask.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from kehu.kernel.errors import BadInput
from kehu.kernel.texts import Label, Text, text

FIRST_YEAR, LAST_YEAR = 1900, 2200
OUT_OF_RANGE = "OUT_OF_RANGE"


def is_within_border(value: date) -> bool:
    """Whether a day, or a moment in UTC, lies in the years 1900 to 2200."""
    if isinstance(value, datetime) and value.tzinfo is not UTC:
        # The first and the last moments of the calendar cannot be moved to UTC.
        if not FIRST_YEAR - 1 <= value.year <= LAST_YEAR + 1:
            return False
        value = value.astimezone(UTC)
    return FIRST_YEAR <= value.year <= LAST_YEAR


def check_border(value: date, named: Label, *, field: str) -> None:
    """Raise BadInput (OUT_OF_RANGE, blaming `field`) for a day or a moment that lies outside."""
    if not is_within_border(value):
        raise BadInput(beyond_border(named), code=OUT_OF_RANGE, field=field)


def beyond_border(field: Label) -> Text:
    """What is said of such a day or moment."""
    return text(
        "{field} must lie between {first} and {last}.",
        field=field,
        first=f"{FIRST_YEAR}-01-01",
        last=f"{LAST_YEAR}-12-31",
    )
