"""Bounds of what is asked: how many conditions, relations, values and characters. Front-ends stay far below them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sized
from typing import Any

from kehu.kernel.errors import BadInput
from kehu.kernel.texts import argument_label, text

# Of one filter: comparisons, and steps to related records.
MOST_CONDITIONS = 500
MOST_RELATIONS = 30
# One in the other: objects, and steps to related records, of which SQLite reads no more than eight.
DEEPEST_FILTER = 20
FURTHEST_RELATION = 5
# Of `in`, `notIn`, `and`, `or` and every other list.
MOST_ITEMS = 2_000
# Characters of a value in a filter, of the search for a name, and of what no column says the length of.
LONGEST_VALUE = 2_000
LONGEST_ARGUMENT = 10_000
LONGEST_TEXT = 100_000

_WITHIN_A_RECORD = frozenset(("and", "or", "not", "some", "none", "every"))


class TooMuch(BadInput):
    """An argument with more of something than `limit`; it is told in `extensions`, the argument is not repeated.

    The sentence may say `{field}`, `{limit}`, and by `{number}` how much there is.
    """

    def __init__(self, sentence: str, limit: int, *, field: str, number: int | None = None) -> None:
        said = text(sentence, field=argument_label(field), limit=limit, number=number)
        super().__init__(said, field=field)
        self.limit = limit

    @property
    def extensions(self) -> dict[str, Any]:
        """What a top-level error says, with the limit."""
        return super().extensions | {"limit": self.limit}


@dataclasses.dataclass(frozen=True, slots=True)
class Longest:
    """How long a text may be that a function of a plugin takes: `Annotated[str, kehu.Longest(200)]`.

    10,000 characters where nothing is said; `Annotated[str, Lead.name]` is as long as the column.
    """

    characters: int


@dataclasses.dataclass(slots=True)
class Size:
    """How large filters are: comparisons, steps to related records, and values that they compare with in lists."""

    conditions: int = 0
    relations: int = 0
    values: int = 0


def check_filter(given: Any, field: str = "filter") -> Size:
    """The size of a filter as JSON has it. Raises TooMuch for one that is larger, or deeper, than any may be."""
    size = Size()
    waiting: list[tuple[Any, int, int]] = [(given, 0, 0)]
    while waiting:
        part, depth, steps = waiting.pop()
        if isinstance(part, (list, tuple)):
            check_number(part, field)
            size.values += len(part)
            waiting += [(item, depth, steps) for item in part if not isinstance(item, (int, float))]
        elif isinstance(part, Mapping):
            check_depth(depth, DEEPEST_FILTER, field)
            for name, inner in part.items():
                is_step = name not in _WITHIN_A_RECORD and is_of_records(inner)
                waiting.append((inner, depth + 1, steps + is_step))
                size.relations += is_step
                size.conditions += not isinstance(inner, (Mapping, list, tuple)) or _is_among(inner)
            size.conditions += not part
            _check_size(size, steps, field)
        elif isinstance(part, str):
            check_length(part, LONGEST_VALUE, field)
    return size


def is_of_records(part: Any) -> bool:
    """Whether a part of a filter, below a name, is about other records: it has objects in it."""
    return isinstance(part, Mapping) and any(isinstance(inner, (Mapping, list)) for inner in part.values())


def check_number(items: Sized, field: str, limit: int = MOST_ITEMS) -> None:
    """Raise TooMuch for more than so many items."""
    _check(len(items), limit, field, "{field} has {number} items; at most {limit} are taken.")


def check_length(given: str, limit: int, field: str) -> None:
    """Raise TooMuch for more than so many characters."""
    _check(len(given), limit, field, "{field} has {number} characters; at most {limit} are taken.")


def check_depth(depth: int, limit: int, field: str) -> None:
    """Raise TooMuch for what nests deeper."""
    _check(depth, limit, field, "{field} nests deeper than {limit} levels.")


def _check_size(size: Size, steps: int, field: str) -> None:
    _check(size.conditions, MOST_CONDITIONS, field, "{field} has more than {limit} conditions.")
    _check(size.relations, MOST_RELATIONS, field, "{field} asks for related records more than {limit} times.")
    _check(steps, FURTHEST_RELATION, field, "{field} leads to related records over more than {limit} steps.")


def _check(number: int, limit: int, field: str, sentence: str) -> None:
    if number > limit:
        raise TooMuch(sentence, limit, field=field, number=number)


def _is_among(inner: Any) -> bool:
    """Whether a list is one of values, which make one comparison."""
    return isinstance(inner, (list, tuple)) and not any(isinstance(item, Mapping) for item in inner)
