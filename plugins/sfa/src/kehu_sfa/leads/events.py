"""What happened to leads."""

from __future__ import annotations

import dataclasses
import uuid

from kehu_sfa.plugin import plugin


@plugin.event
@dataclasses.dataclass(frozen=True, slots=True)
class LeadConverted:
    """A lead became a customer, a contact, an opportunity, or some of them: what others keep of it may follow."""

    lead_id: uuid.UUID
    customer_id: uuid.UUID | None
    contact_id: uuid.UUID | None
    opportunity_id: uuid.UUID | None
