"""What can be said of funds, allocations and requests."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.funds.models import (
    ZERO,
    FundAllocation,
    FundClaim,
    FundClaimStatus,
    FundRequest,
    MarketFund,
)
from kehu_partner_inventory.funds.queries import HOLDING
from kehu_partner_inventory.partnership import fund_allocation, fund_request, market_fund


@market_fund.batch_field
async def allotted_amount(funds: Sequence[MarketFund], ctx: kehu.Context) -> Sequence[Decimal]:
    """What its allocations come to, never more than it is; as far as you may see them."""
    a = FundAllocation
    sums = sa.select(a.fund_id, sa.func.sum(a.amount)).where(a.fund_id.in_([each.id for each in funds]))
    found = {row[0]: row[1] for row in await ctx.session.execute(sums.group_by(a.fund_id))}
    return [found.get(each.id, ZERO) for each in funds]


@fund_allocation.batch_field
async def granted_amount(allocations: Sequence[FundAllocation], ctx: kehu.Context) -> Sequence[Decimal]:
    """What was granted of it, never more than it is."""
    r, keys = FundRequest, [each.id for each in allocations]
    sums = sa.select(r.allocation_id, sa.func.sum(r.granted_amount)).where(r.allocation_id.in_(keys))
    rows = await ctx.session.execute(sums.where(r.status.in_(HOLDING)).group_by(r.allocation_id))
    found = {row[0]: row[1] for row in rows}
    return [found.get(each.id, ZERO) for each in allocations]


@fund_request.batch_field
async def claimed_amount(requests: Sequence[FundRequest], ctx: kehu.Context) -> Sequence[Decimal]:
    """What was claimed of it but for what was rejected, never more than was granted."""
    c, keys = FundClaim, [each.id for each in requests]
    sums = sa.select(c.request_id, sa.func.sum(c.amount)).where(c.request_id.in_(keys))
    rows = await ctx.session.execute(sums.where(c.status != FundClaimStatus.REJECTED).group_by(c.request_id))
    found = {row[0]: row[1] for row in rows}
    return [found.get(each.id, ZERO) for each in requests]
