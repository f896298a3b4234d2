"""Commissions: plans, their slabs, and the ledger of what was earned."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.model import ExactDecimal
from kehu_sfa.money.rounding import HUNDRED, ZERO, rounded, rounded_together
from kehu_sfa.orders.models import Order
from kehu_sfa.sfa_base import Base


class ImpossiblePlan(kehu.Refusal):
    """A plan is for a user, a team or everybody, and does not end before it begins."""

    code = "IMPOSSIBLE_COMMISSION_PLAN"


class ImpossibleSlab(kehu.Refusal):
    """A slab begins at zero or above, and gives 0 to 100 percent."""

    code = "IMPOSSIBLE_COMMISSION_SLAB"


class CommissionBasis(enum.Enum):
    """What earns: an order that is confirmed, or the money that comes in for it."""

    ORDER = "ORDER"
    CASH = "CASH"


class CommissionPeriod(enum.Enum):
    """Over which time sales are added up before a higher slab is reached; NONE looks at all time."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"
    NONE = "NONE"

    def first_day(self, day: date) -> date:
        """The day on which the period of a day began."""
        if self is CommissionPeriod.NONE:
            return date.min
        months = {CommissionPeriod.MONTH: 1, CommissionPeriod.QUARTER: 3, CommissionPeriod.YEAR: 12}[self]
        return date(day.year, day.month - (day.month - 1) % months, 1)


class CommissionPlan(kehu.Archivable, Base):
    """Who earns by what. A user's own plan comes before that of the team, and that before everybody's."""

    __tablename__ = "sfa_commission_plan"
    name: Mapped[str] = kehu.column(sa.String(100), doc="What the plan is called.")
    basis: Mapped[CommissionBasis] = kehu.column(
        default=CommissionBasis.ORDER, doc="What earns: confirmed orders, or money received."
    )
    period: Mapped[CommissionPeriod] = kehu.column(
        default=CommissionPeriod.YEAR, doc="Over which time sales add up to reach a slab."
    )
    user_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="For this user.")
    team_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Team, doc="Or for the orders of this team.")
    valid_from_on: Mapped[date | None] = kehu.column(doc="First order day for which it holds.")
    valid_until_on: Mapped[date | None] = kehu.column(doc="Last order day for which it holds.")

    def check(self) -> None:
        """Raise ImpossiblePlan."""
        if self.user_id is not None and self.team_id is not None:
            message = kehu.text("{plan} is for a user, a team or everybody.", plan=self.name)
            raise ImpossiblePlan(message, field=CommissionPlan.user_id)
        if self.valid_from_on and self.valid_until_on and self.valid_until_on < self.valid_from_on:
            message = kehu.text("{name} cannot end before it begins.", name=self.name)
            raise ImpossiblePlan(message, field=CommissionPlan.valid_until_on)


class CommissionSlab(kehu.Entity, Base):
    """From `above` on so many percent, of one product or of all that have no slabs of their own."""

    __tablename__ = "sfa_commission_slab"
    __table_args__ = (sa.UniqueConstraint("plan_id", "product_id", "above"),)
    plan_id: Mapped[uuid.UUID] = kehu.ref(CommissionPlan, update=False, doc="Of which plan.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="For this product; none for the rest.")
    above: Mapped[Decimal] = kehu.column(
        default=ZERO,
        doc="Sales of the period from which it holds: a plain number, in each currency by itself. Sales in JPY reach "
        "10000 at 10000 JPY, and do not count with those in EUR.",
    )
    percent: Mapped[Decimal] = kehu.column(ExactDecimal(7, 4), doc="What is earned, 0 to 100.")

    def check(self) -> None:
        """Raise ImpossibleSlab."""
        if self.above < 0:
            message = kehu.text("A slab begins at zero or above.")
            raise ImpossibleSlab(message, field=CommissionSlab.above)
        if not 0 <= self.percent <= HUNDRED:
            message = kehu.text("A commission is 0 to 100 percent.")
            raise ImpossibleSlab(message, field=CommissionSlab.percent)


class CommissionEntry(kehu.Owned, Base):
    """What its owner earned by an order, or below zero lost again; entries are only ever added."""

    __tablename__ = "sfa_commission_entry"
    plan_id: Mapped[uuid.UUID] = kehu.ref(CommissionPlan, doc="By which plan.")
    order_id: Mapped[uuid.UUID] = kehu.ref(Order, doc="By which order.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="By the slabs of which product.")
    earned_on: Mapped[date] = kehu.column(index=True, doc="The day that counts.")
    share_percent: Mapped[Decimal] = kehu.column(
        ExactDecimal(5, 2), default=HUNDRED, doc="Which part of the order was the owner's, in percent."
    )
    base_amount: Mapped[Decimal] = kehu.column(
        money="currency", doc="The net sales that earned it, in `currency`."
    )
    amount: Mapped[Decimal] = kehu.column(money="currency", doc="What was earned, in `currency`.")
    currency: Mapped[str] = kehu.column(sa.String(3), doc="ISO 4217 code, that of the order.")
    reason: Mapped[str] = kehu.choice("ACCRUED", "REVERSED", doc="Whether it was earned or lost again.")


def earned(sales: Decimal, slabs: Sequence[CommissionSlab], currency: str) -> Decimal:
    """The commission on all sales of a period: each part of them earns what its slab gives; rounded once."""
    return rounded(_exactly(sales, slabs), currency)


def _exactly(sales: Decimal, slabs: Sequence[CommissionSlab]) -> Decimal:
    edges = sorted(slabs, key=lambda slab: slab.above)
    exact = ZERO
    # Without slabs there is nothing, and nothing above it.
    for slab, above in zip(edges, [*edges[1:], None], strict=False):
        top = sales if above is None else min(sales, above.above)
        exact += max(top - slab.above, ZERO) * slab.percent / HUNDRED
    return exact


@dataclasses.dataclass(frozen=True, slots=True)
class Gain:
    """What somebody sells, `more` after `before` in the period, and by which slabs that earns."""

    before: Decimal
    more: Decimal
    slabs: Sequence[CommissionSlab]


@dataclasses.dataclass(frozen=True, slots=True)
class Loss:
    """Of what somebody earned by an order, `amount` on `base`, `less` of the base is gone."""

    amount: Decimal
    base: Decimal
    less: Decimal


def commissions(gains: Sequence[Gain], currency: str) -> list[Decimal]:
    """What each of those who share a sale earns; together they earn what the whole earns, rounded once.

    For whoever sells alone see `commission`.
    """
    if len(gains) == 1:
        return [commission(gains[0].before, gains[0].more, gains[0].slabs, currency)]
    exact = [
        _exactly(each.before + each.more, each.slabs) - _exactly(each.before, each.slabs) for each in gains
    ]
    return rounded_together(exact, currency)


def reversals(losses: Sequence[Loss], currency: str) -> list[Decimal]:
    """What each of those who shared a sale loses again; together they lose what the whole loses, rounded once."""
    if len(losses) == 1:
        return [reversal(losses[0].amount, losses[0].base, losses[0].less, currency)]
    exact = [
        each.amount if each.less == each.base else each.amount * each.less / each.base for each in losses
    ]
    return [-part for part in rounded_together(exact, currency)]


def commission(before: Decimal, more: Decimal, slabs: Sequence[CommissionSlab], currency: str) -> Decimal:
    """What `more` sales earn after those of `before`; so the commissions of a period sum to that on all its sales."""
    return earned(before + more, slabs, currency) - earned(before, slabs, currency)


def reversal(amount: Decimal, base: Decimal, less: Decimal, currency: str) -> Decimal:
    """What is lost again of an order's commission when `less` of its base goes: its part, and at the end all of it."""
    return -amount if less == base else -rounded(amount * less / base, currency)
