"""What must hold of funds: no level gives more than the one above it has, whoever else gives at the same moment."""

from __future__ import annotations

from decimal import Decimal

import kehu
from kehu_partner_inventory.documents import checked_document
from kehu_partner_inventory.funds.models import (
    FundAllocation,
    FundRequest,
    MarketFund,
    above_zero,
    check_within,
)
from kehu_partner_inventory.funds.queries import allotted, granted, locked
from kehu_partner_inventory.partnership import fund_allocation, fund_request, market_fund


@market_fund.before_write
async def check_fund(_ctx: kehu.Context, change: kehu.Change[MarketFund]) -> None:
    """A fund that can be."""
    made = change.obj
    if change.deleting or not made.currency or not made.name or made.amount is None:
        return
    with change.noting():
        made.check()


@market_fund.after_write
async def a_fund_has_what_is_allotted(ctx: kehu.Context, change: kehu.Change[MarketFund]) -> None:
    """It is not less than what was allotted of it."""
    if not change.deleting and change.touches(MarketFund.amount):
        check_within(change.obj.amount, await allotted(ctx, change.obj.id), change.obj.currency)


@fund_allocation.before_write
async def check_allocation(_ctx: kehu.Context, change: kehu.Change[FundAllocation]) -> None:
    """An amount above zero."""
    if not change.deleting and change.obj.amount is not None:
        with change.noting():
            above_zero(change.obj.amount, FundAllocation.amount)


@fund_allocation.after_write
async def an_allocation_is_within_its_fund(ctx: kehu.Context, change: kehu.Change[FundAllocation]) -> None:
    """All allocations of a fund together are not more than it; none is less than what was granted of it."""
    made = change.obj
    fund = await locked(ctx, MarketFund, made.fund_id)
    check_within(fund.amount, await allotted(ctx, fund.id), fund.currency)
    if not change.creating:
        left = Decimal(0) if change.deleting else made.amount
        check_within(left, await granted(ctx, made.id), fund.currency)


@fund_request.before_write
async def check_request(_ctx: kehu.Context, change: kehu.Change[FundRequest]) -> None:
    """An amount above zero; what was told stays once it was submitted."""
    made = change.obj
    if change.deleting or made.requested_amount is None:
        return
    with change.noting(field=FundRequest.campaign):
        made.campaign = checked_document(made.campaign)
        above_zero(made.requested_amount, FundRequest.requested_amount)
        if not change.creating and change.touches(*FundRequest.told):
            made.states.after("change", made.status, of=made.purpose)
