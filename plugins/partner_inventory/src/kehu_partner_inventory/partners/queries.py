"""Which partners stand below others."""

from __future__ import annotations

import uuid
from typing import cast

import sqlalchemy as sa

from kehu_partner_inventory.partners.models import Partner, PartnerStatus, PartnerUser

PARTNERS = cast(sa.Table, Partner.__table__)
PARTNER_USERS = cast(sa.Table, PartnerUser.__table__)


def below(roots: sa.Select[uuid.UUID]) -> sa.Select[uuid.UUID]:
    """The keys of the roots and of all partners below them. The tree is walked whole, whoever asks."""
    part = PARTNERS.alias()
    tree = roots.cte(recursive=True)
    tree = tree.union(sa.select(part.c.id).join(tree, part.c.parent_id == tree.c.id))
    return sa.select(tree.c.id)


def subtree_of(partner_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """The keys of a partner and of all below it."""
    return below(sa.select(PARTNERS.c.id).where(PARTNERS.c.id == partner_id))


def subtree_of_user(user_id: uuid.UUID | None) -> sa.Select[uuid.UUID]:
    """The keys of the partner that a user signs in for, and of all below it; none when the partnership has ended."""
    roots = (
        sa.select(PARTNERS.c.id)
        .join(PARTNER_USERS, PARTNER_USERS.c.partner_id == PARTNERS.c.id)
        .where(
            PARTNER_USERS.c.user_id == user_id,
            PARTNERS.c.archived_at.is_(None),
            PARTNERS.c.status != PartnerStatus.ENDED,
        )
    )
    return below(roots)


def chain_of(partner_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """The keys of a partner and of all above it."""
    up = PARTNERS.alias()
    start = sa.select(PARTNERS.c.id, PARTNERS.c.parent_id).where(PARTNERS.c.id == partner_id)
    chain = start.cte(recursive=True)
    chain = chain.union(sa.select(up.c.id, up.c.parent_id).join(chain, up.c.id == chain.c.parent_id))
    return sa.select(chain.c.id)
