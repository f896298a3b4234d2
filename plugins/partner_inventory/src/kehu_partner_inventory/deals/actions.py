"""The verbs of deal registrations."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.deals.models import DealClash, DealRegistration, DealStatus
from kehu_partner_inventory.deals.queries import protected_against
from kehu_partner_inventory.deals.rules import check_may_claim, check_territory
from kehu_partner_inventory.orders.numbering import lock_numbers
from kehu_partner_inventory.partnership import deal_registration
from kehu_partner_inventory.plugin import plugin


@deal_registration.action
async def submit(deal: DealRegistration, ctx: kehu.Context) -> None:
    """Claim the deal; whether somebody else is protected for it is noted, and decided by who approves."""
    await check_may_claim(ctx, deal)
    await check_territory(ctx, deal)
    others = await protected_against(ctx, deal, on=ctx.today())
    deal.submit(at=ctx.now(), has_clash=bool(others))


@deal_registration.action
async def approve(
    deal: DealRegistration,
    ctx: kehu.Context,
    protected_until_on: date,
    customer: kehu.Customer | None = None,
    reason: str | None = None,
) -> None:
    """Protect it up to and including a day; name the customer where we know it.

    Refused while another partner is protected for the same deal, whoever approves at the same moment; where we are at
    it ourselves it takes a reason.
    """
    await lock_numbers(ctx, "D")
    await ctx.session.refresh(deal, with_for_update=True)
    deal.approve(protected_until_on, reason, at=ctx.now(), today=ctx.today())
    deal.decided_by_id = ctx.principal.id
    if customer is not None:
        deal.customer_id = customer.id
    for other in await protected_against(ctx, deal, on=ctx.today()):
        raise await _clash(ctx, other)


@deal_registration.action
async def reject(deal: DealRegistration, ctx: kehu.Context, reason: str) -> None:
    """Do not protect it, for a reason."""
    deal.reject(reason, at=ctx.now())
    deal.decided_by_id = ctx.principal.id


@deal_registration.action
async def win(deal: DealRegistration, ctx: kehu.Context) -> None:
    """The end customer has bought from the partner."""
    deal.win(at=ctx.now())


@deal_registration.action
async def lose(deal: DealRegistration, ctx: kehu.Context, reason: str) -> None:
    """The end customer has not bought from the partner, for a reason."""
    deal.lose(reason, at=ctx.now())


@deal_registration.field
async def clashes(deal: DealRegistration, ctx: kehu.Context) -> list[DealRegistration]:
    """Registrations of other partners that are protected for the same deal today, as far as you may see them."""
    keys = [each.id for each in await protected_against(ctx, deal, on=ctx.today())]
    statement = sa.select(DealRegistration).where(DealRegistration.id.in_(keys))
    return list((await ctx.session.scalars(statement.order_by(DealRegistration.number))).all())


@plugin.job(schedule="20 * * * *", atomic=True)
async def expire_deals(ctx: kehu.Context) -> None:
    """Every hour, end what is protected no longer anywhere."""
    last_day_anywhere = (ctx.now() - timedelta(hours=12)).date()
    async with ctx.write():
        over = sa.select(DealRegistration).where(
            DealRegistration.status == DealStatus.APPROVED,
            DealRegistration.protected_until_on < last_day_anywhere,
        )
        for deal in await ctx.session.scalars(over.with_for_update()):
            deal.expire(at=ctx.now())


async def _clash(ctx: kehu.Context, other: DealRegistration) -> DealClash:
    if await ctx.find(DealRegistration, other.id) is None:
        message = kehu.text("A registration of another partner is about the same and protected.")
    else:
        number, day = other.number, other.protected_until_on
        message = kehu.text("{deal} is about the same and protected until {day}.", deal=number, day=day)
    return DealClash(message, field=DealRegistration.customer_name)
