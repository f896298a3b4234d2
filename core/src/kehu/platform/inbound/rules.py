"""What must hold of inbound endpoints."""

from __future__ import annotations

from kehu.kernel.context import Context
from kehu.kernel.texts import text
from kehu.kernel.writing.changes import Change
from kehu.platform.inbound.models import InboundEndpoint
from kehu.platform.inbound.resources import inbound_endpoint

_UNKNOWN = "No enabled plugin handles messages of the kind {kind!r}; there are: {known}."


@inbound_endpoint.before_write
async def receive_what_somebody_handles(ctx: Context, change: Change[InboundEndpoint]) -> None:
    """The kind is one that a plugin handles; whoever says so answers for what its messages do."""
    endpoint = change.obj
    if change.creating:
        endpoint.give_first_secret()
    if not change.touches(InboundEndpoint.kind):
        return
    endpoint.author_id = ctx.principal.id
    kinds = ctx.app.composition.inbound
    if endpoint.kind and endpoint.kind not in kinds:
        known = ", ".join(kinds) or "none"
        change.error(
            text(_UNKNOWN, kind=endpoint.kind, known=known),
            field=InboundEndpoint.kind,
            code="UNKNOWN_KIND",
        )
