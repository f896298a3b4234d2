"""Conditions on customers that more than one place needs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

# Paths are made of hexadecimal digits only, and in every collation these come before this letter.
BEYOND_ALL_KEYS = "g"


def stands_below(entity: Any, path: str) -> sa.ColumnElement[bool]:
    """That `entity`, Customer or an alias of it, stands somewhere below the customer with this path; uses its index."""
    return sa.and_(entity.path > path, entity.path < path + BEYOND_ALL_KEYS)
