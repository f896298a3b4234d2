"""Level reviews: people or the night run review a programme, and people confirm or dismiss what that proposes."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import convert
from kehu_partner_inventory.credit.checking import lock_partners
from kehu_partner_inventory.evaluation.figures import Span, figures_of
from kehu_partner_inventory.evaluation.models import PartnerMeasure
from kehu_partner_inventory.evaluation.scoring import Figures
from kehu_partner_inventory.partners.actions import put_on_level
from kehu_partner_inventory.partners.models import Partner, PartnerLevelChange, PartnerStatus
from kehu_partner_inventory.partnership import level_review
from kehu_partner_inventory.plugin import partner_programme, plugin
from kehu_partner_inventory.programmes.models import PartnerLevel, PartnerProgramme
from kehu_partner_inventory.reviews.models import (
    ImpossibleRule,
    LevelDirection,
    LevelReview,
    LevelReviewStatus,
    LevelRule,
)
from kehu_partner_inventory.reviews.proposing import Finding, Rung, proposed

whoever_asks = kehu.Unscoped("partners are reviewed by all rules of their programme")

_Ladder = tuple[Sequence[PartnerLevel], dict[uuid.UUID, list[LevelRule]]]
"""The levels of a programme, lowest first, and the rules of each."""


@partner_programme.action
async def review_levels(
    programme: PartnerProgramme, ctx: kehu.Context, from_on: date, until_on: date
) -> list[LevelReview]:
    """Propose up- and downgrades of its active partners that you may see, by what they did in a period.

    Proposals of earlier reviews that nobody decided are replaced. The result are the new ones, by partner code.
    """
    if until_on < from_on:
        raise ImpossibleRule(kehu.text("A period cannot end before it begins."), field="until_on")
    await ctx.session.refresh(programme, with_for_update=True)
    levels, rules = await _ladder(ctx, programme)
    return await _propose(ctx, await _reviewed(ctx, levels), (levels, rules), Span(from_on, until_on))


@plugin.job(schedule="30 3 * * *")
async def review_ended_periods(ctx: kehu.Context) -> None:
    """Every night, propose up- and downgrades by the periods of programmes that are over everywhere.

    Each programme in a job of its own, so that one that cannot be reviewed (no rate of a currency) keeps none waiting.
    """
    p = PartnerProgramme
    waiting = sa.select(p.id).where(p.review_interval.is_not(None), p.archived_at.is_(None)).order_by(p.id)
    async with ctx.write():
        for key in (await ctx.session.scalars(waiting)).all():
            arguments = {"programme_id": str(key)}
            await ctx.enqueue(review_ended_period, arguments, key=f"level-review-{key}")


@plugin.job(atomic=True)
async def review_ended_period(ctx: kehu.Context, programme_id: str) -> None:
    """Review the latest period of a programme that is over everywhere.

    A period is reviewed once, and not for partners of whom something was proposed by it since it ended.
    """
    await _review_period(ctx, uuid.UUID(programme_id), (ctx.now() - timedelta(hours=12)).date())


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


async def _review_period(ctx: kehu.Context, key: uuid.UUID, over: date) -> None:
    """Review what is due of a programme, and note that it was."""
    statement = sa.select(PartnerProgramme).where(PartnerProgramme.id == key).with_for_update()
    fresh = {"populate_existing": True}
    programme = (await ctx.session.scalars(statement, execution_options=fresh)).one()
    period = programme.period_to_review(over)
    if period is None:
        return
    ladder = await _ladder(ctx, programme)
    r, partners = LevelReview, await _reviewed(ctx, ladder[0])
    ended_at = datetime.combine(period[1] + timedelta(days=1), time(), UTC)
    known = sa.select(r.partner_id).where(
        r.partner_id.in_([each.id for each in partners]),
        r.from_on == period[0],
        r.until_on == period[1],
        r.proposed_at >= ended_at,
    )
    done = set((await ctx.session.scalars(known)).all())
    await _propose(ctx, [each for each in partners if each.id not in done], ladder, Span(*period))
    programme.reviewed_until_on = period[1]


async def _propose(
    ctx: kehu.Context, partners: Sequence[Partner], ladder: _Ladder, span: Span
) -> list[LevelReview]:
    """What the levels and their rules make of what these partners did, in place of what nobody decided."""
    levels, rules = ladder
    found = await figures_of(ctx, partners, span)
    made = []
    for each in partners:
        rungs = []
        for level in levels:
            own = [
                await _finding(ctx, rule, level, each, found[each.id], span.last) for rule in rules[level.id]
            ]
            rungs.append(Rung(level.id, level.rank, own))
        rung = proposed(rungs, current=each.level_id) if each.level_id else None
        if rung is not None:
            made.append(_proposal(ctx, each, rung, rungs, (span.first, span.last)))
    await _replace(ctx, [each.id for each in partners], made)
    return made


async def _ladder(ctx: kehu.Context, programme: PartnerProgramme) -> _Ladder:
    level = PartnerLevel
    statement = sa.select(level).where(level.programme_id == programme.id, level.archived_at.is_(None))
    levels = (await whoever_asks.scalars(ctx, statement.order_by(level.rank))).all()
    wanted = sa.select(LevelRule).where(LevelRule.level_id.in_([each.id for each in levels]))
    rules: dict[uuid.UUID, list[LevelRule]] = defaultdict(list)
    for rule in await whoever_asks.scalars(ctx, wanted.order_by(LevelRule.measure)):
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
    for each in await whoever_asks.scalars(ctx, statement.with_for_update()):
        each.move("replace", at=ctx.now())
