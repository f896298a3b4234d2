from __future__ import annotations

import pytest

from kehu.business.identifiers import UnknownCurrency, is_currency, minor_digits


@pytest.mark.parametrize("code", ["CNY", "EUR", "USD", "JPY", "DEM"])
def test_a_currency_of_today_or_of_the_past_is_one(code: str) -> None:
    assert is_currency(code)


@pytest.mark.parametrize("code", ["", "cny", "RMB", "XXX", "XTS", "¥"])
def test_what_iso_4217_does_not_list_as_money_is_no_currency(code: str) -> None:
    assert not is_currency(code)


@pytest.mark.parametrize(("code", "digits"), [("CNY", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("CLF", 4)])
def test_amounts_have_the_decimals_of_their_currency(code: str, digits: int) -> None:
    assert minor_digits(code) == digits


def test_an_unknown_currency_has_no_decimals() -> None:
    with pytest.raises(UnknownCurrency) as refused:
        minor_digits("RMB")

    assert (refused.value.code, str(refused.value)) == (
        "UNKNOWN_CURRENCY",
        "'RMB' is not an ISO 4217 currency.",
    )
