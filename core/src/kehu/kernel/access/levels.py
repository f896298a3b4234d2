"""Levels: how far a grant reaches."""

from __future__ import annotations

import enum


class Level(enum.IntEnum):
    """How far a grant reaches, from nothing to every record."""

    NONE = 0
    OWN = 1
    TEAM = 2
    SUBTREE = 3
    ALL = 4
