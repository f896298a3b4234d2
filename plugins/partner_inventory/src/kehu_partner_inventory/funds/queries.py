"""What of funds is allotted, granted and claimed; each sum under a lock on what it comes from."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TypeVar

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.funds.models import (
    ZERO,
    FundAllocation,
    FundClaim,
    FundClaimStatus,
    FundRequest,
    FundRequestStatus,
    MarketFund,
)

whoever_asks = kehu.Unscoped("no more is granted and claimed of a fund than there is")

T = TypeVar("T", bound=kehu.Entity)

HOLDING = (FundRequestStatus.GRANTED, FundRequestStatus.CLOSED)


async def locked(ctx: kehu.Context, model: type[T], key: uuid.UUID) -> T:
    """A record as it is now; who takes from it next waits until this transaction ends."""
    statement = sa.select(model).where(model.id == key).with_for_update(key_share=True)
    return (await whoever_asks.scalars(ctx, statement.execution_options(populate_existing=True))).one()


async def allotted(ctx: kehu.Context, fund_id: uuid.UUID) -> Decimal:
    """What all allocations of a fund come to."""
    total = sa.select(sa.func.sum(FundAllocation.amount)).where(FundAllocation.fund_id == fund_id)
    return await whoever_asks.scalar(ctx, total) or ZERO


async def granted(ctx: kehu.Context, allocation_id: uuid.UUID) -> Decimal:
    """What was granted of an allocation."""
    total = sa.select(sa.func.sum(FundRequest.granted_amount)).where(
        FundRequest.allocation_id == allocation_id, FundRequest.status.in_(HOLDING)
    )
    return await whoever_asks.scalar(ctx, total) or ZERO


async def claimed(ctx: kehu.Context, request_id: uuid.UUID) -> Decimal:
    """What was claimed of a request, but for claims that were rejected."""
    total = sa.select(sa.func.sum(FundClaim.amount)).where(
        FundClaim.request_id == request_id, FundClaim.status != FundClaimStatus.REJECTED
    )
    return await whoever_asks.scalar(ctx, total) or ZERO


async def currency_of(ctx: kehu.Context, allocation_id: uuid.UUID) -> str:
    """The currency of the fund that an allocation is of."""
    found = sa.select(MarketFund.currency).join(FundAllocation, FundAllocation.fund_id == MarketFund.id)
    return str(await whoever_asks.scalar(ctx, found.where(FundAllocation.id == allocation_id)))
