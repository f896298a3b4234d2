"""Whether other workers live, told without comparing clocks.

A lease that says "until 10:15" is wrong as soon as somebody sets a clock, or two machines disagree. So workers do not
write times: each counts its beats, and the others look whether the count moves while their own monotonic clock runs.
A whole machine may stand still too, and then nobody could beat: whoever did not look for a while counts little of it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping


class Leases:
    """What one worker has seen of the beats of all; between two looks pass at most `longest_step` seconds for it."""

    def __init__(
        self, seconds: float, *, longest_step: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds, self._longest_step, self._monotonic = seconds, longest_step, monotonic
        self._looked_at = monotonic()
        self._still: dict[uuid.UUID, tuple[int, float]] = {}

    def stood_still(self, beats: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, int]:
        """Those whose count has been the same for `seconds`, with that count; call it more often than that."""
        now = self._monotonic()
        step = min(now - self._looked_at, self._longest_step)
        before, self._looked_at = self._still, now
        self._still = {
            worker: (count, before[worker][1] + step if before.get(worker, (None,))[0] == count else 0)
            for worker, count in beats.items()
        }
        return {worker: count for worker, (count, still) in self._still.items() if still >= self._seconds}
