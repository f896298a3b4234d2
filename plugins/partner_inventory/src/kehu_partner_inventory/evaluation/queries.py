"""Evaluating partners: figures, a ranking by a scorecard, and the lines of orders behind a figure."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import convert
from kehu.kernel.reading.currencies import MixedCurrencies
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerInvoiceLine
from kehu_partner_inventory.evaluation.figures import (
    Span,
    attained_of,
    figures_of,
    lines_between,
    whoever_asks,
)
from kehu_partner_inventory.evaluation.models import (
    PartnerMeasure,
    PartnerTarget,
    Scorecard,
    ScorecardCriterion,
)
from kehu_partner_inventory.evaluation.scoring import ZERO, Figures, percent_of, points, weighted
from kehu_partner_inventory.partners.models import Partner, PartnerStatus
from kehu_partner_inventory.partners.queries import subtree_of
from kehu_partner_inventory.partnership import EVALUATE, partner_target
from kehu_partner_inventory.plugin import plugin


@dataclasses.dataclass(frozen=True, slots=True)
class PartnerEvaluation:
    """What a partner did in a period, in its currency; percentages are null where there is nothing to compare."""

    partner: Partner
    currency: str
    purchases: Decimal
    returns: Decimal
    return_percent: Decimal | None
    due: Decimal
    on_time: Decimal
    on_time_percent: Decimal | None
    target: Decimal
    attained: Decimal
    attainment_percent: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class CriterionScore:
    """What a measure came to, and what that scores; both null where there was nothing to compare."""

    measure: PartnerMeasure
    weight: Decimal
    value: Decimal | None
    score: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class RankedPartner:
    """A partner's place: 1 is the best, equals share one. The score is 0 to 100; what has no value weighs nothing."""

    rank: int
    partner: Partner
    score: Decimal | None
    criteria: list[CriterionScore]


@plugin.query(permission=EVALUATE)
async def partner_evaluation(
    ctx: kehu.Context,
    partners: list[Partner],
    from_on: date,
    until_on: date,
    category: kehu.ProductCategory | None = None,
) -> list[PartnerEvaluation]:
    """Purchases, returns, payments on time and target attainment of partners, of a product group or of everything.

    Targets count whose whole period is in this one; payments are those of all products.
    """
    span = Span(from_on, until_on, category.id if category else None)
    found = await figures_of(ctx, partners, span)
    return [_evaluated(each, found[each.id]) for each in partners]


@plugin.query(permission=EVALUATE)
async def partner_ranking(
    ctx: kehu.Context, scorecard: Scorecard, from_on: date, until_on: date, below: Partner | None = None
) -> list[RankedPartner]:
    """Active partners that you may see, best first by a scorecard: all, or one with those below it.

    Purchases are compared in the currency of their criterion, at the rates of the last day.
    """
    statement = sa.select(Partner).where(
        Partner.status == PartnerStatus.ACTIVE, Partner.archived_at.is_(None)
    )
    if below is not None:
        statement = statement.where(Partner.id.in_(subtree_of(below.id)))
    partners = (await ctx.session.scalars(statement.order_by(Partner.code))).all()
    c = ScorecardCriterion
    wanted = sa.select(c).where(c.scorecard_id == scorecard.id).order_by(c.measure)
    criteria = (await whoever_asks.scalars(ctx, wanted)).all()
    _check_comparable(partners, criteria)
    found = await figures_of(ctx, partners, Span(from_on, until_on))
    day = min(until_on, ctx.today())
    scored = [
        (each, [await _scored(ctx, one, each, found[each.id], on=day) for one in criteria])
        for each in partners
    ]
    return _ranked([(partner, _total(parts), parts) for partner, parts in scored])


@plugin.query(permission=EVALUATE)
async def evaluated_lines(
    ctx: kehu.Context,
    partner: Partner,
    from_on: date,
    until_on: date,
    category: kehu.ProductCategory | None = None,
) -> list[PartnerInvoiceLine]:
    """The lines of invoices and credit notes, each of an order, that purchases less returns of a partner sum up."""
    span = Span(from_on, until_on, category.id if category else None)
    statement = lines_between([partner.id], span, PartnerInvoiceLine)
    ordered = statement.order_by(PartnerInvoice.number, PartnerInvoiceLine.id)
    return list((await ctx.session.scalars(ordered)).all())


@partner_target.batch_field
async def attained(targets: Sequence[PartnerTarget], ctx: kehu.Context) -> Sequence[Decimal]:
    """What was bought for it so far, less what came back, in the partner's currency."""
    found = await attained_of(ctx, [each.id for each in targets])
    return [found[each.id] for each in targets]


@plugin.batch_field(Partner, read="partner_inventory.partner_target:read")
async def attainment(partners: Sequence[Partner], ctx: kehu.Context) -> Sequence[Decimal | None]:
    """How many percent of its targets of today it has reached so far, all together; null without any that you see."""
    t, today = PartnerTarget, ctx.today()
    keys = [each.id for each in partners]
    statement = sa.select(t).where(t.partner_id.in_(keys), t.from_on <= today, t.until_on >= today)
    targets = (await ctx.session.scalars(statement)).all()
    found = await attained_of(ctx, [each.id for each in targets])
    reached: list[Decimal | None] = []
    for key in keys:
        own = [each for each in targets if each.partner_id == key]
        wanted = sum((each.amount for each in own), ZERO)
        reached.append(percent_of(sum((found[each.id] for each in own), ZERO), wanted))
    return reached


def _evaluated(partner: Partner, found: Figures) -> PartnerEvaluation:
    return PartnerEvaluation(
        partner,
        partner.currency,
        found.purchases,
        found.returns,
        found.value(PartnerMeasure.RETURN_PERCENT),
        found.due,
        found.on_time,
        found.value(PartnerMeasure.ON_TIME_PERCENT),
        found.target,
        found.attained,
        found.value(PartnerMeasure.ATTAINMENT_PERCENT),
    )


def _check_comparable(partners: Sequence[Partner], criteria: Sequence[ScorecardCriterion]) -> None:
    """Raise MixedCurrencies where purchases in several currencies would be compared as they are."""
    is_open = any(each.measure is PartnerMeasure.PURCHASES and each.currency is None for each in criteria)
    if is_open and len({each.currency for each in partners}) > 1:
        message = kehu.text("These partners owe in several currencies; say in which purchases are compared.")
        raise MixedCurrencies(message, field="scorecard")


async def _scored(
    ctx: kehu.Context, criterion: ScorecardCriterion, partner: Partner, found: Figures, *, on: date
) -> CriterionScore:
    value = found.value(criterion.measure)
    if value is not None and criterion.currency is not None:
        value = await convert(ctx, value, partner.currency, criterion.currency, on=on)
    score = None if value is None else points(value, criterion.none_at, criterion.full_at)
    return CriterionScore(criterion.measure, criterion.weight, value, score)


def _total(parts: Sequence[CriterionScore]) -> Decimal | None:
    return weighted([(each.weight, each.score) for each in parts if each.score is not None])


def _ranked(
    scored: Sequence[tuple[Partner, Decimal | None, list[CriterionScore]]],
) -> list[RankedPartner]:
    """Best first; who has no score comes last."""
    ordered = sorted(scored, key=lambda row: (row[1] is None, -(row[1] or ZERO)))
    scores = [row[1] for row in ordered]
    return [
        RankedPartner(scores.index(score) + 1, partner, score, parts) for partner, score, parts in ordered
    ]
