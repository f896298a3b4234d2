"""Forms: the statements that lists and aggregates made for each form of their arguments, in room that all share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from kehu.kernel.caches import Cache

V = TypeVar("V")

# A statement takes about 20 kB, and each value that it compares with a few more.
FORM_BYTES = 20_000
VALUE_BYTES = 3_000

Room = Cache[tuple[object, Hashable], object]


class Forms(Generic[V]):
    """What one list or aggregate made for the forms of its arguments."""

    def __init__(self, room: Room) -> None:
        self._room, self._own = room, object()

    def of(self, form: Hashable, values: Sequence[object], make: Callable[[], V]) -> V:
        """What was made for this form, with so many values in it, or is made now."""
        key = self._own, form
        known: V | None = self._room.find(key)  # type: ignore[assignment]  # its own keys have its own values
        if known is None:
            known = make()
            self._room.keep(key, known, FORM_BYTES + VALUE_BYTES * len(values))
        return known
