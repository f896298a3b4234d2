"""Which registrations of others are about the same deal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.deals.models import DealRegistration, DealStatus
from kehu_partner_inventory.product_groups.queries import group_of, groups_with

whoever_asks = kehu.Unscoped("a deal is protected for one partner")


def same_deal(deal: DealRegistration) -> sa.ColumnElement[bool]:
    """Registrations of the same end customer, by id, number or name, for products that are in both."""
    d = DealRegistration
    who = [d.customer_key == deal.customer_key]
    if deal.customer_id is not None:
        who.append(d.customer_id == deal.customer_id)
    if deal.registered_number is not None:
        who.append(d.registered_number == deal.registered_number)
    if deal.category_id is None:
        return sa.or_(*who)
    key = deal.category_id
    family = sa.or_(
        d.category_id.is_(None), d.category_id.in_(group_of(key)), d.category_id.in_(groups_with(key))
    )
    return sa.and_(sa.or_(*who), family)


async def protected_against(
    ctx: kehu.Context, deal: DealRegistration, *, on: date
) -> Sequence[DealRegistration]:
    """Registrations of other partners that are protected on a day for the same deal, whoever asks."""
    d = DealRegistration
    statement = sa.select(d).where(
        same_deal(deal),
        d.id != deal.id,
        d.partner_id != deal.partner_id,
        d.status == DealStatus.APPROVED,
        d.protected_until_on >= on,
    )
    return (await whoever_asks.scalars(ctx, statement.order_by(d.number))).all()
