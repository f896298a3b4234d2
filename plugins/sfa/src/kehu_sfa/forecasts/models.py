"""Forecasts: what owners say they will win, what managers make of it, and snapshots that stay as they were."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.currencies import is_currency
from kehu_sfa.lines.models import UnknownCurrency
from kehu_sfa.periods import PeriodKind
from kehu_sfa.sfa_base import Base, set_by_a_rule


class ForecastOfSelf(kehu.Refusal):
    """Nobody adjusts the forecast of oneself."""

    code = "OWN_FORECAST"


class AdjustmentWithoutReason(kehu.Refusal):
    """An adjustment says why."""

    code = "ADJUSTMENT_REASON_MISSING"


class ImpossibleForecast(kehu.Refusal):
    """Amounts below zero, or a best case below what is committed."""

    code = "IMPOSSIBLE_FORECAST"


class ForecastStays(kehu.Refusal):
    """What was said, adjusted or photographed stays as it was; a later one takes its place."""

    code = "FORECAST_STAYS"


class ForecastSubmission(kehu.Owned, Base):
    """What its owner says will be won in a period; the last one of an owner counts.

    It is never changed: the owner submits another, a manager adjusts it with a reason.
    """

    __tablename__ = "sfa_forecast_submission"
    period: Mapped[PeriodKind] = kehu.column(update=False, doc="A month, quarter or year.")
    starts_on: Mapped[date] = kehu.column(
        update=False, index=True, doc="Its first day; any day of the period may be given."
    )
    currency: Mapped[str] = kehu.column(sa.String(3), update=False, doc="ISO 4217 code of the amounts.")
    commit_amount: Mapped[Decimal] = kehu.column(
        money="currency", update=False, doc="What will certainly be won, closed included."
    )
    best_case_amount: Mapped[Decimal | None] = kehu.column(
        money="currency", update=False, doc="What may be won if all goes well, the commitment included."
    )
    note: Mapped[str | None] = kehu.column(sa.Text(), update=False, order=False, doc="What it rests on.")
    submitted_at: Mapped[datetime] = kehu.column(
        create=False, update=False, default=set_by_a_rule, index=True, doc="When it was submitted (UTC)."
    )

    def settle(self) -> None:
        """Begin on the first day of the period. Raises ImpossibleForecast, UnknownCurrency."""
        self.starts_on = self.period.first_day(self.starts_on)
        if self.commit_amount < 0:
            message = kehu.text("A forecast is not below zero.")
            raise ImpossibleForecast(message, field=ForecastSubmission.commit_amount)
        if self.best_case_amount is not None and self.best_case_amount < self.commit_amount:
            message = kehu.text("The best case is not below what is committed.")
            raise ImpossibleForecast(message, field=ForecastSubmission.best_case_amount)
        if not is_currency(self.currency):
            message = kehu.text("{code} is not an ISO 4217 currency, such as EUR.", code=self.currency)
            raise UnknownCurrency(message, field=ForecastSubmission.currency)

    def adjusted(
        self, amount: Decimal, *, reason: str, by: uuid.UUID | None, at: datetime
    ) -> ForecastAdjustment:
        """A manager lets `amount` count instead of the commitment; in no session.

        Raises ForecastOfSelf, AdjustmentWithoutReason, ImpossibleForecast.
        """
        if by is not None and by == self.owner_id:
            raise ForecastOfSelf(kehu.text("Somebody else adjusts your forecast."), field="amount")
        if not reason.strip():
            raise AdjustmentWithoutReason(kehu.text("An adjustment needs a reason."), field="reason")
        if amount < 0:
            raise ImpossibleForecast(kehu.text("A forecast is not below zero."), field="amount")
        return ForecastAdjustment(
            submission_id=self.id, amount=amount, reason=reason, adjusted_by_id=by, adjusted_at=at
        )


class ForecastAdjustment(kehu.Entity, Base):
    """What a manager makes of a commitment, and why; the last one of a submission counts."""

    __tablename__ = "sfa_forecast_adjustment"
    submission_id: Mapped[uuid.UUID] = kehu.ref(ForecastSubmission, doc="Of which submission.")
    amount: Mapped[Decimal] = kehu.column(
        money="submission.currency", doc="What counts, in the currency of the submission."
    )
    reason: Mapped[str] = kehu.column(sa.String(500), multiline=True, doc="Why.")
    adjusted_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="Who adjusted it.")
    adjusted_at: Mapped[datetime] = kehu.column(index=True, doc="When (UTC).")


class ForecastSnapshot(kehu.Owned, Base):
    """The forecast of one owner for a period in one currency, as it was when it was taken; never changed."""

    __tablename__ = "sfa_forecast_snapshot"
    period: Mapped[PeriodKind] = kehu.column(doc="A month, quarter or year.")
    starts_on: Mapped[date] = kehu.column(index=True, doc="Its first day.")
    taken_at: Mapped[datetime] = kehu.column(index=True, doc="When it was taken (UTC).")
    currency: Mapped[str] = kehu.column(sa.String(3), doc="ISO 4217 code of the amounts.")
    pipeline_amount: Mapped[Decimal] = kehu.column(
        money="currency", rounded=False, doc="Open, and counted as pipeline."
    )
    best_case_amount: Mapped[Decimal] = kehu.column(
        money="currency", rounded=False, doc="Open, and counted as best case."
    )
    commit_amount: Mapped[Decimal] = kehu.column(money="currency", rounded=False, doc="Open, and committed.")
    closed_amount: Mapped[Decimal] = kehu.column(money="currency", rounded=False, doc="Won.")
    weighted_amount: Mapped[Decimal] = kehu.column(
        money="currency", rounded=False, doc="Won, and open amounts times their probabilities."
    )
    submitted_amount: Mapped[Decimal | None] = kehu.column(
        money="currency", rounded=False, doc="What the owner had submitted."
    )
    adjusted_amount: Mapped[Decimal | None] = kehu.column(
        money="currency", rounded=False, doc="What a manager had made of it."
    )
    expected_amount: Mapped[Decimal] = kehu.column(
        money="currency",
        rounded=False,
        doc="What was expected: as adjusted, else as submitted, else closed and committed.",
    )
