"""Deals where sfa is enabled: an approved registration becomes an opportunity, which closes it."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.ids import key_of
from kehu_partner_inventory.deals.models import DealClash, DealRegistration, DealStatus
from kehu_partner_inventory.partners.models import Partner
from kehu_sfa import Opportunity


def declare(plugin: kehu.Plugin) -> None:
    """What applies only together with sfa."""
    plugin.before_write(DealRegistration)(note_our_opportunities)
    plugin.after_write(DealRegistration)(become_an_opportunity)
    plugin.after_write(Opportunity)(close_with_the_opportunity)
    plugin.field(DealRegistration, name="opportunity", description="What it became when it was approved.")(
        opportunity_of
    )
    plugin.field(
        DealRegistration,
        name="open_opportunities",
        description="Open opportunities of ours with the same customer, as far as you may see them.",
    )(open_opportunities)


async def note_our_opportunities(ctx: kehu.Context, change: kehu.Change[DealRegistration]) -> None:
    """Deals that we are at ourselves are marked; approving one takes a reason."""
    deal = change.obj
    if change.deleting or not change.touches(DealRegistration.status):
        return
    if deal.status not in {DealStatus.SUBMITTED, DealStatus.APPROVED} or not await _at_it(ctx, deal):
        return
    deal.has_clash = True
    if deal.status is DealStatus.APPROVED and deal.decision_reason is None:
        message = kehu.text(
            "We have an open opportunity with {customer}; say why.", customer=deal.customer_name
        )
        raise DealClash(message, field="reason")


async def become_an_opportunity(ctx: kehu.Context, change: kehu.Change[DealRegistration]) -> None:
    """A deal that is protected is an opportunity of the partner's manager."""
    deal = change.obj
    approved = deal.status is DealStatus.APPROVED and change.touches(DealRegistration.status)
    if change.deleting or not approved or deal.opportunity is not None:
        return
    partner = (
        await ctx.session.scalars(kehu.unscoped(sa.select(Partner).where(Partner.id == deal.partner_id)))
    ).one()
    made = ctx.add(
        Opportunity(
            id=kehu.uuid7(),
            name=deal.name,
            customer_id=deal.customer_id,
            amount=deal.amount,
            currency=deal.currency,
            expected_close_on=deal.expected_close_on,
            source="PARTNER",
            owner_id=partner.owner_id,
            team_id=partner.team_id,
        )
    )
    deal.opportunity = kehu.GlobalId(kehu.global_id("Opportunity", made.id))


async def close_with_the_opportunity(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """A won opportunity wins the registration it came from, a lost one loses it."""
    made = change.obj
    if change.deleting or change.creating or not change.touches(Opportunity.closed_at) or not made.is_closed:
        return
    d = DealRegistration
    key = kehu.global_id("Opportunity", made.id)
    statement = sa.select(d).where(d.opportunity == key, d.status == DealStatus.APPROVED)
    for deal in await ctx.session.scalars(kehu.unscoped(statement)):
        if made.lost_reason is None:
            deal.win(at=ctx.now())
        else:
            deal.lose(made.lost_reason, at=ctx.now())


async def opportunity_of(deal: DealRegistration, ctx: kehu.Context) -> Opportunity | None:
    """The opportunity, if you may see it."""
    if deal.opportunity is None:
        return None
    key = key_of(deal.opportunity, "Opportunity")
    return (await ctx.session.scalars(sa.select(Opportunity).where(Opportunity.id == key))).one_or_none()


async def open_opportunities(deal: DealRegistration, ctx: kehu.Context) -> list[Opportunity]:
    """Ours, oldest first."""
    return list((await ctx.session.scalars(_open_ones(deal))).all())


async def _at_it(ctx: kehu.Context, deal: DealRegistration) -> bool:
    return (await ctx.session.scalars(kehu.unscoped(_open_ones(deal).limit(1)))).first() is not None


def _open_ones(deal: DealRegistration) -> sa.Select[Opportunity]:
    """Open opportunities with the customer, which is found by its id, number or name; not those of registrations."""
    c, o = kehu.Customer, Opportunity
    who = [c.id == deal.customer_id, c.name == deal.customer_name.strip()]
    if deal.registered_number is not None:
        who.append(c.registered_number == deal.registered_number)
    statement = (
        sa.select(o)
        .join(c, c.id == o.customer_id)
        .where(sa.or_(*who), o.closed_at.is_(None), o.archived_at.is_(None))
        .order_by(o.created_at, o.id)
    )
    if deal.opportunity is not None:
        statement = statement.where(o.id != key_of(deal.opportunity, "Opportunity"))
    return statement
