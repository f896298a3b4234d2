"""What a partner owes, as a field."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import kehu
from kehu_partner_inventory.credit.queries import seen_exposures
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin


@plugin.batch_field(Partner, read="partner_inventory.partner_invoice:read")
async def exposure(partners: Sequence[Partner], ctx: kehu.Context) -> Sequence[Decimal]:
    """What is unpaid, and confirmed but not billed, in its currency, of invoices and orders that you may see."""
    found = await seen_exposures(ctx, [each.id for each in partners])
    return [found.get(each.id, {}).get(each.currency, Decimal(0)) for each in partners]
