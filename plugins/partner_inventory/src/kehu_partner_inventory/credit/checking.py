"""Credit: whether a partner, and each group it belongs to, may owe more; under a lock until the transaction ends."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import convert
from kehu_partner_inventory.credit.queries import Keys, exposures, whoever_asks
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.partners.queries import chain_of, subtree_of
from kehu_partner_inventory.programmes.models import PartnerLevel


class CreditExceeded(kehu.Refusal):
    """The partner, or a group that it belongs to, would owe more than it may."""

    code = "CREDIT_EXCEEDED"


@dataclasses.dataclass(frozen=True, slots=True)
class _Excess:
    partner: Partner
    limit: Decimal
    exposure: Decimal


async def check_credit(ctx: kehu.Context, partner: Partner, amount: Decimal) -> None:
    """Raise CreditExceeded when `amount` more is too much; nobody else can use up the credit meanwhile."""
    excess = await _excess(ctx, partner, amount)
    if excess is None:
        return
    raise CreditExceeded(await _message(ctx, excess), field="partner")


async def fits_credit(ctx: kehu.Context, partner: Partner, amount: Decimal) -> bool:
    """Whether `amount` more may be owed, as things are now."""
    return await _excess(ctx, partner, amount) is None


async def _message(ctx: kehu.Context, excess: _Excess) -> kehu.Text:
    """How much it would be, for who may see the partner that it is about and what it owes."""
    if not ctx.can("partner_inventory.partner_invoice:read") or not await ctx.find(
        Partner, excess.partner.id
    ):
        return kehu.text("With this order the partner, or its group, would owe more than it may.")
    return kehu.text(
        "{partner} may owe {limit}; with this order it would be {exposure}.",
        partner=excess.partner.code,
        limit=kehu.money(excess.limit, excess.partner.currency),
        exposure=kehu.money(excess.exposure, excess.partner.currency),
    )


async def lock_partners(ctx: kehu.Context, keys: Sequence[uuid.UUID]) -> Sequence[Partner]:
    """Partners as they are now, by key; whoever asks for their credit next waits until this transaction ends."""
    statement = (
        sa.select(Partner).where(Partner.id.in_(keys)).order_by(Partner.id).with_for_update(key_share=True)
    )
    return (await whoever_asks.scalars(ctx, statement.execution_options(populate_existing=True))).all()


async def _excess(ctx: kehu.Context, partner: Partner, amount: Decimal) -> _Excess | None:
    """The first limit that would be passed: its own, then those of its groups."""
    await ctx.flush()
    groups = await _groups_of(ctx, partner)
    locked = {each.id: each for each in await lock_partners(ctx, [partner.id, *groups])}
    own = locked[partner.id]
    limit = await _limit(ctx, own)
    exposure = await _exposure(ctx, own, [own.id]) + amount
    if exposure > limit:
        return _Excess(own, limit, exposure)
    for key in groups:
        group = locked[key]
        more = await convert(ctx, amount, own.currency, group.currency, on=ctx.today())
        exposure = await _exposure(ctx, group, subtree_of(key)) + more
        if group.group_credit_limit is not None and exposure > group.group_credit_limit:
            return _Excess(group, group.group_credit_limit, exposure)
    return None


async def _groups_of(ctx: kehu.Context, partner: Partner) -> Sequence[uuid.UUID]:
    """The partner and those above it, as far as they have a limit for all below them."""
    statement = (
        sa.select(Partner.id)
        .where(Partner.id.in_(chain_of(partner.id)), Partner.group_credit_limit.is_not(None))
        .order_by(Partner.id)
    )
    return (await whoever_asks.scalars(ctx, statement)).all()


async def _limit(ctx: kehu.Context, partner: Partner) -> Decimal:
    """Its own limit, else that of its level, else nothing."""
    if partner.credit_limit is not None:
        return partner.credit_limit
    statement = sa.select(PartnerLevel.credit_limit).where(PartnerLevel.id == partner.level_id)
    return await whoever_asks.scalar(ctx, statement) or Decimal(0)


async def _exposure(ctx: kehu.Context, partner: Partner, keys: Keys) -> Decimal:
    """What these owe together, in the partner's currency at the rates of today."""
    total = Decimal(0)
    for amounts in (await exposures(ctx, keys)).values():
        for currency, amount in amounts.items():
            total += await convert(ctx, amount, currency, partner.currency, on=ctx.today())
    return total
