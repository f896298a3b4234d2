"""The ledger of rebates: each transaction adds what it earned or took back, each payout takes what was given."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerPayment
from kehu_partner_inventory.credit.checking import lock_partners
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.partnership import rebate_accrual
from kehu_partner_inventory.plugin import partner_invoice, partner_payment, plugin
from kehu_partner_inventory.rebates.counting import Period, whoever_asks
from kehu_partner_inventory.rebates.models import (
    AccrualKind,
    RebateAccrual,
    RebateMember,
    RebateProgramme,
    RebateStatement,
    StatementStays,
)
from kehu_partner_inventory.rebates.queries import BILLED, earned_by
from kehu_partner_inventory.rebates.reckoning import RebateBase

T = TypeVar("T", bound=kehu.Entity)

PAID = (RebateBase.ON_TIME_PAYMENT,)


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """The transaction that an entry comes from; none for the night run."""

    invoice_id: uuid.UUID | None = None
    payment_id: uuid.UUID | None = None
    statement_id: uuid.UUID | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RebateLiability:
    """What members of a programme earned, got, and are owed."""

    programme: RebateProgramme
    partner: Partner
    currency: str
    earned: Decimal
    paid: Decimal
    owed: Decimal


@plugin.query(permission="partner_inventory.rebate_accrual:read")
async def rebate_liability(ctx: kehu.Context, at: datetime | None = None) -> list[RebateLiability]:
    """What we owe as rebates, now or at a moment of the past, by programme and partner, as far as you may see them."""
    a = RebateAccrual
    sums = sa.select(a.programme_id, a.partner_id, a.currency, a.kind, sa.func.sum(a.amount))
    statement = sums.group_by(a.programme_id, a.partner_id, a.currency, a.kind)
    if at is not None:
        statement = statement.where(a.accrued_at <= at)
    rows = (await ctx.session.execute(statement)).all()
    programmes = await _named(ctx, RebateProgramme, {row[0] for row in rows})
    partners = await _named(ctx, Partner, {row[1] for row in rows})
    found: dict[tuple[uuid.UUID, uuid.UUID, str], dict[AccrualKind, Decimal]] = {}
    for programme_id, partner_id, currency, kind, amount in rows:
        if programme_id in programmes and partner_id in partners:
            found.setdefault((programme_id, partner_id, currency), {})[kind] = amount
    owed = [_owed(programmes[key[0]], partners[key[1]], key[2], amounts) for key, amounts in found.items()]
    return sorted(owed, key=lambda each: (each.programme.name, each.partner.code))


@rebate_accrual.before_write
async def entries_stay(_ctx: kehu.Context, change: kehu.Change[RebateAccrual]) -> None:
    """An entry is never changed or deleted; another one corrects it."""
    if not change.creating:
        raise StatementStays(kehu.text("An entry of the ledger of rebates stays as it is."))


@partner_invoice.after_write
async def invoices_earn(ctx: kehu.Context, change: kehu.Change[PartnerInvoice]) -> None:
    """An invoice adds what it earns its partner, a credit note takes what that had earned."""
    made = change.obj
    if change.creating and made.order_id is not None:
        await _accrue(ctx, made.partner_id, BILLED, Source(invoice_id=made.id))


@partner_payment.after_write
async def payments_earn(ctx: kehu.Context, change: kehu.Change[PartnerPayment]) -> None:
    """A payment in time adds what it earns."""
    if change.creating:
        await _accrue(ctx, change.obj.partner_id, PAID, Source(payment_id=change.obj.id))


@plugin.job(schedule="40 2 * * *")
async def accrue_rebates(ctx: kehu.Context) -> None:
    """Every night, add what no invoice and no payment tells: what was sold on, and what was not paid in time.

    Each partner in a transaction of its own; a second run finds nothing to add.
    """
    members = sa.select(RebateMember.partner_id).distinct().order_by(RebateMember.partner_id)
    for key in (await ctx.session.scalars(members)).all():
        async with ctx.write():
            await _accrue(ctx, key, tuple(RebateBase), Source())
        ctx.forget()


async def accrue_to(
    ctx: kehu.Context, programme: RebateProgramme, partner: Partner, earned: Decimal, source: Source
) -> None:
    """Add the difference between what is earned and what the ledger has; the partner is locked."""
    a = RebateAccrual
    statement = sa.select(sa.func.sum(a.amount)).where(
        a.programme_id == programme.id, a.partner_id == partner.id, a.kind == AccrualKind.EARNED
    )
    difference = earned - (await whoever_asks.scalar(ctx, statement) or Decimal(0))
    if difference:
        ctx.add(
            _entry(ctx, programme.id, partner.id, programme.currency, AccrualKind.EARNED, difference, source)
        )
        await ctx.flush()


def note_payout(ctx: kehu.Context, statement: RebateStatement) -> None:
    """Take what a statement gives off what is owed."""
    if statement.payable_amount:
        ctx.add(
            _entry(
                ctx,
                statement.programme_id,
                statement.partner_id,
                statement.currency,
                AccrualKind.PAID,
                -statement.payable_amount,
                Source(statement_id=statement.id),
            )
        )


async def _accrue(
    ctx: kehu.Context, partner_id: uuid.UUID, bases: Sequence[RebateBase], source: Source
) -> None:
    """What the programmes of a partner have it earned by now."""
    today = ctx.today()
    running = [each for each in await _programmes(ctx, partner_id, bases, today) if _counts_on(each, today)]
    if not running:
        return
    (partner,) = await lock_partners(ctx, [partner_id])
    for programme in running:
        if programme.currency == partner.currency:
            period = Period.of(programme, programme.from_on, programme.until_on)
            earned = await earned_by(ctx, programme, partner, period)
            await accrue_to(ctx, programme, partner, earned, source)


async def _programmes(
    ctx: kehu.Context, partner_id: uuid.UUID, bases: Sequence[RebateBase], today: date
) -> Sequence[RebateProgramme]:
    p = RebateProgramme
    statement = (
        sa.select(p)
        .join(RebateMember, RebateMember.programme_id == p.id)
        .where(
            RebateMember.partner_id == partner_id,
            p.base.in_(bases),
            p.from_on <= today,
            p.archived_at.is_(None),
        )
        .order_by(p.id)
    )
    return (await whoever_asks.scalars(ctx, statement)).all()


def _counts_on(programme: RebateProgramme, day: date) -> bool:
    """Until a week after the last day on which something may still count: night runs come after it."""
    grace = max(programme.grace_days, programme.payment_grace_days)
    return day <= programme.until_on + timedelta(days=grace + 7)


def _entry(
    ctx: kehu.Context,
    programme_id: uuid.UUID,
    partner_id: uuid.UUID,
    currency: str,
    kind: AccrualKind,
    amount: Decimal,
    source: Source,
) -> RebateAccrual:
    return RebateAccrual(
        programme_id=programme_id,
        partner_id=partner_id,
        currency=currency,
        kind=kind,
        amount=amount,
        accrued_at=ctx.now(),
        **dataclasses.asdict(source),
    )


def _owed(
    programme: RebateProgramme, partner: Partner, currency: str, amounts: dict[AccrualKind, Decimal]
) -> RebateLiability:
    earned = amounts.get(AccrualKind.EARNED, Decimal(0))
    paid = -amounts.get(AccrualKind.PAID, Decimal(0))
    return RebateLiability(programme, partner, currency, earned, paid, earned - paid)


async def _named(ctx: kehu.Context, model: type[T], keys: set[uuid.UUID]) -> dict[uuid.UUID, T]:
    return {each.id: each for each in await ctx.session.scalars(sa.select(model).where(model.id.in_(keys)))}
