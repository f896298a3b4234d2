"""The verbs of claims: approve, reject, pay out."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.funds.events import FundClaimPaid
from kehu_partner_inventory.funds.models import (
    FundAllocation,
    FundClaim,
    FundRequest,
    FundRequestStatus,
    MarketFund,
)
from kehu_partner_inventory.funds.queries import locked, whoever_asks
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.partnership import fund_claim


@fund_claim.action
async def approve(claim: FundClaim, ctx: kehu.Context) -> None:
    """The proof is good."""
    await ctx.session.refresh(claim, with_for_update=True)
    claim.approve(at=ctx.now())
    claim.decided_by_id = ctx.principal.id


@fund_claim.action
async def reject(claim: FundClaim, ctx: kehu.Context, reason: str) -> None:
    """The proof is not good, for a reason; the amount may be claimed again."""
    request = await locked(ctx, FundRequest, claim.request_id)
    await ctx.session.refresh(claim, with_for_update=True)
    claim.reject(reason, at=ctx.now())
    claim.decided_by_id = ctx.principal.id
    if request.status is FundRequestStatus.CLOSED:
        request.granted_amount -= claim.amount


@fund_claim.action
async def pay_out(claim: FundClaim, ctx: kehu.Context) -> None:
    """The partner got the money; campaigns may count it as what they cost."""
    await ctx.session.refresh(claim, with_for_update=True)
    claim.pay_out(at=ctx.now())
    statement = (
        sa.select(FundRequest, Partner, MarketFund.currency)
        .join(FundAllocation, FundAllocation.id == FundRequest.allocation_id)
        .join(Partner, Partner.id == FundAllocation.partner_id)
        .join(MarketFund, MarketFund.id == FundAllocation.fund_id)
        .where(FundRequest.id == claim.request_id)
    )
    request, partner, currency = (await whoever_asks.execute(ctx, statement)).one()
    told = FundClaimPaid(
        claim_id=claim.id,
        partner_id=partner.id,
        customer_id=partner.customer_id,
        amount=claim.amount,
        currency=currency,
        purpose=request.purpose,
        campaign=request.campaign,
    )
    ctx.emit(told, customer_id=partner.customer_id)
