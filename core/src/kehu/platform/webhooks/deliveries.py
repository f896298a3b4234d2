"""Telling subscriptions: several requests at once, few to each, outside of any transaction."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from kehu.kernel.context import Context
from kehu.kernel.errors import KehuError, Refusal
from kehu.platform.core import CoreSettings
from kehu.platform.identity.principals import principal_of_author
from kehu.platform.outbox.models import DeliveryStatus
from kehu.platform.outbox.rows import OUTBOX
from kehu.platform.webhooks.answers import GONE, Answer
from kehu.platform.webhooks.models import WebhookSubscription
from kehu.platform.webhooks.payloads import PING, body_of
from kehu.platform.webhooks.routing import WEBHOOKS
from kehu.platform.webhooks.signatures import signed_headers

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.platform.webhooks.sender import Sender

AT_ONCE = 20
AT_ONCE_TO_ONE = 4
# Longer than any request may take: a delivery whose worker died is taken up by another after it.
LEASE = timedelta(seconds=60)
LONGEST_ANSWER = 2000

log = structlog.get_logger("kehu.platform.webhooks")


class CannotBeSent(KehuError):
    """What stands in the way lies on this side, and waiting does not help."""


class WebhookSender:
    """Sends the deliveries of one App that are ready, `at_once` at a time."""

    def __init__(
        self, app: App, sender: Sender | None = None, *, at_once: int = AT_ONCE, lease: timedelta = LEASE
    ) -> None:
        self._app, self._sender, self._at_once, self._lease = app, sender, at_once, lease
        self._under_way: dict[asyncio.Task[None], uuid.UUID] = {}

    async def send(self) -> int:
        """Begin with what is ready, as far as there is room; returns how many requests have begun or ended."""
        begun = 0
        while len(self._under_way) < self._at_once and await self._begin_next():
            begun += 1
        if len(self._under_way) < self._at_once:
            return begun
        done, _ = await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        return begun + len(done)

    async def finish(self) -> None:
        """Wait until no request is under way any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def abandon(self) -> None:
        """Break off what is under way: its lease ends, and another worker sends it again."""
        for task in self._under_way:
            task.cancel()

    async def _begin_next(self) -> bool:
        """Take one delivery and send it in the background; others of its subscription wait at the fourth."""
        busy = [to for to, count in Counter(self._under_way.values()).items() if count >= AT_ONCE_TO_ONE]
        async with self._app.context() as ctx:
            if not await WEBHOOKS.has_ready(ctx):
                return False
            async with ctx.write():
                row = await WEBHOOKS.lease_next(ctx, self._lease, but_for=busy)
        if row is None:
            return False
        task = asyncio.create_task(self._deliver(row), name="kehu webhook")
        self._under_way[task] = row.subscription_id
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._app.platform.deliveries.wake()
        if not task.cancelled() and task.exception() is not None:
            log.error("a webhook delivery broke off; it is taken up later", exc_info=task.exception())

    async def _deliver(self, row: sa.Row[Any]) -> None:
        try:
            request = await self._request(row)
        except (CannotBeSent, Refusal) as error:
            await self._note(row, Answer(None, "", 0, str(error), is_refused=True))
            return
        if request is None:
            await self._skip(row)
            return
        url, headers, body = request
        await self._note(row, await self._make_sender().post(url, headers, body))

    async def _request(self, row: sa.Row[Any]) -> tuple[str, dict[str, str], bytes] | None:
        """Address, headers and body, read under the rights of the author; None for what is not to be sent."""
        async with self._app.context() as ctx:
            subscription = await ctx.find(WebhookSubscription, row.subscription_id)
            event = (
                await ctx.session.execute(sa.select(OUTBOX).where(OUTBOX.c.id == row.event_id))
            ).one_or_none()
            if subscription is None or event is None:
                raise CannotBeSent("The event has been cleared away.")
            if row.event != PING and (not subscription.is_active or subscription.archived_at is not None):
                return None
            principal = await principal_of_author(ctx, subscription.author_id)
        if principal is None:
            raise CannotBeSent(
                "Its author has left; whoever changes what is sent takes the subscription over."
            )
        async with self._app.context(principal) as ctx:
            body = await body_of(ctx, subscription, event)
            if body is None:
                return None
            now = ctx.now()
        signed = signed_headers(subscription.secrets_at(now), str(event.id), now, body)
        own = {"content-type": "application/json; charset=utf-8", "user-agent": "kehu-webhooks"}
        return subscription.url, signed | own, body

    async def _skip(self, row: sa.Row[Any]) -> None:
        async with self._app.context() as ctx, ctx.write():
            taken = await WEBHOOKS.take(ctx, row.id)
            if taken is not None:
                await WEBHOOKS.finish(ctx, taken, DeliveryStatus.SKIPPED)

    async def _note(self, row: sa.Row[Any], answer: Answer) -> None:
        """Write down how the attempt went; nothing when another worker has finished the delivery meanwhile."""
        async with self._app.context() as ctx, ctx.write():
            taken = await WEBHOOKS.take(ctx, row.id)
            if taken is None:
                return
            kept: dict[str, Any] = {
                "last_status": answer.status,
                "last_answer": answer.body[:LONGEST_ANSWER].replace("\x00", "") or None,
                "log": {**taken.log, str(len(taken.log) + 1): _line(ctx.now(), answer)},
            }
            if answer.error is None:
                await WEBHOOKS.finish(ctx, taken, **kept)
                return
            is_final = answer.is_refused or answer.status == GONE
            await WEBHOOKS.fail(ctx, taken, answer.error, is_final=is_final, **kept)
            if answer.status == GONE:
                await _deactivate(ctx, taken.subscription_id)

    def _make_sender(self) -> Sender:
        """Made when the first message is sent: certificates take a moment to load."""
        if self._sender is None:
            from kehu.platform.webhooks.sender import Sender  # noqa: PLC0415  # a server starts without an HTTP client

            allowed = self._app.settings_of(CoreSettings).webhook_private_targets
            self._sender = Sender(allow_private=allowed)
        return self._sender


async def _deactivate(ctx: Context, key: uuid.UUID) -> None:
    """The receiver answered 410: it wants nothing any more."""
    subscription = await ctx.find(WebhookSubscription, key)
    if subscription is not None:
        subscription.is_active = False


def _line(at: datetime, answer: Answer) -> dict[str, Any]:
    line = {"at": at.isoformat(), "status": answer.status, "milliseconds": round(answer.seconds * 1000)}
    return line | ({"error": answer.error} if answer.error else {})
