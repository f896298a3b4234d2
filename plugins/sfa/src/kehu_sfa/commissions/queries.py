"""The statement of one person for a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.commissions.models import CommissionEntry
from kehu_sfa.plugin import plugin


@dataclasses.dataclass(frozen=True, slots=True)
class CommissionTotal:
    """What was earned in one currency, what of it was lost again, and what is left."""

    currency: str
    accrued: Decimal
    reversed: Decimal
    total: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class CommissionStatement:
    """What a person earned in a time: entry by entry, and in total by currency."""

    totals: Sequence[CommissionTotal]
    entries: Sequence[CommissionEntry]


@plugin.query(permission="sfa.commission_entry:read")
async def commission_statement(
    ctx: kehu.Context, user: kehu.User, earned_from: date, earned_until: date
) -> CommissionStatement:
    """The commissions of a user on these days, both included, as far as you may see them."""
    found = (
        sa.select(CommissionEntry)
        .where(CommissionEntry.owner_id == user.id)
        .where(CommissionEntry.earned_on.between(earned_from, earned_until))
        .order_by(CommissionEntry.earned_on, CommissionEntry.id)
    )
    entries = (await ctx.session.scalars(found)).all()
    currencies = sorted({entry.currency for entry in entries})
    return CommissionStatement([_total(entries, currency) for currency in currencies], entries)


def _total(entries: Sequence[CommissionEntry], currency: str) -> CommissionTotal:
    amounts = {
        reason: sum((e.amount for e in entries if e.currency == currency and e.reason == reason), Decimal(0))
        for reason in ("ACCRUED", "REVERSED")
    }
    accrued, lost = amounts["ACCRUED"], amounts["REVERSED"]
    return CommissionTotal(currency, accrued, lost, accrued + lost)
