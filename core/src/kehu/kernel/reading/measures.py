"""Measures: what aggregates can compute of the values of an attribute."""

from __future__ import annotations

import enum


class Measure(enum.Enum):
    """What can be computed of the values of an attribute; DISTINCT is how many different ones there are."""

    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    DISTINCT = "distinct"
