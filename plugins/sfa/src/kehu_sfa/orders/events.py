"""What happened to orders."""

from __future__ import annotations

import dataclasses
import uuid

from kehu_sfa.plugin import plugin


@plugin.event
@dataclasses.dataclass(frozen=True, slots=True)
class OrderConfirmed:
    """Both sides are bound: stock, care and marketing may act on it."""

    order_id: uuid.UUID
    customer_id: uuid.UUID
