"""Database constraints as refusals: which field, in words, never the database's own text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.schema import ColumnCollectionConstraint

from kehu.kernel.composition import EntityDefinition
from kehu.kernel.errors import Conflict, Refusal
from kehu.kernel.texts import Text, field_label, text, type_label
from kehu.kernel.writing.changes import Change


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
    kind, table, columns = _on_sqlite(error) or _on_postgresql(error, changes)
    entity = next((c.entity for c in changes if c.entity.model.__table__.name == table), None)
    if kind == "unique" and entity is not None and columns:
        return _duplicate(entity, columns[-1])
    if kind == "not null" and entity is not None and columns:
        message = "{entity} needs a value for {field}."
        return Refusal(_said(message, entity, columns[0]), code="REQUIRED", field=columns[0])
    if kind == "foreign key" and any(change.deleting for change in changes):
        return StillReferenced("Other records still point at this one; archive it, or remove them first.")
    if kind == "foreign key":
        return MissingReference(
            "The record points at one that does not exist any more.", field=columns[0] if columns else None
        )
    return Conflict(
        text("The write breaks a rule of the database; read the records again and repeat the change.")
    )


def _duplicate(entity: EntityDefinition, column: str) -> DuplicateValue:
    """The last column of a key is to blame, which is the one that a person typed."""
    return DuplicateValue(_said("Another {entity} has this {field} already.", entity, column), field=column)


def _said(template: str, entity: EntityDefinition, column: str) -> Text:
    return text(template, entity=type_label(entity.name), field=field_label(entity.name, column))


_PREPARER = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
Violation = tuple[str, str | None, list[str]]

_SQLITE = re.compile(r"(UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed(?:: (.*))?")
_SQLSTATES = {"23505": "unique", "23502": "not null", "23503": "foreign key"}


def _on_sqlite(error: IntegrityError) -> Violation | None:
    """What SQLite's message says: `UNIQUE constraint failed: table.column, table.column`."""
    match = _SQLITE.fullmatch(str(error.orig))
    if match is None:
        return None
    named = re.findall(r"(\w+)\.(\w+)", match.group(2) or "")
    return match.group(1).lower(), named[0][0] if named else None, [column for _, column in named]


def _on_postgresql(error: IntegrityError, changes: Sequence[Change[Any]]) -> Violation:
    """What PostgreSQL says in fields of its own, since its message is in the server's language."""
    diagnosis: Any = getattr(error.orig, "diag", None)
    kind = _SQLSTATES.get(getattr(error.orig, "sqlstate", None) or "", "other")
    table = getattr(diagnosis, "table_name", None)
    if kind == "not null":
        return kind, table, [diagnosis.column_name]
    entity = next((c.entity for c in changes if c.entity.model.__table__.name == table), None)
    return kind, table, _columns_of(entity, diagnosis.constraint_name) if entity is not None else []


def _columns_of(entity: EntityDefinition, name: str) -> list[str]:
    """The columns of a key or index as PostgreSQL names it, which cuts names to 63 bytes."""
    table: sa.Table = entity.model.__table__
    keys = [key for key in table.constraints if isinstance(key, ColumnCollectionConstraint)]
    by_name = {_PREPARER.format_constraint(key): key.columns for key in keys}
    by_name |= {_PREPARER.format_index(index): index.columns for index in table.indexes}
    return [column.name for column in by_name.get(name, ())]
