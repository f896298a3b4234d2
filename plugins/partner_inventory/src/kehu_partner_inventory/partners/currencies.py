"""A partner keeps the currency that its orders, invoices, prices and targets are in; its price list is in it."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerPayment
from kehu_partner_inventory.evaluation.models import PartnerTarget
from kehu_partner_inventory.orders.models import ChannelOrder
from kehu_partner_inventory.partners.models import CurrencyStays, Partner
from kehu_partner_inventory.plugin import partner, rebate_programme
from kehu_partner_inventory.pricing.models import SpecialPrice
from kehu_partner_inventory.pricing.queries import check_list_currency
from kehu_partner_inventory.rebates.models import RebateAccrual, RebateMember, RebateProgramme, RebateTier

whoever_asks = kehu.Unscoped("amounts are in their currency, whoever sees them")

IN_ITS_CURRENCY = (ChannelOrder, PartnerInvoice, PartnerPayment, PartnerTarget, SpecialPrice, RebateMember)


@partner.before_write
async def partners_keep_their_currency(ctx: kehu.Context, change: kehu.Change[Partner]) -> None:
    """What a partner ordered, owes, pays and is to reach would mean something else in another currency."""
    if change.creating or change.deleting or not change.touches(Partner.currency):
        return
    own = [sa.exists().where(model.partner_id == change.obj.id) for model in IN_ITS_CURRENCY]
    if await whoever_asks.scalar(ctx, sa.select(sa.or_(*own))):
        message = kehu.text("{partner} has amounts in its currency, which stays.", partner=change.obj.code)
        change.error(message, field=Partner.currency, code=CurrencyStays.code)


@partner.before_write
async def partners_have_prices_in_their_currency(ctx: kehu.Context, change: kehu.Change[Partner]) -> None:
    """A partner's own price list is in the currency that it orders in."""
    made = change.obj
    if change.deleting or not change.touches(Partner.currency, Partner.price_list_id):
        return
    statement = sa.select(kehu.PriceList).where(kehu.PriceList.id == made.price_list_id)
    found = (await whoever_asks.scalars(ctx, statement)).one_or_none()
    if found is not None:
        blamed = Partner.price_list_id if change.touches(Partner.price_list_id) else Partner.currency
        with change.noting():
            await check_list_currency(ctx, found, made.currency, field=blamed)


@rebate_programme.before_write
async def programmes_keep_their_currency(ctx: kehu.Context, change: kehu.Change[RebateProgramme]) -> None:
    """Tiers and what was earned by them would mean something else in another currency, and members owe in it."""
    if change.creating or change.deleting or not change.touches(RebateProgramme.currency):
        return
    own = [
        sa.exists().where(model.programme_id == change.obj.id)
        for model in (RebateTier, RebateMember, RebateAccrual)
    ]
    if await whoever_asks.scalar(ctx, sa.select(sa.or_(*own))):
        message = kehu.text(
            "{programme} has amounts in its currency, which stays.", programme=change.obj.name
        )
        change.error(message, field=RebateProgramme.currency, code=CurrencyStays.code)
