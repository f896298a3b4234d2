"""China's unified social credit code, the registered number of every organization there (GB 32100-2015)."""

from __future__ import annotations

import re
from typing import ClassVar

from kehu.kernel.text.characters import half_width

# GB 32100-2015: I, O, S, V and Z are left out because they look like digits, or like U.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18
# Weight i is 3^(i-1) mod 31 (GB 32100-2015), so no two positions weigh the same.
_WEIGHTS = tuple(pow(3, position, 31) for position in range(_LENGTH - 1))
# The registering authority, the kind of body, six digits of the place, the body itself, the check digit.
_SHAPE = re.compile(rf"[1-9ANY][{_ALPHABET}][0-9]{{6}}[{_ALPHABET}]{{10}}")
_SEPARATORS = re.compile(r"[\s\-]+")


class InvalidCreditCode(ValueError):
    """A text that is no unified social credit code; the message says why."""

    code: ClassVar[str] = "INVALID_CREDIT_CODE"


def parse_credit_code(text: str) -> str:
    """The 18 characters of the code in `text`: upper case, without spaces and hyphens, check digit verified.

    Raises InvalidCreditCode.
    """
    credit_code = _SEPARATORS.sub("", half_width(text)).upper()
    if len(credit_code) != _LENGTH:
        raise InvalidCreditCode(
            f"A unified social credit code has 18 characters; {text!r} has {len(credit_code)}."
        )
    if not _SHAPE.fullmatch(credit_code):
        raise InvalidCreditCode(f"{text!r} is not formed like a unified social credit code.")
    if credit_code[-1] != check_digit(credit_code[:-1]):
        raise InvalidCreditCode(f"The check digit of {credit_code} does not fit: a character is mistyped.")
    return credit_code


def check_digit(body: str) -> str:
    """The last character of a code, from the 17 before it.

    Source: GB 32100-2015: 31 minus the weighted sum modulo 31, where 31 counts as 0.
    """
    weighted = sum(
        _ALPHABET.index(character) * weight for character, weight in zip(body, _WEIGHTS, strict=True)
    )
    return _ALPHABET[-weighted % len(_ALPHABET)]
