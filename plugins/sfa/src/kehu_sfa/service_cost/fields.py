"""What a customer brings against the time it takes."""

from __future__ import annotations

from collections.abc import Sequence

import kehu
from kehu_sfa.plugin import plugin
from kehu_sfa.service_cost.models import ServiceCost
from kehu_sfa.service_cost.queries import service_ledger


@plugin.batch_field(kehu.Customer, read="sfa.opportunity:read")
async def service_cost(customers: Sequence[kehu.Customer], ctx: kehu.Context) -> Sequence[ServiceCost]:
    """Revenue won against hours spent in the last 365 days, of what you may see, and the class A, B or C of it."""
    ledger = await service_ledger(ctx)
    return [ledger.of(customer.id) for customer in customers]
