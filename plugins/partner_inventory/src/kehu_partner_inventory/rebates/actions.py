"""The verbs of rebates: draw up a statement, approve it, pay it out."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoice
from kehu_partner_inventory.credit.checking import lock_partners
from kehu_partner_inventory.orders.numbering import next_number
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import rebate_programme, rebate_statement
from kehu_partner_inventory.rebates.accruing import Source, accrue_to, note_payout
from kehu_partner_inventory.rebates.counting import Period, whoever_asks
from kehu_partner_inventory.rebates.models import (
    NoMember,
    RebateMember,
    RebateProgramme,
    RebateStatement,
    RebateStatementLine,
    RebateStatus,
)
from kehu_partner_inventory.rebates.queries import check_currency, earned_in

_SETTLED = (RebateStatus.APPROVED, RebateStatus.PAID)


@rebate_programme.action
async def draw_up(programme: RebateProgramme, ctx: kehu.Context, partner: Partner) -> RebateStatement:
    """A statement of what a member has earned so far; what earlier ones gave is taken off."""
    await lock_partners(ctx, [partner.id])
    await _check_member(ctx, programme, partner)
    period = Period.of(programme, programme.from_on, programme.until_on)
    lines, result = await earned_in(ctx, programme, partner, period)
    earlier = await _others(ctx, programme, partner, _SETTLED)
    settled = sum((each.payable_amount for each in earlier), Decimal(0))
    for draft in await _others(ctx, programme, partner, (RebateStatus.DRAFT,)):
        draft.move("discard")
    made = ctx.add(
        RebateStatement(
            id=kehu.uuid7(),
            programme_id=programme.id,
            partner_id=partner.id,
            drawn_up_at=ctx.now(),
            currency=programme.currency,
            bought_amount=result.bought,
            before_amount=result.before,
            counted_amount=result.counted,
            earned_amount=result.earned,
            is_capped=result.is_capped,
            settled_amount=settled,
            payable_amount=result.earned - settled,
        )
    )
    for line, share in zip(lines, result.shares, strict=True):
        ctx.add(
            RebateStatementLine(
                statement_id=made.id,
                invoice_line_id=line.invoice_line_id,
                move_id=line.move_id,
                amount=line.amount,
                earned_amount=share,
            )
        )
    await ctx.flush()
    await accrue_to(ctx, programme, partner, result.earned, Source(statement_id=made.id))
    return made


@rebate_statement.action
async def approve(statement: RebateStatement, ctx: kehu.Context) -> None:
    """Agree; from now on the programme stays as it is."""
    await ctx.session.refresh(statement, with_for_update=True)
    statement.move("approve")
    statement.approved_by_id = ctx.principal.id


@rebate_statement.action
async def pay_out_in_cash(statement: RebateStatement, ctx: kehu.Context) -> None:
    """Note that the money was paid, or came back."""
    await ctx.session.refresh(statement, with_for_update=True)
    statement.move("payOut")
    note_payout(ctx, statement)


@rebate_statement.action
async def pay_out(statement: RebateStatement, ctx: kehu.Context) -> PartnerInvoice:
    """Write a credit note, which lowers what the partner owes; an invoice where it owes something back."""
    await ctx.session.refresh(statement, with_for_update=True)
    statement.move("payOut")
    note_payout(ctx, statement)
    programme = await ctx.get(RebateProgramme, statement.programme_id)
    note = ctx.add(
        PartnerInvoice(
            id=kehu.uuid7(),
            number=await next_number(ctx, "I"),
            partner_id=statement.partner_id,
            currency=statement.currency,
            amount=-statement.payable_amount,
            open_amount=-statement.payable_amount,
            issued_on=ctx.today(),
            due_on=ctx.today(),
            reason=programme.name,
        )
    )
    statement.credit_note_id = note.id
    return note


async def _check_member(ctx: kehu.Context, programme: RebateProgramme, partner: Partner) -> None:
    check_currency(programme, partner)
    member = sa.select(RebateMember.id).where(
        RebateMember.programme_id == programme.id, RebateMember.partner_id == partner.id
    )
    if not await whoever_asks.exists(ctx, member):
        message = kehu.text(
            "{partner} is not in {programme}.", partner=partner.code, programme=programme.name
        )
        raise NoMember(message, field="partner")


async def _others(
    ctx: kehu.Context, programme: RebateProgramme, partner: Partner, states: tuple[RebateStatus, ...]
) -> list[RebateStatement]:
    statement = sa.select(RebateStatement).where(
        RebateStatement.programme_id == programme.id,
        RebateStatement.partner_id == partner.id,
        RebateStatement.status.in_(states),
    )
    return list((await whoever_asks.scalars(ctx, statement)).all())
