"""Slots: places of values that are filled in each time a statement is executed, so that its SQL is made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa


class Slot:
    """Stands in a filter, or among the values of a cursor, for a value that is not known yet."""

    __slots__ = ("convert", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.convert: Callable[[Any], Any] | None = None

    def parameter(self, kind: Any, convert: Callable[[Any], Any] | None = None) -> sa.BindParameter[Any]:
        """The parameter of this name; `convert` makes the value that is bound of the one that is given."""
        self.convert = convert
        return sa.bindparam(self.name, None, type_=kind)


def parted(given: Any, values: list[Any]) -> Any:
    """The form of a filter, which can be hashed, without its values; these are appended to `values` in order."""
    if given is None or given is True or given is False:
        return given
    if isinstance(given, Mapping):
        return tuple([(name, parted(part, values)) for name, part in given.items()])
    if isinstance(given, (list, tuple)):
        return ("*", *[parted(part, values) for part in given])
    values.append(given)
    return ...


def slotted(given: Any, slots: list[Slot], prefix: str) -> Any:
    """The same filter with a slot in the place of each value, in the same order."""
    if given is None or given is True or given is False:
        return given
    if isinstance(given, Mapping):
        return {name: slotted(part, slots, prefix) for name, part in given.items()}
    if isinstance(given, (list, tuple)):
        return [slotted(part, slots, prefix) for part in given]
    slots.append(Slot(f"{prefix}_{len(slots)}"))
    return slots[-1]


def filled(slots: Sequence[Slot], values: Sequence[Any]) -> dict[str, Any]:
    """The values to bind, by name. Raises BadInput for one that cannot be compared with."""
    return {
        slot.name: value if slot.convert is None else slot.convert(value)
        for slot, value in zip(slots, values, strict=True)
    }
