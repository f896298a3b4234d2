"""Messages from outside in the API."""

from __future__ import annotations

from kehu.platform.core import plugin
from kehu.platform.inbound.models import InboundEndpoint, InboundMessage

inbound_endpoint = plugin.resource(InboundEndpoint, default_order=[InboundEndpoint.name])
inbound_message = plugin.resource(
    InboundMessage, operations=["list", "get", "aggregate"], default_order=[InboundMessage.created_at.desc()]
)
plugin.relation(
    InboundEndpoint, "messages", InboundMessage.endpoint_id, description="What came, newest first."
)
