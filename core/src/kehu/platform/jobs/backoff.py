"""How often and how long: the times of a runner, and when a failed job is tried again."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta

FIRST_RETRY_SECONDS = 10
LONGEST_RETRY_SECONDS = 3600


@dataclasses.dataclass(frozen=True, slots=True)
class Backoff:
    """The times of a runner in seconds; all of them pass on the monotonic clock, which nobody sets.

    A worker that has not beaten for `lease` is dead to the others. `grace` is what running jobs get to end when the
    runner stops.
    """

    poll: float = 1.0
    beat: float = 5.0
    lease: float = 20.0
    grace: float = 10.0


def retry_after(attempt: int, chance: random.Random) -> timedelta:
    """How long to wait after the failed attempt number `attempt` (from 1): 10 s, doubled each time, at most an hour.

    Up to half of it is left off by chance, so that what failed together does not come back together.
    """
    seconds = min(FIRST_RETRY_SECONDS * 2 ** min(attempt - 1, 16), LONGEST_RETRY_SECONDS)
    return timedelta(seconds=seconds * chance.uniform(0.5, 1.0))
