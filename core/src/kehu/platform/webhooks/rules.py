"""What must hold of webhook subscriptions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kehu.kernel.context import Context
from kehu.kernel.errors import BadInput
from kehu.kernel.writing.changes import Change
from kehu.platform.core import CoreSettings
from kehu.platform.outbox.catalogue import EventCatalogue, EventType
from kehu.platform.webhooks.filters import check_event_filter, typed
from kehu.platform.webhooks.models import WebhookSubscription, covers
from kehu.platform.webhooks.resources import webhook_subscription
from kehu.platform.webhooks.targets import target_of

_SENT = (
    WebhookSubscription.url,
    WebhookSubscription.events,
    WebhookSubscription.filter,
    WebhookSubscription.fields,
)


@webhook_subscription.before_write
async def subscribe_to_what_there_is(ctx: Context, change: Change[WebhookSubscription]) -> None:
    """The address is one that may be sent to; events, fields and filter exist."""
    subscription = change.obj
    if change.touches(WebhookSubscription.url) and subscription.url:
        with change.noting(field=WebhookSubscription.url):
            settings = ctx.app.settings_of(CoreSettings)
            target_of(subscription.url, allow_private=settings.webhook_private_targets)
    if change.touches(*_SENT) and subscription.events:
        with change.noting(field=WebhookSubscription.events):
            check_events(ctx, subscription)
        with change.noting(field=WebhookSubscription.filter):
            check_details(ctx, subscription)


@webhook_subscription.before_write
async def send_with_the_rights_of_the_author(ctx: Context, change: Change[WebhookSubscription]) -> None:
    """Whoever says what is sent, or where to, answers for it: nobody can have another's records sent to oneself."""
    if change.creating:
        change.obj.give_first_secret()
    if change.touches(*_SENT):
        change.obj.author_id = ctx.principal.id


def check_events(ctx: Context, subscription: WebhookSubscription) -> None:
    """Raise BadInput (UNKNOWN_EVENT) for a pattern that means no event."""
    for pattern in subscription.events:
        if not any(covers(pattern, name) for name in ctx.app.composition.derived(EventCatalogue).names):
            raise BadInput(
                f"There is no event {pattern!r}; the query `eventTypes` lists what there is.",
                code="UNKNOWN_EVENT",
            )


def check_details(ctx: Context, subscription: WebhookSubscription) -> None:
    """Raise BadInput for fields or a filter that do not fit every event that is meant: they would fail some day."""
    events = ctx.app.composition.derived(EventCatalogue)
    if not subscription.filter and not subscription.fields:
        return
    for name in filter(subscription.matches, events.names):
        fields = (
            _fit_event(subscription, events.by_name[name])
            if name in events.by_name
            else _fit_record(ctx, subscription, events.record_models[name])
        )
        unknown = [field for field in subscription.fields or () if field not in fields]
        if unknown:
            raise BadInput(f"{name} has no field {unknown[0]!r}.", field="fields")


def _fit_event(subscription: WebhookSubscription, kind: EventType) -> Collection[str]:
    check_event_filter(kind, subscription.filter or {})
    return kind.fields


def _fit_record(ctx: Context, subscription: WebhookSubscription, model: type[Any]) -> Collection[str]:
    conditions = typed(ctx.app.catalogue, model, subscription.filter or {})
    ctx.app.filters.clauses(ctx, model, model, conditions)
    return ctx.app.catalogue[model].by_name.keys()
