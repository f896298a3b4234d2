"""What can be said of a partner, and of the customer that it is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.locations.models import HOLDING, Location
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.partners.queries import PARTNERS, subtree_of
from kehu_partner_inventory.plugin import partner, plugin
from kehu_partner_inventory.stock.models import VALUE, VALUED, StockBalance, StockLayer


@plugin.batch_field(kehu.Customer, name="partner")
async def partner_of(customers: Sequence[kehu.Customer], ctx: kehu.Context) -> Sequence[Partner | None]:
    """The partner that the customer is, if it is one that you may see."""
    statement = sa.select(Partner).where(Partner.customer_id.in_([each.id for each in customers]))
    found = {each.customer_id: each for each in await ctx.session.scalars(statement)}
    return [found.get(customer.id) for customer in customers]


@partner.batch_field
async def tier(partners: Sequence[Partner], ctx: kehu.Context) -> Sequence[int]:
    """How deep it stands in the channel: 1 at the top."""
    keys = [each.id for each in partners]
    start = sa.select(PARTNERS.c.id.label("start"), PARTNERS.c.parent_id.label("above"))
    chain = start.where(PARTNERS.c.id.in_(keys)).cte(recursive=True)
    up = PARTNERS.alias()
    chain = chain.union_all(sa.select(chain.c.start, up.c.parent_id).join(up, up.c.id == chain.c.above))
    counted = sa.select(chain.c.start, sa.func.count()).group_by(chain.c.start)
    depths: dict[uuid.UUID, int] = {row[0]: row[1] for row in await ctx.session.execute(counted)}
    return [depths[key] for key in keys]


@plugin.batch_field(Partner, read=VALUE)
async def stock_value(partners: Sequence[Partner], ctx: kehu.Context) -> Sequence[Decimal | None]:
    """What the stock that it keeps is worth, in its currency; null where some is valued in another."""
    keys = [each.customer_id for each in partners]
    worth = sa.func.sum(sa.type_coerce(StockLayer.remaining * StockLayer.unit_cost, VALUED))
    statement = (
        sa.select(Location.holder_id, StockLayer.currency, worth)
        .join(StockBalance, StockBalance.id == StockLayer.balance_id)
        .join(Location, Location.id == StockBalance.location_id)
        .where(Location.holder_id.in_(keys), Location.usage.in_(HOLDING), StockLayer.remaining > 0)
        .group_by(Location.holder_id, StockLayer.currency)
    )
    found: dict[uuid.UUID | None, dict[str, Decimal]] = {}
    for holder, currency, value in await ctx.session.execute(statement):
        found.setdefault(holder, {})[currency] = value
    return [_in_one(found.get(each.customer_id, {}), each.currency) for each in partners]


@plugin.query(permission="partner_inventory.partner:read")
async def partner_subtree(ctx: kehu.Context, partner: Partner) -> list[Partner]:
    """A partner and all below it that you may see, by code."""
    statement = sa.select(Partner).where(
        Partner.id.in_(subtree_of(partner.id)), Partner.archived_at.is_(None)
    )
    return list((await ctx.session.scalars(statement.order_by(Partner.code))).all())


def _in_one(values: dict[str, Decimal], currency: str) -> Decimal | None:
    if values.keys() - {currency}:
        return None
    return values.get(currency, Decimal(0))
