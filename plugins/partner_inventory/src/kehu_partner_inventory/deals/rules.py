"""What must hold of deal registrations."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.deals.models import DealRegistration
from kehu_partner_inventory.deals.queries import whoever_asks
from kehu_partner_inventory.orders.models import NotAuthorised, PartnerNotActive
from kehu_partner_inventory.orders.numbering import next_number
from kehu_partner_inventory.partners.models import (
    ChannelConflict,
    Partner,
    PartnerAuthorisation,
    PartnerStatus,
)
from kehu_partner_inventory.partners.queries import chain_of
from kehu_partner_inventory.partnership import deal_registration
from kehu_partner_inventory.pricing.engine import holds_on
from kehu_partner_inventory.product_groups.queries import groups_with


@deal_registration.before_write
async def complete_deal(ctx: kehu.Context, change: kehu.Change[DealRegistration]) -> None:
    """A new registration gets its number and currency; what was told stays once it was submitted."""
    made = change.obj
    if change.deleting:
        return
    if change.creating and not made.number:
        partner = (await whoever_asks.scalars(ctx, _partner(made))).one_or_none()
        made.number = await next_number(ctx, "D")
        made.currency = made.currency or (partner.currency if partner else "")
    with change.noting():
        if made.customer_name and (change.creating or change.touches(*DealRegistration.told)):
            made.check()
        if not change.creating and change.touches(*DealRegistration.told) and not _by_verb(change):
            made.states.after("change", made.status, of=made.number)


async def check_may_claim(ctx: kehu.Context, deal: DealRegistration) -> None:
    """Raise PartnerNotActive."""
    partner = (await whoever_asks.scalars(ctx, _partner(deal))).one()
    if partner.status is not PartnerStatus.ACTIVE:
        message = kehu.text(
            "{partner} is {state}.", partner=partner.code, state=kehu.label(Partner.status, partner.status)
        )
        raise PartnerNotActive(message, field="partner")


async def check_territory(ctx: kehu.Context, deal: DealRegistration) -> None:
    """Raise NotAuthorised where the partner may not sell this there; ChannelConflict where another alone may."""
    wanted = PartnerAuthorisation(
        category_id=deal.category_id,
        territory=deal.territory,
        valid_from_on=ctx.today(),
        valid_until_on=ctx.today(),
    )
    a = PartnerAuthorisation
    rows = (await whoever_asks.scalars(ctx, sa.select(a).where(a.archived_at.is_(None)))).all()
    holding = [each for each in rows if holds_on(ctx.today(), each.valid_from_on, each.valid_until_on)]
    above = await _keys(ctx, chain_of(deal.partner_id))
    groups = await _keys(ctx, groups_with(deal.category_id)) if deal.category_id else set()
    own = [each for each in rows if each.partner_id == deal.partner_id]
    covers = [
        each for each in holding if each.partner_id == deal.partner_id and _covers(each, wanted, groups)
    ]
    if own and not covers:
        message = kehu.text("The partner may not sell this there.")
        raise NotAuthorised(message, field=DealRegistration.territory)
    for each in holding:
        alone = each.is_exclusive and each.partner_id not in above
        if alone and deal.territory is not None and _covers(each, wanted, groups):
            message = kehu.text("Another partner alone may sell this there at that time.")
            raise ChannelConflict(message, field=DealRegistration.territory)


def _covers(each: PartnerAuthorisation, wanted: PartnerAuthorisation, groups: set[object]) -> bool:
    """Whether the products and the place are within the authorisation; products alone are within no family."""
    in_products = each.category_id in groups or (each.category_id is None and each.product_id is None)
    if wanted.category_id is None:
        in_products = True
    if each.territory is None or wanted.territory is None:
        return in_products
    return in_products and f"{wanted.territory}-".startswith(f"{each.territory}-")


def _by_verb(change: kehu.Change[DealRegistration]) -> bool:
    """Approving may name the customer."""
    return change.touches(DealRegistration.status)


def _partner(deal: DealRegistration) -> sa.Select[Partner]:
    return sa.select(Partner).where(Partner.id == deal.partner_id)


async def _keys(ctx: kehu.Context, statement: sa.Select[object]) -> set[object]:
    return set((await whoever_asks.scalars(ctx, statement)).all())
