"""JSON as it comes from anywhere: what no program writes in good faith is refused, before anything is done with it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import kehu

# Inputs and filters are nested less than twenty deep, and say so themselves; this is what can be walked at all.
DEEPEST = 400

# Half a character can only come escaped; most texts have none.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: bytes | str) -> Any:
    """What a text in JSON says.

    Raises BadInput for one that is none, in another encoding than UTF-8, nested more than DEEPEST deep, with numbers
    that are none or longer than Python reads, or with texts that are none: with half of a character.
    """
    try:
        text = text.decode() if isinstance(text, bytes) else text
        found = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise kehu.BadInput(f"This is no JSON that can be read: {_reason(error)}.") from None
    if is_too_deep(text, found):
        raise _too_deep()
    if _HALF.search(text) and any(map(_is_broken, _texts(found))):
        raise kehu.BadInput("A text in this JSON has half of a character.")
    return found


def is_too_deep(text: bytes | str, found: object) -> bool:
    """Whether what was read from a text is nested more than DEEPEST deep; few have so many braces at all."""
    if _count(text, "[") + _count(text, "{") <= DEEPEST:
        return False
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _parts(each)]
    return any(isinstance(each, dict | list) for each in level)


def _texts(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    for inner in _parts(found):
        yield from _texts(inner)
    if isinstance(found, dict):
        yield from found


def _is_broken(text: str) -> bool:
    return any("\ud800" <= each <= "\udfff" for each in text)


def _parts(found: object) -> Any:
    if isinstance(found, dict):
        return found.values()
    return found if isinstance(found, list) else ()


def _count(text: bytes | str, part: str) -> int:
    return text.count(part.encode()) if isinstance(text, bytes) else text.count(part)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits:.20} is too large")
    return number


def _reason(error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not in UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, at character {error.pos}"
    return "a number is no number, or has more digits than are read"


def _too_deep() -> kehu.BadInput:
    return kehu.BadInput(f"This JSON is nested more than {DEEPEST} deep.")
