"""The values of a record before any hook looks at it: defaults, and decimals as their columns keep them."""

from __future__ import annotations

import inspect
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kehu.model import Entity, ExactDecimal, utc_now


def give_defaults(record: Entity, now: datetime) -> None:
    """Set every attribute of a new record that is None and whose column has a default in Python, the id included.

    The database would get the same values; but hooks must see them, and the audit trail must know them.
    """
    given = sa.inspect(record).dict
    for attribute in sa.inspect(type(record)).column_attrs:
        default: Any = getattr(attribute.columns[0], "default", None)
        if default is None or given.get(attribute.key) is not None:
            continue
        if default.is_scalar:
            setattr(record, attribute.key, default.arg)
        elif default.is_callable:
            # A default that is the time it is now shows the time of the App's clock.
            setattr(
                record, attribute.key, now if inspect.unwrap(default.arg) is utc_now else default.arg(None)
            )


def round_decimals(record: Entity) -> None:
    """Round decimals to the places of their columns, so that hooks, audit and answer see what is stored."""
    for attribute in sa.inspect(type(record)).column_attrs:
        kind = attribute.columns[0].type
        value = sa.inspect(record).dict.get(attribute.key)
        if isinstance(kind, ExactDecimal) and isinstance(value, Decimal) and kind.fits(value):
            rounded = kind.quantise(value)
            if rounded != value:
                setattr(record, attribute.key, rounded)
