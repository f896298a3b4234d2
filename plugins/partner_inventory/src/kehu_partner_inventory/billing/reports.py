"""What partners bought in a period: by partner, tier, product, region or month."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.invoicing import whoever_asks
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerInvoiceLine
from kehu_partner_inventory.orders.models import ChannelOrderLine
from kehu_partner_inventory.partners.models import Partner, PartnerPlacement
from kehu_partner_inventory.plugin import plugin


class SalesBy(enum.Enum):
    """What a row of the report is about."""

    PARTNER = "PARTNER"
    TIER = "TIER"
    PRODUCT = "PRODUCT"
    REGION = "REGION"
    MONTH = "MONTH"


@dataclasses.dataclass(frozen=True, slots=True)
class ChannelSales:
    """What was billed, less credit notes, in one currency: `key` is a code, the number of a tier, a region, or a month.

    The tier is the one in which the partner stood on the day; the region is country and province of the partner's
    first address, else its home country, else empty.
    """

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
    tiers = await _tiers(ctx) if by is SalesBy.TIER else Tree({})
    regions = await _regions(ctx, {row[0] for row in rows}) if by is SalesBy.REGION else {}
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for partner_id, partner, product, day, currency, quantity, amount in rows:
        keys = {
            SalesBy.PARTNER: partner,
            SalesBy.PRODUCT: product,
            SalesBy.MONTH: f"{day:%Y-%m}",
            SalesBy.TIER: str(tiers.depth(partner_id, day)),
            SalesBy.REGION: regions.get(partner_id, ""),
        }
        found = sums[keys[by], currency]
        found[0] += quantity
        found[1] += amount
    return [ChannelSales(*key, *figures) for key, figures in sorted(sums.items())]


@dataclasses.dataclass(frozen=True, slots=True)
class Tree:
    """Below whom each partner stood, from when until when, oldest first."""

    placements: Mapping[uuid.UUID, Sequence[tuple[datetime, uuid.UUID | None]]]

    def depth(self, partner_id: uuid.UUID, day: date) -> int:
        """How deep a partner stood at the end of a day (UTC): 1 at the top; before it was entered, as at first."""
        moment = datetime.combine(day + timedelta(days=1), time(), UTC)
        depth, above = 1, self._parent(partner_id, moment)
        while above is not None and depth <= len(self.placements):
            depth, above = depth + 1, self._parent(above, moment)
        return depth

    def _parent(self, key: uuid.UUID, moment: datetime) -> uuid.UUID | None:
        known = self.placements.get(key, [])
        past = [parent for began_at, parent in known if began_at < moment] or [each[1] for each in known[:1]]
        return past[-1] if past else None


async def _tiers(ctx: kehu.Context) -> Tree:
    p = PartnerPlacement
    statement = sa.select(p.partner_id, p.began_at, p.parent_id).order_by(p.began_at, p.id)
    found: dict[uuid.UUID, list[tuple[datetime, uuid.UUID | None]]] = defaultdict(list)
    for key, began_at, parent in await whoever_asks.execute(ctx, statement):
        found[key].append((began_at, parent))
    return Tree(found)


async def _regions(ctx: kehu.Context, keys: set[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Country and province of each partner, as far as the reader may see them."""
    c, a = kehu.Customer, kehu.Address
    statement = (
        sa.select(Partner.id, c.country, a.country, a.province)
        .join(c, c.id == Partner.customer_id)
        .outerjoin(a, sa.and_(a.customer_id == c.id, a.archived_at.is_(None)))
        .where(Partner.id.in_(keys))
        .order_by(Partner.id, a.is_primary, a.created_at.desc())
    )
    rows = await ctx.session.execute(statement)
    return {key: " ".join(filter(None, (country or home, province))) for key, home, country, province in rows}
