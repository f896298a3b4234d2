"""The defaults of a new record, given before any hook looks at it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kehu.model import Entity


def give_defaults(record: Entity) -> None:
    """Set every attribute of a new record that is None and whose column has a default in Python, the id included.

    The database would get the same values; but hooks must see them, and the audit trail must know them.
    """
    for attribute in sa.inspect(type(record)).column_attrs:
        default: Any = getattr(attribute.columns[0], "default", None)
        if default is None or getattr(record, attribute.key) is not None:
            continue
        if default.is_scalar:
            setattr(record, attribute.key, default.arg)
        elif default.is_callable:
            setattr(record, attribute.key, default.arg(None))
