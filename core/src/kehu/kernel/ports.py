"""Ports: what the kernel needs of the platform, which one plugin supplies with `plugin.platform(...)`; that is core.

A module with functions of these names is one, as is an object with such methods.
"""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from kehu.kernel.jobs import JobBackend
from kehu.kernel.model import Entity, GlobalId

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.kernel.context import Context
    from kehu.kernel.db.bundles import Bundle
    from kehu.kernel.writing.changes import Change

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Cause:
    """The event that is being handled: events emitted meanwhile name it, and are one level deeper."""

    event_id: uuid.UUID
    depth: int


@dataclasses.dataclass(frozen=True, slots=True)
class Emitted:
    """An event waiting for the end of its transaction."""

    id: uuid.UUID
    event: object
    customer_id: uuid.UUID | None
    record_id: GlobalId | None
    lane: uuid.UUID


class AuditLog(Protocol):
    """Keeps who changed what."""

    def audit_table(self) -> sa.Table:
        """Where the rows go."""
        ...

    def audit_rows(self, ctx: Context, changes: Sequence[Change[Any]]) -> list[Row]:
        """The rows for these changes."""
        ...


class Outbox(Protocol):
    """Keeps what happened, in the transaction in which it did, to be told once that is committed."""

    def emitted(
        self, ctx: Context, event: object, *, customer_id: uuid.UUID | None, record: Entity | None
    ) -> Emitted:
        """An event, checked."""
        ...

    def outbox_rows(
        self, ctx: Context, changes: Sequence[Change[Any]], events: Sequence[Emitted]
    ) -> list[Row]:
        """The rows for these changes of records and these events."""
        ...

    async def write_outbox(self, ctx: Context, rows: Sequence[Row]) -> None:
        """Store the rows, at the end of a transaction."""
        ...

    def bundle_of(
        self, outbox: Sequence[Row], rows: Sequence[tuple[sa.Table, Mapping[str, Any]]] = ()
    ) -> Bundle:
        """Rows and events as what is stored together."""
        ...


class Owners(Protocol):
    """Knows who can have records."""

    async def follow_owners(self, ctx: Context, changes: Iterable[Change[Any]]) -> None:
        """Give records that get an owner a team of that owner; note an error for those who get none."""
        ...


class Deliveries(Protocol):
    """Delivers what is in the outbox, and what came from outside."""

    def wake(self) -> None:
        """There is something new."""
        ...

    def wake_for_events(self) -> None:
        """There are new events, of which somebody is to be told."""
        ...

    def running(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Deliver while the context lasts."""
        ...


@dataclasses.dataclass(slots=True)
class Platform:
    """What one App is supplied with. `told` are mapped classes outside of the API whose writes other nodes hear of."""

    audit: AuditLog
    outbox: Outbox
    owners: Owners
    jobs: JobBackend
    deliveries: Deliveries
    told: Collection[type[Any]] = ()


PlatformFactory = Callable[["App"], Platform]
