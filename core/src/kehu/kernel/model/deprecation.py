"""Deprecation: what front-ends shall not use any more, since when, and until when they still may."""

from __future__ import annotations

import dataclasses
from datetime import date


@dataclasses.dataclass(frozen=True, slots=True)
class Deprecation:
    """`reason` says what to use instead: "Use openPipeline."; it may go after the day `until`, which is after `since`.

    Raises ValueError for days the other way round.
    """

    reason: str
    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise ValueError(
                f"{self.reason!r} cannot go on {self.until} before it is deprecated on {self.since}."
            )

    @property
    def text(self) -> str:
        """What `@deprecated(reason:)` says."""
        return f"{self.reason} Deprecated since {self.since}, may go after {self.until}."
