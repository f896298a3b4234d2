"""Webhooks in the API."""

from __future__ import annotations

from kehu.platform.core import plugin
from kehu.platform.webhooks.models import WebhookDelivery, WebhookSubscription

webhook_subscription = plugin.resource(WebhookSubscription, default_order=[WebhookSubscription.name])
webhook_delivery = plugin.resource(
    WebhookDelivery,
    plural_name="WebhookDeliveries",
    operations=["list", "get", "aggregate"],
    default_order=[WebhookDelivery.created_at.desc()],
)
plugin.relation(
    WebhookSubscription,
    "deliveries",
    WebhookDelivery.subscription_id,
    description="What was sent, newest first.",
)
