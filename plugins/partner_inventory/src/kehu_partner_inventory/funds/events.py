"""What happened to claims."""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal

from kehu_partner_inventory.plugin import plugin


@plugin.event
@dataclasses.dataclass(frozen=True, slots=True)
class FundClaimPaid:
    """A partner got money for its marketing: what a campaign cost, where one is named by its global id."""

    claim_id: uuid.UUID
    partner_id: uuid.UUID
    customer_id: uuid.UUID
    amount: Decimal
    currency: str
    purpose: str
    campaign: str | None
