"""What a webhook says: the event, and of its record the fields that were asked for and that the author may see."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from kehu.kernel.access import Level
from kehu.kernel.composition import events_permission
from kehu.kernel.context import Context
from kehu.kernel.ids import global_id, parse_global_id
from kehu.kernel.model.values import to_json
from kehu.kernel.names import camel
from kehu.kernel.reading.attributes import Attribute
from kehu.platform.outbox.catalogue import EventCatalogue, EventType
from kehu.platform.webhooks.filters import holds, typed
from kehu.platform.webhooks.models import WebhookSubscription

PING = "core.webhook.ping"


async def body_of(ctx: Context, subscription: WebhookSubscription, event: sa.Row[Any]) -> bytes | None:
    """The message as JSON, under the rights of `ctx`; None for an event that the author may not see or did not want.

    What is sent of a record is what it says now, not when the event happened.
    """
    data = await _data(ctx, subscription, event)
    if data is None:
        return None
    message = {
        "type": event.name,
        "version": event.version,
        "timestamp": event.created_at.isoformat(),
        "customerId": _customer_id(ctx, event),
        "recordId": event.record_id,
        "data": data,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _customer_id(ctx: Context, event: sa.Row[Any]) -> str | None:
    subject = ctx.app.composition.subject
    if event.customer_id is None or subject is None:
        return None
    return global_id(ctx.app.composition.entities[subject].name, event.customer_id)


async def _data(ctx: Context, subscription: WebhookSubscription, event: sa.Row[Any]) -> dict[str, Any] | None:
    if event.name == PING:
        return {}
    kind = ctx.app.composition.derived(EventCatalogue).by_name.get(event.name)
    if kind is not None:
        return await _of_event(ctx, subscription, event, kind)
    model = ctx.app.composition.derived(EventCatalogue).record_models.get(event.name)
    return None if model is None else await _of_record(ctx, subscription, event, model)


async def _of_event(
    ctx: Context, subscription: WebhookSubscription, event: sa.Row[Any], kind: EventType
) -> dict[str, Any] | None:
    if not ctx.can(events_permission(kind.origin.plugin)) or not await _sees_subject(ctx, event):
        return None
    happened = kind.decode(event.payload, event.version)
    if not holds(subscription.filter or {}, happened):
        return None
    shown = {camel(name): value for name, value in kind.encode(happened).items()}
    if not subscription.fields:
        return shown
    return {name: value for name, value in shown.items() if name in subscription.fields}


async def _sees_subject(ctx: Context, event: sa.Row[Any]) -> bool:
    """Whether the customer and the record that the event is about may be seen."""
    subject = ctx.app.composition.subject
    if event.customer_id is not None and subject and await ctx.find(subject, event.customer_id) is None:
        return False
    if event.record_id is None:
        return True
    name, key = parse_global_id(event.record_id)
    entity = ctx.app.composition.by_name.get(name)
    return entity is not None and await ctx.find(entity.model, key) is not None


async def _of_record(
    ctx: Context, subscription: WebhookSubscription, event: sa.Row[Any], model: type[Any]
) -> dict[str, Any] | None:
    """Of a record that is gone nobody can say who might have seen it, nor whether a filter held."""
    level = ctx.principal.level(ctx.app.composition.entities[model].permission("read"))
    data: dict[str, Any] = {"changed": event.payload["changed"]}
    if event.name.endswith(".deleted"):
        return data if level is Level.ALL and not subscription.filter else None
    if level is Level.NONE:
        return None
    record = await _record(ctx, subscription, model, event.record_id)
    if record is None:
        return None
    return data | {"record": record} if subscription.fields else data


async def _record(
    ctx: Context, subscription: WebhookSubscription, model: type[Any], record_id: str
) -> dict[str, Any] | None:
    """The fields that were asked for; None where the author does not see the record, or the filter does not hold."""
    wanted = [ctx.app.catalogue[model].by_name[name] for name in subscription.fields or ()]
    readable = [attribute for attribute in wanted if not attribute.read or ctx.can(attribute.read)]
    conditions = ctx.app.filters.clauses(
        ctx, model, model, typed(ctx.app.catalogue, model, subscription.filter or {})
    )
    expressions = [attribute.on(model).label(f"field_{place}") for place, attribute in enumerate(readable)]
    statement = sa.select(model.id, *expressions).where(
        model.id == parse_global_id(record_id)[1], *conditions
    )
    row = (await ctx.session.execute(statement)).one_or_none()
    if row is None:
        return None
    values = {a.name: _shown(ctx, a, value) for a, value in zip(readable, row[1:], strict=True)}
    return {attribute.name: values.get(attribute.name) for attribute in wanted}


def _shown(ctx: Context, attribute: Attribute, value: Any) -> Any:
    if attribute.target is not None and value is not None:
        return global_id(ctx.app.composition.entities[attribute.target].name, value)
    return to_json(value)
