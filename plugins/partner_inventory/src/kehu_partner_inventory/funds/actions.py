"""The verbs of requests: submit, grant, reject, claim with a proof, close."""

from __future__ import annotations

from decimal import Decimal

import kehu
from kehu_partner_inventory.funds.models import (
    FundAllocation,
    FundClaim,
    FundRequest,
    above_zero,
    check_within,
    proven,
)
from kehu_partner_inventory.funds.queries import claimed, currency_of, granted, locked
from kehu_partner_inventory.partnership import fund_request


@fund_request.action
async def submit(request: FundRequest, ctx: kehu.Context) -> None:
    """Ask for it."""
    await ctx.session.refresh(request, with_for_update=True)
    request.move("submit")


@fund_request.action
async def grant(request: FundRequest, ctx: kehu.Context, amount: Decimal) -> None:
    """Agree to an amount, at most what is asked for and what is left of the allocation."""
    allocation = await locked(ctx, FundAllocation, request.allocation_id)
    await ctx.session.refresh(request, with_for_update=True)
    before = await granted(ctx, allocation.id)
    currency = await currency_of(ctx, allocation.id)
    request.grant(amount, currency, at=ctx.now())
    request.decided_by_id = ctx.principal.id
    check_within(allocation.amount, before + amount, currency)


@fund_request.action
async def reject(request: FundRequest, ctx: kehu.Context, reason: str) -> None:
    """Agree to nothing, for a reason."""
    await ctx.session.refresh(request, with_for_update=True)
    request.reject(reason, at=ctx.now())
    request.decided_by_id = ctx.principal.id


@fund_request.action
async def claim(request: FundRequest, ctx: kehu.Context, amount: Decimal, proof: str) -> FundClaim:
    """Want money back for what was done, with a proof; at most what is left of what was granted."""
    fresh = await locked(ctx, FundRequest, request.id)
    fresh.move("claim")
    above_zero(amount, "amount")
    currency = await currency_of(ctx, fresh.allocation_id)
    check_within(fresh.granted_amount, await claimed(ctx, fresh.id) + amount, currency)
    return ctx.add(
        FundClaim(
            id=kehu.uuid7(), request_id=fresh.id, amount=amount, proof=proven(proof), claimed_at=ctx.now()
        )
    )


@fund_request.action
async def close(request: FundRequest, ctx: kehu.Context) -> None:
    """Nothing more is claimed; what was granted and not claimed is free for other requests."""
    fresh = await locked(ctx, FundRequest, request.id)
    fresh.close(await claimed(ctx, fresh.id))
