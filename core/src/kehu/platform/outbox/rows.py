"""The outbox rows of a transaction: one for each change of a record, one for each event that was emitted."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from kehu.kernel.composition import permission_entity
from kehu.kernel.db.bundles import MOST_ROWS, Bundle, statement_of
from kehu.kernel.db.locks import take_locks
from kehu.kernel.errors import KehuError
from kehu.kernel.ids import global_id, uuid7
from kehu.kernel.model import Entity, GlobalId
from kehu.kernel.ports import Emitted
from kehu.platform.outbox.catalogue import EventCatalogue
from kehu.platform.outbox.models import OutboxEvent

if TYPE_CHECKING:
    from kehu.kernel.context import Context
    from kehu.kernel.writing.changes import Change

OUTBOX = cast(sa.Table, OutboxEvent.__table__)

DEEPEST = 10
LONGEST_REQUEST_ID = 64

# Any number that is ours: the first of the two keys of PostgreSQL's advisory locks on lanes.
LANES = 501_723
_LANE_LOCKS = 256


class EventsGoInCircles(KehuError):
    """Handlers keep causing one another's events; the delivery that would go too deep is parked."""


def emitted(ctx: Context, event: object, *, customer_id: uuid.UUID | None, record: Entity | None) -> Emitted:
    """An event, checked. Raises UnknownEvent, and EventsGoInCircles below ten handlers."""
    kind = ctx.app.composition.derived(EventCatalogue).type_of(event)
    if ctx.cause is not None and ctx.cause.depth >= DEEPEST:
        raise EventsGoInCircles(
            f"{kind.name} was caused by a chain of {DEEPEST} handlers, of which the last handles event "
            f"{ctx.cause.event_id}; follow causation_id in the outbox to see the circle."
        )
    key = uuid7()
    record_id = (
        GlobalId(global_id(ctx.app.composition.entities[type(record)].name, record.id)) if record else None
    )
    customer = customer_id or (customer_of(ctx, record) if record else None)
    return Emitted(key, event, customer, record_id, customer or (record.id if record else key))


def outbox_rows(
    ctx: Context, changes: Sequence[Change[Any]], events: Sequence[Emitted]
) -> list[dict[str, Any]]:
    """The rows of core_outbox_event: `sfa.opportunity.updated` and the like, then what was emitted."""
    told = [_of_change(ctx, change) for change in changes] + [_of_event(ctx, event) for event in events]
    common = {
        "created_at": ctx.now(),
        "request_id": ctx.request_id[:LONGEST_REQUEST_ID],
        "causation_id": ctx.cause.event_id if ctx.cause else None,
        "depth": ctx.cause.depth + 1 if ctx.cause else 0,
        "distributed_at": None,
    }
    return [common | row for row in told]


async def write_outbox(ctx: Context, rows: Sequence[dict[str, Any]]) -> None:
    """Store the rows so that, within a lane, their positions are in the order of commits.

    On PostgreSQL whoever writes about the same customer waits here until the other has committed; the lock is the last
    one that a transaction takes, and several are taken in one order, so nobody waits in a circle. SQLite has one
    writer anyway.
    """
    if ctx.app.is_postgresql and len(rows) <= MOST_ROWS:
        placed = bundle_of(rows)
        await ctx.session.execute(
            _placing(len(rows)), placed.values, execution_options={"kehu_unscoped": True}
        )
        return
    if ctx.app.is_postgresql:
        await take_locks(ctx.session, LANES, lane_locks(rows))
    await ctx.session.execute(sa.insert(OUTBOX), rows)


def bundle_of(
    outbox: Sequence[dict[str, Any]], rows: Sequence[tuple[sa.Table, Mapping[str, Any]]] = ()
) -> Bundle:
    """Rows and events as what is stored together, with the locks of the events' lanes."""
    return Bundle(rows, [(OUTBOX, row) for row in outbox], LANES, lane_locks(outbox))


@functools.lru_cache(maxsize=MOST_ROWS)
def _placing(number: int) -> sa.Select[Any]:
    """The statement that stores so many rows, made once."""
    names = dict.fromkeys(column.name for column in OUTBOX.columns if not column.primary_key)
    return statement_of(bundle_of([{**names, "lane": uuid.UUID(int=0)}] * number))


def lane_locks(rows: Sequence[dict[str, Any]]) -> list[int]:
    """The numbers of the locks of the lanes of these rows, each once and in the order in which they are taken."""
    return sorted({row["lane"].int % _LANE_LOCKS for row in rows})


def customer_of(ctx: Context, record: Entity) -> uuid.UUID | None:
    """The customer whom a record concerns, in whose order events are told; None where there is none."""
    key = ctx.app.composition.subject_keys.get(type(record))
    return None if key is None else getattr(record, key)


def _of_change(ctx: Context, change: Change[Any]) -> dict[str, Any]:
    customer = customer_of(ctx, change.obj)
    return {
        "id": uuid7(),
        "name": f"{change.entity.owner.plugin}.{permission_entity(change.entity.name)}.{change.op}d",
        "version": 1,
        "lane": customer or change.obj.id,
        "customer_id": customer,
        "record_id": global_id(change.entity.name, change.obj.id),
        "payload": {"changed": change.changed_fields},
    }


def _of_event(ctx: Context, emitted: Emitted) -> dict[str, Any]:
    kind = ctx.app.composition.derived(EventCatalogue).type_of(emitted.event)
    return {
        "id": emitted.id,
        "name": kind.name,
        "version": kind.version,
        "lane": emitted.lane,
        "customer_id": emitted.customer_id,
        "record_id": emitted.record_id,
        "payload": kind.encode(emitted.event),
    }
