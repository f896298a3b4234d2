"""What every mapped class has: its plugin's own MetaData, an id, a version, times, custom fields."""

from __future__ import annotations

import enum
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr

from kehu.kernel.ids import uuid7
from kehu.kernel.model.options import column
from kehu.kernel.model.types import ExactDecimal, GlobalId, GlobalIdText, Json, StringList, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model:
    """Mixin for a plugin's declarative base: `class Base(kehu.Model, DeclarativeBase): ...`.

    Each base gets a MetaData and a registry of its own, so that importing a plugin adds nothing to another's.
    """

    metadata: ClassVar[sa.MetaData]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if DeclarativeBase in cls.__bases__:
            if "metadata" not in cls.__dict__:
                cls.metadata = sa.MetaData(naming_convention=NAMING)
            if "type_annotation_map" not in cls.__dict__:
                cls.type_annotation_map = TYPES  # type: ignore[attr-defined]  # declared by DeclarativeBase
        super().__init_subclass__(**kwargs)


TYPES: dict[Any, Any] = {
    datetime: UtcDateTime(),
    Decimal: ExactDecimal(18, 4),
    dict[str, Any]: Json,
    list[str]: StringList(),
    uuid.UUID: sa.Uuid(),
    GlobalId: GlobalIdText(),
    enum.Enum: sa.Enum(enum.Enum, native_enum=False, length=40, create_constraint=False),
}


def utc_now() -> datetime:
    """The present moment; rules take time as an argument instead, from `ctx.now()`."""
    return datetime.now(UTC)


class Entity:
    """A record with an identity of its own.

    `version` counts its writes and is what optimistic locking compares. `custom` holds the custom fields of all
    plugins, keyed by `<plugin>.<name>`; keys that nobody declares any more are kept as they are.
    """

    id: Mapped[uuid.UUID] = column(primary_key=True, default=uuid7, create=False, update=False, audit=False)
    version: Mapped[int] = column(
        nullable=False,
        filter=False,
        order=False,
        create=False,
        update=False,
        audit=False,
        doc="Counts the writes to this record; send it back to be told of a CONFLICT.",
    )
    created_at: Mapped[datetime] = column(
        default=utc_now, create=False, update=False, audit=False, doc="When the record was created (UTC)."
    )
    updated_at: Mapped[datetime] = column(
        default=utc_now,
        onupdate=utc_now,
        create=False,
        update=False,
        audit=False,
        doc="When the record was last written (UTC).",
    )
    custom: Mapped[dict[str, Any]] = column(default=dict, expose=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Archivable(Entity):
    """An entity that deleting only archives.

    An archived record leaves lists and search but stays reachable by its id and in history; `purge` needs its own
    permission and removes it for good.
    """

    external_id: Mapped[str | None] = column(
        sa.String(200), index=True, doc="The record's id in the system it came from."
    )
    archived_at: Mapped[datetime | None] = column(
        create=False,
        update=False,
        doc="When the record was archived (UTC); lists leave archived records out.",
    )
