"""Database constraints as refusals: which field, in words, never the database's own text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kehu.errors import Conflict, Refusal
from kehu.names import camel
from kehu.writing.changes import Change


class DuplicateValue(Refusal):
    """Another record has this value, which must be unique."""

    code = "DUPLICATE"


class StillReferenced(Refusal):
    """Other records point at this one."""

    code = "STILL_REFERENCED"


class MissingReference(Refusal):
    """The record points at one that does not exist."""

    code = "NOT_FOUND"


def refusal_of(error: IntegrityError, changes: Sequence[Change[Any]]) -> Refusal:
    """The refusal that a violated constraint stands for."""
    text = str(error.orig)
    tables = {change.entity.model.__table__: change.entity for change in changes}
    for table, entity in tables.items():
        column = _unique_column(text, table)
        if column is not None:
            return DuplicateValue(f"Another {entity.name} has this {camel(column)} already.", field=column)
        if (
            re.search(rf"NOT NULL constraint failed: {table.name}\.(\w+)", text)
            or f'relation "{table.name}" violates not-null' in text
        ):
            match = re.search(rf"{table.name}\.(\w+)|column \"(\w+)\"", text)
            missing = next(filter(None, match.groups()), None) if match else None
            return Refusal(
                f"{entity.name} needs a value for {camel(missing or '?')}.", code="REQUIRED", field=missing
            )
    if "foreign key" in text.lower():
        if any(change.deleting for change in changes):
            return StillReferenced("Other records still point at this one; archive it, or remove them first.")
        return MissingReference("The record points at one that does not exist any more.")
    return Conflict("The write breaks a rule of the database; read the records again and repeat the change.")


def _unique_column(text: str, table: sa.Table) -> str | None:
    """The last column of the violated unique key, which is the one a person typed."""
    match = re.search(rf"UNIQUE constraint failed: ((?:{table.name}\.\w+(?:, )?)+)", text)
    if match:
        return match.group(1).split(", ")[-1].partition(".")[2]
    match = re.search(r'unique constraint "(\w+)"', text)
    if match is None:
        return None
    keys: list[sa.UniqueConstraint | sa.Index] = [
        c for c in table.constraints if isinstance(c, sa.UniqueConstraint) and c.name == match.group(1)
    ]
    indexes = [index for index in table.indexes if index.unique and index.name == match.group(1)]
    columns = next((list(found.columns) for found in [*keys, *indexes]), [])
    return str(columns[-1].name) if columns else None
