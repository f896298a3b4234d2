"""Telephone numbers in one form, so that two spellings of one number meet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from kehu.kernel.text.characters import half_width

if TYPE_CHECKING:
    import phonenumbers

# libphonenumber knows "ext." and its kin in a dozen languages, but not the Chinese words for it.
_CHINESE_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機)[::]?\s*(?=\d+\s*$)")


class InvalidPhone(ValueError):
    """A text that no telephone exchange would take; the message says why."""

    code: ClassVar[str] = "INVALID_PHONE"


def normalise_phone(text: str, region: str) -> str:
    """The number in `text` as E.164, with its extension as in RFC 3966: `+861082349876;ext=5`.

    `region` is the ISO 3166 alpha-2 code of the country whose rules hold when no country code is typed.
    Raises InvalidPhone for what is no number, or none that the country assigns.
    Source: Google libphonenumber, through the phonenumbers distribution.
    """
    import phonenumbers  # noqa: PLC0415  # knows every country's numbers, which takes a while to import

    typed = _CHINESE_EXTENSION.sub(" ext. ", half_width(text).strip())
    try:
        number = phonenumbers.parse(typed, region.upper())
    except phonenumbers.NumberParseException as unreadable:
        raise InvalidPhone(f"{text!r} is not a telephone number.") from unreadable
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhone(f"{text!r} is not a telephone number that exists in {_place(number, region)}.")
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain


def _place(number: phonenumbers.PhoneNumber, region: str) -> str:
    import phonenumbers  # noqa: PLC0415

    if number.country_code == phonenumbers.country_code_for_region(region.upper()):
        return region.upper()
    return f"the country of +{number.country_code}"
