"""Deals where sfa is enabled: an approved registration becomes an opportunity, which closes it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_partner_inventory.deals.models import DealClash, DealRegistration, DealStatus
from kehu_partner_inventory.deals.queries import whoever_asks
from kehu_partner_inventory.partners.models import Partner
from kehu_sfa import Opportunity


def declare(plugin: kehu.Plugin) -> None:
    """What applies only together with sfa."""
    plugin.before_write(DealRegistration)(note_our_opportunities)
    plugin.after_write(DealRegistration)(become_an_opportunity)
    plugin.after_write(Opportunity)(close_with_the_opportunity)
    plugin.batch_field(
        DealRegistration, name="opportunity", description="What it became when it was approved."
    )(opportunities_of)
    plugin.batch_field(
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
    partner = (await whoever_asks.scalars(ctx, sa.select(Partner).where(Partner.id == deal.partner_id))).one()
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
    for deal in await whoever_asks.scalars(ctx, statement):
        if made.lost_reason is None:
            deal.win(at=ctx.now())
        else:
            deal.lose(made.lost_reason, at=ctx.now())


async def opportunities_of(
    deals: Sequence[DealRegistration], ctx: kehu.Context
) -> Sequence[Opportunity | None]:
    """The opportunity of each, if you may see it."""
    keys = [deal.opportunity and key_of(deal.opportunity, "Opportunity") for deal in deals]
    statement = sa.select(Opportunity).where(Opportunity.id.in_({key for key in keys if key}))
    found = {made.id: made for made in await ctx.session.scalars(statement)}
    return [found.get(key) if key else None for key in keys]


async def open_opportunities(
    deals: Sequence[DealRegistration], ctx: kehu.Context
) -> Sequence[list[Opportunity]]:
    """Ours, oldest first; one statement for all registrations."""
    c = kehu.Customer
    statement = _open_ones(deals).add_columns(c.id, c.name, c.registered_number)
    rows = (await ctx.session.execute(statement)).all()
    return [
        [made for made, key, name, number in rows if made.id != own and _is_with(deal, key, name, number)]
        for deal in deals
        for own in [deal.opportunity and key_of(deal.opportunity, "Opportunity")]
    ]


async def _at_it(ctx: kehu.Context, deal: DealRegistration) -> bool:
    statement = _open_ones([deal]).limit(1)
    if deal.opportunity is not None:
        statement = statement.where(Opportunity.id != key_of(deal.opportunity, "Opportunity"))
    return (await whoever_asks.scalars(ctx, statement)).first() is not None


def _open_ones(deals: Sequence[DealRegistration]) -> sa.Select[Opportunity]:
    """Open opportunities with the customers, which are found by their ids, numbers or names."""
    c, o = kehu.Customer, Opportunity
    who = [
        c.id.in_({deal.customer_id for deal in deals if deal.customer_id}),
        c.name.in_({_name(deal) for deal in deals}),
        c.registered_number.in_({deal.registered_number for deal in deals if deal.registered_number}),
    ]
    return (
        sa.select(o)
        .join(c, c.id == o.customer_id)
        .where(sa.or_(*who), o.closed_at.is_(None), o.archived_at.is_(None))
        .order_by(o.created_at, o.id)
    )


def _is_with(deal: DealRegistration, key: uuid.UUID, name: str, number: str | None) -> bool:
    """Whether this is the customer of the registration."""
    return (
        key == deal.customer_id
        or name == _name(deal)
        or (number is not None and number == deal.registered_number)
    )


def _name(deal: DealRegistration) -> str:
    return deal.customer_name.strip()
