"""What must hold of partners, their places, what they may sell, and who signs in for them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa

import kehu
from kehu.kernel.trees import chain_above
from kehu.platform.identity.models import Role, RoleAssignment
from kehu_partner_inventory.orders.numbering import lock_series
from kehu_partner_inventory.partners.models import (
    ChannelConflict,
    Partner,
    PartnerAuthorisation,
    PartnerPlacement,
    PartnerUser,
)
from kehu_partner_inventory.partners.queries import subtree_of
from kehu_partner_inventory.plugin import partner, partner_authorisation, partner_user, plugin
from kehu_partner_inventory.pricing.queries import categories_of
from kehu_partner_inventory.product_groups.queries import groups_with

whoever_asks = kehu.Unscoped("a territory and a sign-in belong to one partner")

PORTAL_ROLE = "Partner Portal"


@partner.before_write
async def partners_make_a_tree(ctx: kehu.Context, change: kehu.Change[Partner]) -> None:
    """A partner does not stand below itself."""
    if change.deleting or not change.touches(Partner.parent_id):
        return
    chain = await chain_above(ctx, Partner.parent_id, change.obj.parent_id)
    with change.noting():
        change.obj.stand_below(chain)


@partner.before_write
async def check_partner(_ctx: kehu.Context, change: kehu.Change[Partner]) -> None:
    """A currency that exists, limits not below zero, a contract that does not end before it begins."""
    made = change.obj
    if change.deleting or not made.code or not made.currency:
        return
    made.code = made.code.strip()
    with change.noting():
        made.check()


@partner.after_write
async def moves_keep_history(ctx: kehu.Context, change: kehu.Change[Partner]) -> None:
    """Below whom a partner stands is noted from the first day on."""
    if change.deleting or not (change.creating or change.touches(Partner.parent_id)):
        return
    open_ones = sa.select(PartnerPlacement).where(
        PartnerPlacement.partner_id == change.obj.id, PartnerPlacement.ended_at.is_(None)
    )
    for placement in await whoever_asks.scalars(ctx, open_ones):
        placement.ended_at = ctx.now()
    ctx.add(PartnerPlacement(partner_id=change.obj.id, parent_id=change.obj.parent_id, began_at=ctx.now()))


@partner_authorisation.before_write
async def no_channel_conflict(ctx: kehu.Context, change: kehu.Change[PartnerAuthorisation]) -> None:
    """Where one partner alone may sell something, no other may, but those below it, whoever writes at the moment."""
    made = change.obj
    if change.deleting or made.archived_at is not None:
        return
    await lock_series(ctx, "AUTHORISATION")
    if made.territory is not None:
        made.territory = made.territory.strip().upper() or None
    with change.noting():
        made.check()
        for other in await _others(ctx, made):
            if (
                made.meets(other)
                and await _about_the_same(ctx, made, other)
                and not await _is_below(ctx, made, other)
            ):
                message = kehu.text("Another partner alone may sell this there at that time.")
                raise ChannelConflict(message, field=PartnerAuthorisation.territory)


@partner_user.before_write
async def nobody_loses_rights_to_the_portal(ctx: kehu.Context, change: kehu.Change[PartnerUser]) -> None:
    """Only who gives roles makes a portal user, and only of somebody without a role of another kind."""
    if not change.creating:
        return
    ctx.require("core.role_assignment:create", field=PartnerUser.user_id)
    held = sa.select(Role.name).join(RoleAssignment, RoleAssignment.role_id == Role.id)
    others = held.where(RoleAssignment.user_id == change.obj.user_id, Role.name != PORTAL_ROLE)
    if await whoever_asks.exists(ctx, others):
        change.error(
            "Who has another role cannot become a portal user, who sees one partner only.",
            field=PartnerUser.user_id,
            code="HAS_ANOTHER_ROLE",
        )


@plugin.before_write(RoleAssignment)
async def portal_users_have_no_other_role(ctx: kehu.Context, change: kehu.Change[RoleAssignment]) -> None:
    """A portal user gets no other role: what it grants would reach no further than the partner."""
    given = change.obj
    if not change.creating:
        return
    signs_in = sa.select(PartnerUser.id).where(PartnerUser.user_id == given.user_id)
    portal = sa.select(Role.id).where(Role.id == given.role_id, Role.name == PORTAL_ROLE)
    if await whoever_asks.exists(ctx, signs_in) and not await whoever_asks.exists(ctx, portal):
        change.error(
            "Who signs in for a partner has no other role than that of the portal.",
            field=RoleAssignment.role_id,
            code="IS_PORTAL_USER",
        )


@partner_user.after_write
async def portal_users_get_their_role(ctx: kehu.Context, change: kehu.Change[PartnerUser]) -> None:
    """Who signs in for a partner has the role of the portal, and no longer when the link goes."""
    role = (await whoever_asks.scalars(ctx, sa.select(Role).where(Role.name == PORTAL_ROLE))).first()
    if role is None:
        return
    held = sa.select(RoleAssignment).where(
        RoleAssignment.user_id == change.obj.user_id, RoleAssignment.role_id == role.id
    )
    assignment = (await whoever_asks.scalars(ctx, held)).first()
    if change.deleting and assignment is not None:
        await ctx.delete(assignment)
    elif not change.deleting and assignment is None:
        ctx.add(RoleAssignment(user_id=change.obj.user_id, role_id=role.id))


async def _others(ctx: kehu.Context, made: PartnerAuthorisation) -> list[PartnerAuthorisation]:
    """What other partners may sell, as far as either side is alone in it."""
    a = PartnerAuthorisation
    statement = sa.select(a).where(a.partner_id != made.partner_id, a.id != made.id, a.archived_at.is_(None))
    if not made.is_exclusive:
        statement = statement.where(a.is_exclusive.is_(True))
    return list((await whoever_asks.scalars(ctx, statement.order_by(a.id))).all())


async def _about_the_same(ctx: kehu.Context, one: PartnerAuthorisation, other: PartnerAuthorisation) -> bool:
    """Whether some product is in both: the same one, one of the category, or a category that is part of the other."""
    if not all(each.product_id or each.category_id for each in (one, other)):
        return True
    if one.product_id and other.product_id:
        return one.product_id == other.product_id
    return one.category_id in await _groups(ctx, other) or other.category_id in await _groups(ctx, one)


async def _groups(ctx: kehu.Context, made: PartnerAuthorisation) -> Collection[uuid.UUID | None]:
    """The categories that what is authorised is part of."""
    if made.product_id is not None:
        return (await categories_of(ctx, [made.product_id]))[made.product_id]
    if made.category_id is None:
        return ()
    return (await whoever_asks.scalars(ctx, groups_with(made.category_id))).all()


async def _is_below(ctx: kehu.Context, one: PartnerAuthorisation, other: PartnerAuthorisation) -> bool:
    """Who may not be disturbed stands above the other: its own dealers sell what it alone may."""
    for above, lower in ((one, other), (other, one)):
        if above.is_exclusive and not lower.is_exclusive:
            found = sa.select(Partner.id).where(
                Partner.id == lower.partner_id, Partner.id.in_(subtree_of(above.partner_id))
            )
            return await whoever_asks.exists(ctx, found)
    return False
