"""Which limit holds for whom."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import RoleAssignment
from kehu_sfa.discount_limits.models import DiscountLimit

whoever_asks = kehu.Unscoped("a limit binds who may not read it")


async def limit_of(
    ctx: kehu.Context, user_id: uuid.UUID | None, team_id: uuid.UUID | None
) -> DiscountLimit | None:
    """The limit of who owns a record; of several roles the one that allows most. None where nobody set any."""
    limit = DiscountLimit
    roles = sa.select(RoleAssignment.role_id).where(RoleAssignment.user_id == user_id)
    everybody = sa.and_(limit.user_id.is_(None), limit.team_id.is_(None), limit.role_id.is_(None))
    rank = sa.case(
        (limit.user_id.is_not(None), 0),
        (limit.team_id.is_not(None), 1),
        (limit.role_id.is_not(None), 2),
        else_=3,
    )
    found = (
        sa.select(limit)
        .where(limit.archived_at.is_(None))
        .where(
            sa.or_(limit.user_id == user_id, limit.team_id == team_id, limit.role_id.in_(roles), everybody)
        )
        .order_by(rank, limit.max_discount_percent.is_not(None), limit.max_discount_percent.desc(), limit.id)
        .limit(1)
    )
    return (await whoever_asks.scalars(ctx, found)).first()
