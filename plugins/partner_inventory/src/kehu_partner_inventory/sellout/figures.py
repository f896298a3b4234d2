"""What partners keep: how long it lasts, how well it sells, and how old it is; of a partner and all below it."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.availability.queries import LONGEST_WINDOW
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.partners.fields import tier
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.partners.queries import subtree_of
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.stock.models import QUANTITY, StockBalance, StockLayer, StockMove
from kehu_partner_inventory.stocking.models import ImpossibleNumber

whoever_asks = kehu.Unscoped("a partner sells what it has, once")

AGES = (30, 60, 90)
_TENTH = Decimal("0.1")
_Spot = tuple[uuid.UUID, uuid.UUID]


@dataclasses.dataclass(frozen=True, slots=True)
class PartnerStock:
    """A product at a partner's own locations, with what happened in the window.

    `sellThroughPercent` is what was sold of that and what is still there; `days` how long the rest lasts, none where
    nothing was sold. The ages, in days since the goods came in from outside, add up to what is on hand.
    """

    partner: Partner
    tier: int
    product: kehu.Product
    on_hand: Decimal
    came: Decimal
    sold: Decimal
    sell_through_percent: Decimal | None
    days: Decimal | None
    up_to_30: Decimal
    up_to_60: Decimal
    up_to_90: Decimal
    older: Decimal


@plugin.query(permission="partner_inventory.stock_balance:read")
async def partner_stock(ctx: kehu.Context, partner: Partner, window_days: int = 90) -> list[PartnerStock]:
    """What a partner and all below it keep that you may see, by partner and product."""
    if not 1 <= window_days <= LONGEST_WINDOW:
        message = kehu.text("A window has 1 to {most} days.", most=LONGEST_WINDOW)
        raise ImpossibleNumber(message, field="window_days")
    partners = (
        await ctx.session.scalars(
            sa.select(Partner).where(Partner.id.in_(subtree_of(partner.id))).order_by(Partner.code)
        )
    ).all()
    places = await _places(ctx, partners)
    on_hand = await _on_hand(ctx, places)
    came, sold = await _moved(ctx, places, window_days)
    ages = await _ages(ctx, places)
    keys = {key for figures in (on_hand, came, sold) for key, n in figures.items() if n}
    products = await _products(ctx, {key[1] for key in keys})
    tiers = dict(zip([each.id for each in partners], await tier(partners, ctx), strict=True))
    rows = []
    for each in partners:
        for product in products:
            key = (each.id, product.id)
            if key in keys:
                figures = _Figures(on_hand[key], came[key], sold[key], window_days)
                rows.append(figures.row(each, tiers[each.id], product, ages[key]))
    return rows


@dataclasses.dataclass(frozen=True, slots=True)
class _Figures:
    on_hand: Decimal
    came: Decimal
    sold: Decimal
    window_days: int

    def row(
        self, partner: Partner, depth: int, product: kehu.Product, ages: Sequence[Decimal]
    ) -> PartnerStock:
        """With what follows from the figures."""
        whole = self.sold + self.on_hand
        through = (self.sold * 100 / whole).quantize(_TENTH, ROUND_HALF_EVEN) if whole > 0 else None
        days = None
        if self.sold > 0:
            days = (self.on_hand * self.window_days / self.sold).quantize(_TENTH, ROUND_HALF_EVEN)
        figures = (self.on_hand, self.came, self.sold, through, days)
        return PartnerStock(partner, depth, product, *figures, ages[0], ages[1], ages[2], ages[3])


async def _places(ctx: kehu.Context, partners: Sequence[Partner]) -> dict[uuid.UUID, uuid.UUID]:
    """Whose location each is, of those that may be seen."""
    owner = {each.customer_id: each.id for each in partners}
    statement = sa.select(Location.id, Location.holder_id).where(
        Location.usage == LocationUsage.PARTNER, Location.holder_id.in_(owner)
    )
    rows = await ctx.session.execute(statement)
    return {row[0]: owner[row[1]] for row in rows if row[1] is not None}


async def _on_hand(ctx: kehu.Context, places: dict[uuid.UUID, uuid.UUID]) -> dict[_Spot, Decimal]:
    b = StockBalance
    statement = sa.select(b.location_id, b.product_id, b.on_hand).where(b.location_id.in_(places))
    return await _by_partner(ctx, statement, places)


async def _moved(
    ctx: kehu.Context, places: dict[uuid.UUID, uuid.UUID], window_days: int
) -> tuple[dict[_Spot, Decimal], dict[_Spot, Decimal]]:
    """What came in from anywhere, and what went to customers, less what they brought back."""
    m, since = StockMove, ctx.now() - timedelta(days=window_days)
    outside = sa.select(Location.id).where(Location.usage == LocationUsage.CUSTOMER)
    came = sa.select(m.to_location_id, m.product_id, m.quantity).where(
        m.to_location_id.in_(places), m.from_location_id.not_in(outside), m.moved_at > since
    )
    sold = sa.select(m.from_location_id, m.product_id, m.quantity).where(
        m.from_location_id.in_(places), m.to_location_id.in_(outside), m.moved_at > since
    )
    back = sa.select(m.to_location_id, m.product_id, sa.type_coerce(-m.quantity, QUANTITY)).where(
        m.to_location_id.in_(places), m.from_location_id.in_(outside), m.moved_at > since
    )
    return await _by_partner(ctx, came, places), await _by_partner(ctx, sa.union_all(sold, back), places)


async def _ages(ctx: kehu.Context, places: dict[uuid.UUID, uuid.UUID]) -> dict[_Spot, list[Decimal]]:
    """What is left of the layers, by how long ago the goods came in."""
    b, layer, now = StockBalance, StockLayer, ctx.now()
    statement = (
        sa.select(b.location_id, b.product_id, layer.received_at, layer.remaining)
        .join(b, b.id == layer.balance_id)
        .where(b.location_id.in_(places), layer.remaining > 0)
    )
    found: dict[_Spot, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * (len(AGES) + 1))
    for location_id, product_id, received_at, remaining in await whoever_asks.execute(ctx, statement):
        bucket = sum(now - received_at > timedelta(days=days) for days in AGES)
        found[places[location_id], product_id][bucket] += remaining
    return found


async def _by_partner(
    ctx: kehu.Context, statement: Any, places: dict[uuid.UUID, uuid.UUID]
) -> dict[_Spot, Decimal]:
    """Rows (location, product, quantity), added up. The locations have been checked."""
    rows = statement.subquery("row")
    summed = sa.select(rows.c[0], rows.c[1], sa.func.sum(rows.c[2])).group_by(rows.c[0], rows.c[1])
    found: dict[_Spot, Decimal] = defaultdict(Decimal)
    for location_id, product_id, quantity in await whoever_asks.execute(ctx, summed):
        found[places[location_id], product_id] += quantity
    return found


async def _products(ctx: kehu.Context, keys: set[uuid.UUID]) -> Sequence[kehu.Product]:
    statement = sa.select(kehu.Product).where(kehu.Product.id.in_(keys)).order_by(kehu.Product.code)
    return (await ctx.session.scalars(statement)).all()
