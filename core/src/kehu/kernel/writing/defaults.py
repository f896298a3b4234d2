"""The values of a record before any hook looks at it: defaults, and decimals as their columns keep them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from kehu.kernel.model import Entity
from kehu.kernel.writing.shapes import Shape


def give_defaults(record: Entity, shape: Shape, now: datetime) -> None:
    """Set every attribute of a new record that is None and whose column has a default in Python, the id included.

    The database would get the same values; but hooks must see them, and the audit trail must know them.
    """
    given = sa.inspect(record).dict
    for name, default in shape.defaults:
        if given.get(name) is None:
            setattr(record, name, default(now))


def round_decimals(record: Entity, shape: Shape) -> None:
    """Round decimals to the places of their columns, so that hooks, audit and answer see what is stored."""
    if not shape.decimals:
        return
    given = sa.inspect(record).dict
    for name, kind in shape.decimals:
        value = given.get(name)
        if isinstance(value, Decimal) and kind.fits(value):
            rounded = kind.quantise(value)
            if rounded != value:
                setattr(record, name, rounded)
