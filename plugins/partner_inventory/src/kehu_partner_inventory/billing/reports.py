"""What partners bought in a period: by partner, tier, product or month."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerInvoiceLine
from kehu_partner_inventory.orders.models import ChannelOrderLine
from kehu_partner_inventory.partners.fields import tier
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin


class SalesBy(enum.Enum):
    """What a row of the report is about."""

    PARTNER = "PARTNER"
    TIER = "TIER"
    PRODUCT = "PRODUCT"
    MONTH = "MONTH"


@dataclasses.dataclass(frozen=True, slots=True)
class ChannelSales:
    """What was billed, less credit notes, in one currency: `key` is a code, the number of a tier, or a month."""

    key: str
    currency: str
    quantity: Decimal
    amount: Decimal


@plugin.query(permission="partner_inventory.partner_invoice:read")
async def channel_sales(ctx: kehu.Context, from_on: date, until_on: date, by: SalesBy) -> list[ChannelSales]:
    """What partners that you may see bought from one day to another, by key."""
    line, invoice = PartnerInvoiceLine, PartnerInvoice
    statement = (
        sa.select(
            *(invoice.partner_id, Partner.code, kehu.Product.code, invoice.issued_on, invoice.currency),
            *(sa.func.sum(line.quantity), sa.func.sum(line.amount)),
        )
        .join(invoice, invoice.id == line.invoice_id)
        .join(Partner, Partner.id == invoice.partner_id)
        .join(ChannelOrderLine, ChannelOrderLine.id == line.order_line_id)
        .join(kehu.Product, kehu.Product.id == ChannelOrderLine.product_id)
        .where(invoice.issued_on.between(from_on, until_on))
        .group_by(*(invoice.partner_id, Partner.code, kehu.Product.code, invoice.issued_on, invoice.currency))
    )
    rows = (await ctx.session.execute(statement)).all()
    tiers = await _tiers(ctx, {row[0] for row in rows}) if by is SalesBy.TIER else {}
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for partner_id, partner, product, day, currency, quantity, amount in rows:
        keys = {
            SalesBy.PARTNER: partner,
            SalesBy.PRODUCT: product,
            SalesBy.MONTH: f"{day:%Y-%m}",
            SalesBy.TIER: str(tiers.get(partner_id, "")),
        }
        found = sums[keys[by], currency]
        found[0] += quantity
        found[1] += amount
    return [ChannelSales(*key, *figures) for key, figures in sorted(sums.items())]


async def _tiers(ctx: kehu.Context, keys: set[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """How deep each partner stands."""
    partners = (await ctx.session.scalars(sa.select(Partner).where(Partner.id.in_(keys)))).all()
    return dict(zip([each.id for each in partners], await tier(partners, ctx), strict=True))
