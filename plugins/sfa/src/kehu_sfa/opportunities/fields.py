"""Figures of opportunities as SQL: they can be filtered and ordered by, and count what the reader may see."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import kehu
from kehu.kernel.model import ExactDecimal
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Stage
from kehu_sfa.plugin import opportunity, plugin

# A hundredth as an exact decimal: a product of exact decimals stays exact on SQLite, a quotient does not.
_PERCENT = sa.literal(Decimal("0.01"), ExactDecimal(3, 2))


@opportunity.sql_field
def effective_probability(o: type[Opportunity]) -> sa.ColumnElement[int]:
    """How likely it is won, in percent: its own probability, else that of its stage."""
    stage = aliased(Stage)
    of_stage = sa.select(stage.default_probability).where(stage.id == o.stage_id).scalar_subquery()
    return sa.func.coalesce(o.probability, of_stage)


@plugin.sql_field(Opportunity, money="currency")
def weighted_amount(o: type[Opportunity]) -> sa.ColumnElement[Decimal | None]:
    """The amount times its effective probability, exact, in `currency`."""
    return o.amount * effective_probability(o) * _PERCENT


@opportunity.field
def monthly_recurring_amount(opportunity: Opportunity) -> Decimal | None:
    """What the customer would pay each month again and again (MRR), in `currency`, rounded to it."""
    return opportunity.monthly_recurring


def currency_of_open(c: type[kehu.Customer]) -> sa.ColumnElement[str | None]:
    """The currency of its open opportunities that you may see; null without any."""
    o = aliased(Opportunity)
    code = sa.func.min(sa.case((o.amount.is_not(None), o.currency)))
    return _of_open(c, o, sa.case((_currencies(o) > 1, kehu.SEVERAL_CURRENCIES), else_=code))


@plugin.sql_field(kehu.Customer)
def open_pipeline_currency(c: type[kehu.Customer]) -> sa.ColumnElement[str | None]:
    """The currency of `openPipeline`; null where there is none, or several."""
    return sa.func.nullif(currency_of_open(c), kehu.SEVERAL_CURRENCIES, type_=sa.String())


@plugin.sql_field(kehu.Customer, money=currency_of_open)
def open_pipeline(c: type[kehu.Customer]) -> sa.ColumnElement[Decimal | None]:
    """The sum of its open opportunities that you may see, 0 without any; null for several currencies."""
    o = aliased(Opportunity)
    total = sa.case((_currencies(o) <= 1, sa.func.coalesce(sa.func.sum(o.amount), _nothing())))
    return _of_open(c, o, total)


def _currencies(o: Any) -> sa.ColumnElement[int]:
    return sa.func.count(sa.distinct(sa.case((o.amount.is_not(None), o.currency))))


def _nothing() -> sa.ColumnElement[Decimal]:
    return sa.literal(Decimal(0), ExactDecimal(18, 4))


def _of_open(c: Any, o: Any, figure: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    open_ones = sa.select(figure).where(o.customer_id == c.id, o.closed_at.is_(None), o.archived_at.is_(None))
    return open_ones.scalar_subquery()
