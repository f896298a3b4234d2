"""What came of a request to a target."""

from __future__ import annotations

import dataclasses

GONE = 410


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request. `error` is None for an answer of 2xx; `is_refused` when nothing was sent."""

    status: int | None
    body: str
    seconds: float
    error: str | None = None
    is_refused: bool = False
