"""The verbs of level reviews: review the partners of a programme, confirm or dismiss what that proposes."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.products.queries import convert
from kehu_partner_inventory.credit.checking import lock_partners
from kehu_partner_inventory.evaluation.figures import Span, figures_of
from kehu_partner_inventory.evaluation.models import PartnerMeasure
from kehu_partner_inventory.evaluation.scoring import Figures
from kehu_partner_inventory.partners.actions import put_on_level
from kehu_partner_inventory.partners.models import Partner, PartnerLevelChange, PartnerStatus
from kehu_partner_inventory.partnership import level_review
from kehu_partner_inventory.plugin import partner_programme
from kehu_partner_inventory.programmes.models import PartnerLevel, PartnerProgramme
from kehu_partner_inventory.reviews.models import (
    ImpossibleRule,
    LevelDirection,
    LevelReview,
    LevelReviewStatus,
    LevelRule,
)
from kehu_partner_inventory.reviews.proposing import Finding, Rung, proposed


@partner_programme.action
async def review_levels(
    programme: PartnerProgramme, ctx: kehu.Context, from_on: date, until_on: date
) -> list[LevelReview]:
    """Propose up- and downgrades of its active partners that you may see, by what they did in a period.

    Proposals of earlier reviews that nobody decided are replaced. The result are the new ones, by partner code.
    """
    if until_on < from_on:
        raise ImpossibleRule(kehu.text("A period cannot end before it begins."), field="until_on")
    levels, rules = await _ladder(ctx, programme)
    partners = await _reviewed(ctx, levels)
    found = await figures_of(ctx, partners, Span(from_on, until_on))
    made = []
    for each in partners:
        rungs = []
        for level in levels:
            own = [
                await _finding(ctx, rule, level, each, found[each.id], until_on) for rule in rules[level.id]
            ]
            rungs.append(Rung(level.id, level.rank, own))
        rung = proposed(rungs, current=each.level_id) if each.level_id else None
        if rung is not None:
            made.append(_proposal(ctx, each, rung, rungs, (from_on, until_on)))
    await _replace(ctx, [each.id for each in partners], made)
    return made


@level_review.action
async def confirm(review: LevelReview, ctx: kehu.Context, reason: str | None = None) -> PartnerLevelChange:
    """Put the partner on the level that is proposed; the history stays."""
    await ctx.session.refresh(review, with_for_update=True)
    (partner,) = await lock_partners(ctx, [review.partner_id])
    review.confirm(partner.level_id, at=ctx.now())
    review.decided_by_id, review.decision_reason = ctx.principal.id, (reason or "").strip() or None
    level = await ctx.get(PartnerLevel, review.to_level_id)
    period = f"{review.from_on:%Y-%m-%d} – {review.until_on:%Y-%m-%d}"
    return put_on_level(ctx, partner, level, reason=review.decision_reason or period)


@level_review.action
async def dismiss(review: LevelReview, ctx: kehu.Context, reason: str) -> None:
    """Leave the partner where it is, for a reason."""
    await ctx.session.refresh(review, with_for_update=True)
    review.dismiss(reason, at=ctx.now())
    review.decided_by_id = ctx.principal.id


@level_review.field
def findings(review: LevelReview) -> list[Finding]:
    """What the rules of all levels of the programme found, lowest level first."""
    return [
        Finding(
            each["level"],
            PartnerMeasure[each["measure"]],
            Decimal(each["threshold"]),
            None if each["value"] is None else Decimal(each["value"]),
            each["is_met"],
        )
        for each in review.kept_findings
    ]


async def _ladder(
    ctx: kehu.Context, programme: PartnerProgramme
) -> tuple[Sequence[PartnerLevel], dict[uuid.UUID, list[LevelRule]]]:
    level = PartnerLevel
    statement = sa.select(level).where(level.programme_id == programme.id, level.archived_at.is_(None))
    levels = (await ctx.session.scalars(kehu.unscoped(statement.order_by(level.rank)))).all()
    wanted = sa.select(LevelRule).where(LevelRule.level_id.in_([each.id for each in levels]))
    rules: dict[uuid.UUID, list[LevelRule]] = defaultdict(list)
    for rule in await ctx.session.scalars(kehu.unscoped(wanted.order_by(LevelRule.measure))):
        rules[rule.level_id].append(rule)
    return levels, rules


async def _reviewed(ctx: kehu.Context, levels: Sequence[PartnerLevel]) -> Sequence[Partner]:
    """Active partners on these levels, as far as the caller may see them."""
    statement = sa.select(Partner).where(
        Partner.level_id.in_([each.id for each in levels]),
        Partner.status == PartnerStatus.ACTIVE,
        Partner.archived_at.is_(None),
    )
    return (await ctx.session.scalars(statement.order_by(Partner.code))).all()


async def _finding(
    ctx: kehu.Context, rule: LevelRule, level: PartnerLevel, partner: Partner, found: Figures, on: date
) -> Finding:
    value = found.value(rule.measure)
    if value is not None and rule.currency is not None:
        value = await convert(ctx, value, partner.currency, rule.currency, on=on)
    return Finding(level.name, rule.measure, rule.threshold, value, rule.met_by(value))


def _proposal(
    ctx: kehu.Context, partner: Partner, rung: Rung, rungs: Sequence[Rung], period: tuple[date, date]
) -> LevelReview:
    own = next(each for each in rungs if each.level_id == partner.level_id)
    return ctx.add(
        LevelReview(
            id=kehu.uuid7(),
            partner_id=partner.id,
            from_on=period[0],
            until_on=period[1],
            direction=LevelDirection.UP if rung.rank > own.rank else LevelDirection.DOWN,
            from_level_id=own.level_id,
            to_level_id=rung.level_id,
            kept_findings=[_plain(each) for one in rungs for each in one.findings],
            proposed_at=ctx.now(),
        )
    )


def _plain(finding: Finding) -> dict[str, object]:
    value = None if finding.value is None else str(finding.value)
    told = {"measure": finding.measure.name, "threshold": str(finding.threshold), "value": value}
    return dataclasses.asdict(finding) | told


async def _replace(ctx: kehu.Context, partners: Sequence[uuid.UUID], made: Sequence[LevelReview]) -> None:
    """Whatever was proposed of these partners before is over."""
    r = LevelReview
    statement = sa.select(r).where(
        r.partner_id.in_(partners),
        r.status == LevelReviewStatus.PROPOSED,
        r.id.not_in([each.id for each in made]),
    )
    for each in await ctx.session.scalars(kehu.unscoped(statement.with_for_update())):
        each.move("replace", at=ctx.now())
