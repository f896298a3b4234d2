"""Whether other workers live, told without comparing clocks.

A lease that says "until 10:15" is wrong as soon as somebody sets a clock, or two machines disagree. So workers do not
write times: each counts its beats, and the others look whether the count moves while their own monotonic clock runs.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping


class Leases:
    """What one worker has seen of the beats of all."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._monotonic = seconds, monotonic
        self._seen: dict[uuid.UUID, tuple[int, float]] = {}

    def stood_still(self, beats: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, int]:
        """Those whose count has been the same for `seconds`, with that count; call it more often than that."""
        now = self._monotonic()
        known = self._seen
        self._seen = {
            worker: known[worker] if worker in known and known[worker][0] == count else (count, now)
            for worker, count in beats.items()
        }
        return {
            worker: count for worker, (count, since) in self._seen.items() if now - since >= self._seconds
        }
