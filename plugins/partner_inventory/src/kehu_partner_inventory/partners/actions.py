"""The verbs of a partnership."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.partners.models import Partner, PartnerLevelChange
from kehu_partner_inventory.plugin import partner
from kehu_partner_inventory.programmes.models import PartnerLevel


@partner.action
async def approve(partner: Partner, ctx: kehu.Context) -> None:
    """Accept the application."""
    partner.move("approve", at=ctx.now())


@partner.action
async def activate(partner: Partner, ctx: kehu.Context) -> None:
    """Let it order, for the first time or again."""
    partner.move("activate", at=ctx.now())


@partner.action
async def suspend(partner: Partner, ctx: kehu.Context, reason: str) -> None:
    """Stop its orders for a while, for a reason."""
    partner.stop("suspend", reason, at=ctx.now())


@partner.action
async def end(partner: Partner, ctx: kehu.Context, reason: str) -> None:
    """End the partnership, for a reason; its users see nothing any more."""
    partner.stop("end", reason, at=ctx.now())


@partner.action
async def rate(
    partner: Partner, ctx: kehu.Context, reason: str, level: PartnerLevel | None = None
) -> PartnerLevelChange:
    """Put it on a level of a programme, or on none; the history stays."""
    if not reason.strip():
        raise kehu.veto(kehu.text("Say why."), field="reason", code="REQUIRED")
    return put_on_level(ctx, partner, level, reason=reason.strip())


def put_on_level(
    ctx: kehu.Context, partner: Partner, level: PartnerLevel | None, *, reason: str
) -> PartnerLevelChange:
    """Put a partner on a level and note it in the history. Raises PartnerInOtherState."""
    before = partner.level_id
    partner.rate(level)
    return ctx.add(
        PartnerLevelChange(
            partner_id=partner.id,
            from_level_id=before,
            to_level_id=partner.level_id,
            reason=reason,
            decided_by_id=ctx.principal.id,
            changed_at=ctx.now(),
        )
    )
