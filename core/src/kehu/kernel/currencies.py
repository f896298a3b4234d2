"""Which ISO 4217 currencies there are, and how many decimals their amounts have."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

# ISO 4217 codes that are no money: for tests, and for "no currency".
_NO_CURRENCY = frozenset({"XTS", "XXX"})


SEVERAL_CURRENCIES = "*"
"""What stands for the currency of a computed amount that would be in several, and is therefore null."""


class UnknownCurrency(ValueError):
    """A code that is no ISO 4217 currency."""

    code: ClassVar[str] = "UNKNOWN_CURRENCY"


def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 currency in upper case, also one of the past (`DEM`)."""
    return code in _currencies()


def minor_digits(code: str) -> int:
    """How many decimals an amount in the currency has: 2 for most, 0 for JPY, 3 for KWD.

    Raises UnknownCurrency. Source: Unicode CLDR, through Babel; it follows use, ISO 4217 law (IQD: 0, not 3).
    """
    if not is_currency(code):
        raise UnknownCurrency(f"{code!r} is not an ISO 4217 currency.")
    from babel.numbers import get_currency_precision  # noqa: PLC0415  # a server starts without Babel

    return get_currency_precision(code)


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies  # noqa: PLC0415

    return frozenset(list_currencies()) - _NO_CURRENCY
