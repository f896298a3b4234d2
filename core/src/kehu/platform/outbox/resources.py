"""Deliveries of events in the API."""

from __future__ import annotations

from kehu.platform.core import plugin
from kehu.platform.outbox.models import EventDelivery

event_delivery = plugin.resource(
    EventDelivery,
    plural_name="EventDeliveries",
    operations=["list", "get", "aggregate"],
    default_order=[EventDelivery.created_at.desc()],
)
