"""Taking a message in: who signed it, whether it has come before, and into the log before anything is done with it."""

from __future__ import annotations

import base64
import enum
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kehu.kernel.context import Context
from kehu.kernel.errors import NotFound
from kehu.kernel.ids import uuid7
from kehu.platform.inbound.models import InboundEndpoint, InboundMessage
from kehu.platform.outbox.models import DeliveryStatus
from kehu.platform.webhooks.signatures import SignatureInvalid, verify

if TYPE_CHECKING:
    from kehu.kernel.app import App

MESSAGES = cast(sa.Table, InboundMessage.__table__)
KEPT_HEADERS = ("content-type", "content-encoding", "user-agent", "webhook-timestamp")
LONGEST_HEADER = 300
LONGEST_ID = 255


class Receipt(enum.Enum):
    """What became of a message."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


async def receive(
    app: App, kind: str, headers: Mapping[str, str], body: bytes, *, request_id: str | None = None
) -> Receipt:
    """Keep a message for its handler, unless it has come before. `headers` have lower-case names.

    Raises NotFound for a kind that no enabled plugin handles, SignatureInvalid for one that no active endpoint signed.
    """
    if kind not in app.composition.inbound:
        raise NotFound(f"No enabled plugin handles messages of the kind {kind}.")
    async with app.context(request_id=request_id) as ctx:
        active = sa.select(InboundEndpoint).where(
            InboundEndpoint.kind == kind, InboundEndpoint.is_active, InboundEndpoint.archived_at.is_(None)
        )
        endpoints = (await ctx.session.scalars(active)).all()
        endpoint, message_id = _signed_by(ctx, endpoints, headers, body)
        async with ctx.write():
            is_new = await _keep(ctx, endpoint, message_id, headers, body)
    app.platform.deliveries.wake()
    return Receipt.ACCEPTED if is_new else Receipt.DUPLICATE


def _signed_by(
    ctx: Context, endpoints: Sequence[InboundEndpoint], headers: Mapping[str, str], body: bytes
) -> tuple[InboundEndpoint, str]:
    """The endpoint whose secret fits, and the id of the message."""
    refusal = SignatureInvalid("No active endpoint takes messages of this kind.")
    for endpoint in endpoints:
        try:
            message_id = verify(endpoint.secrets_at(ctx.now()), headers, body, now=ctx.now())
        except SignatureInvalid as invalid:
            refusal = invalid
            continue
        if len(message_id) > LONGEST_ID:
            raise SignatureInvalid("The webhook-id is longer than 255 characters.")
        return endpoint, message_id
    raise refusal


async def _keep(
    ctx: Context, endpoint: InboundEndpoint, message_id: str, headers: Mapping[str, str], body: bytes
) -> bool:
    """Insert the message; False where one with its id is there already."""
    insert: Any = postgresql.insert if ctx.app.is_postgresql else sqlite.insert
    statement = insert(MESSAGES).values(_row(ctx, endpoint, message_id, headers, body))
    again = statement.on_conflict_do_nothing(index_elements=["endpoint_id", "message_id"])
    kept = await ctx.session.execute(
        again.returning(MESSAGES.c.id), execution_options={"kehu_unaudited": True}
    )
    return kept.one_or_none() is not None


def _row(
    ctx: Context, endpoint: InboundEndpoint, message_id: str, headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    now, key = ctx.now(), uuid7()
    text = _text(body)
    kept = {name: headers[name][:LONGEST_HEADER] for name in KEPT_HEADERS if name in headers}
    return {
        "id": key,
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "custom": {},
        "status": DeliveryStatus.PENDING,
        "attempts": 0,
        "due_at": now,
        "next_attempt_at": now,
        "lane": key,
        "position": 0,
        "endpoint_id": endpoint.id,
        "kind": endpoint.kind,
        "message_id": message_id,
        "headers": kept,
        "body": base64.b64encode(body).decode() if text is None else text,
        "is_base64": text is None,
        "request_id": ctx.request_id,
    }


def _text(body: bytes) -> str | None:
    """The body as text that a database can keep; None for one that is none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text
