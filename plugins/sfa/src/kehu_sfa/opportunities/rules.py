"""What must hold when an opportunity is written, and the history that each move leaves."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.kernel.currencies import is_currency
from kehu_sfa.history.actions import hold_stage, is_remembered, remember
from kehu_sfa.opportunities.models import Opportunity, StageChange
from kehu_sfa.pipelines.models import Stage, StageCategory
from kehu_sfa.pipelines.queries import default_pipeline, first_stage
from kehu_sfa.plugin import opportunity

whoever_asks = kehu.Unscoped("an opportunity is in one stage at a time")


@opportunity.before_write
async def start_somewhere(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """A new opportunity starts in the stage it names, else in the first open stage of its pipeline."""
    opportunity = change.obj
    if not change.creating or opportunity.has_moved:
        return
    stage = await _first_stage_of(ctx, change)
    if not change.touches(Opportunity.pipeline_id):
        opportunity.pipeline_id = stage.pipeline_id
    opportunity.start_in(stage, at=ctx.now(), on=opportunity.closed_on or ctx.today())


@opportunity.before_write
async def keep_probability(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """The probability that the history says is that of the stage when this write is over."""
    opportunity = change.obj
    if opportunity.probability is None and is_remembered(change, moved=opportunity.has_moved):
        await hold_stage(ctx, opportunity.stage_id)


@opportunity.before_write
async def check(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """Only the verbs move and close; losses have reasons, amounts currencies; numbers and dates are possible ones."""
    if change.deleting:
        return
    _keep_to_the_verbs(change)
    _know_why_it_was_lost(change)
    _check_money(change)
    _check_recurring(change)
    _check_dates(change, ctx.today())


@opportunity.after_write
async def keep_history(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """Each move leaves a StageChange, each write an OpportunityChange; the rows before learn when they ended."""
    moves = change.obj.take_moves()
    await remember(ctx, change, moves)
    if not moves:
        return
    present = None if change.creating else await _present_change(ctx, change.obj.id)
    for move in moves:
        if present is not None:
            present.leave(at=move.at)
        present = ctx.add(
            StageChange(
                opportunity_id=change.obj.id,
                from_stage_id=move.from_stage_id,
                to_stage_id=move.to_stage_id,
                entered_at=move.at,
                changed_by_id=ctx.principal.id,
            )
        )


async def _first_stage_of(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> Stage:
    opportunity = change.obj
    if change.touches(Opportunity.stage_id):
        return await ctx.get(Stage, opportunity.stage_id, field=Opportunity.stage_id)
    named = change.touches(Opportunity.pipeline_id)
    pipeline_id = opportunity.pipeline_id if named else (await default_pipeline(ctx)).id
    return await first_stage(ctx, pipeline_id, StageCategory.OPEN)


def _keep_to_the_verbs(change: kehu.Change[Opportunity]) -> None:
    """Stage and closing change through moveTo, win, lose and reopen; the pipeline stays for good."""
    if change.creating:
        return
    if change.touches(Opportunity.pipeline_id):
        change.error(
            kehu.text("An opportunity stays in its pipeline."),
            field=Opportunity.pipeline_id,
            code="PIPELINE_FIXED",
        )
    closing = (Opportunity.stage_id, Opportunity.closed_at, Opportunity.closed_on)
    if change.touches(*closing) and not change.obj.has_moved:
        message = kehu.text(
            "The stage of an opportunity changes by moving, winning, losing or reopening it only."
        )
        change.error(message, field=Opportunity.stage_id, code="STAGE_NOT_SETTABLE")


def _know_why_it_was_lost(change: kehu.Change[Opportunity]) -> None:
    """The reason of a loss may be corrected, but never emptied; the verbs see to the rest."""
    opportunity = change.obj
    about_the_loss = (Opportunity.lost_reason, Opportunity.lost_note)
    if change.creating or opportunity.has_moved or not change.touches(*about_the_loss):
        return
    was_lost = change.old(Opportunity.lost_reason) is not None
    if was_lost and opportunity.lost_reason is None:
        message = kehu.text("{name} was lost; say why.", name=opportunity.name)
        change.error(message, field=Opportunity.lost_reason, code="LOST_REASON_MISSING")
    if not was_lost:
        message = kehu.text(
            "{name} has not been lost; lose it to close it with a reason.", name=opportunity.name
        )
        change.error(message, field=Opportunity.lost_reason, code="NOT_LOST")


def _check_money(change: kehu.Change[Opportunity]) -> None:
    """Amounts are not negative and have a currency that exists; probabilities are 0 to 100 percent."""
    opportunity = change.obj
    if opportunity.amount is not None and opportunity.amount < 0:
        message = _negative(Opportunity.amount, opportunity.amount, opportunity.currency)
        change.error(message, field=Opportunity.amount, code="OUT_OF_RANGE")
    if opportunity.amount is not None and opportunity.currency is None:
        change.error(
            kehu.text("An amount needs its currency."), field=Opportunity.currency, code="CURRENCY_MISSING"
        )
    if opportunity.currency is not None and not is_currency(opportunity.currency):
        message = kehu.text("{code!r} is not an ISO 4217 currency, such as EUR.", code=opportunity.currency)
        change.error(message, field=Opportunity.currency, code="UNKNOWN_CURRENCY")
    if opportunity.probability is not None and not 0 <= opportunity.probability <= 100:
        message = kehu.text(
            "{field} is 0 to 100 percent; {percent} is not.",
            field=kehu.label(Opportunity.probability),
            percent=opportunity.probability,
        )
        change.error(message, field=Opportunity.probability, code="OUT_OF_RANGE")


def _negative(field: object, amount: Decimal, currency: str | None) -> kehu.Text:
    said = kehu.money(amount, currency)
    return kehu.text("{field} cannot be negative; {amount} is.", field=kehu.label(field), amount=said)


def _check_recurring(change: kehu.Change[Opportunity]) -> None:
    """What recurs is an amount above or at zero, with its interval and its currency."""
    opportunity = change.obj
    amount, interval = opportunity.recurring_amount, opportunity.recurring_interval
    if amount is None and interval is None:
        return
    if amount is None or interval is None:
        missing = Opportunity.recurring_amount if amount is None else Opportunity.recurring_interval
        message = kehu.text("What recurs has an amount and an interval.")
        change.error(message, field=missing, code="REQUIRED")
    if amount is not None and amount < 0:
        message = _negative(Opportunity.recurring_amount, amount, opportunity.currency)
        change.error(message, field=Opportunity.recurring_amount, code="OUT_OF_RANGE")
    if opportunity.currency is None and opportunity.amount is None:
        message = kehu.text("An amount needs its currency.")
        change.error(message, field=Opportunity.currency, code="CURRENCY_MISSING")


def _check_dates(change: kehu.Change[Opportunity], today: date) -> None:
    """Nothing opens or closes in the future, or closes before it was opened; what is open has no closing date."""
    opportunity = change.obj
    if (
        opportunity.opened_on is not None
        and change.touches(Opportunity.opened_on)
        and opportunity.opened_on > today
    ):
        message = kehu.text(
            "{day} is in the future; nothing is opened before it is.", day=opportunity.opened_on
        )
        change.error(message, field=Opportunity.opened_on, code="OPENED_IN_FUTURE")
    if opportunity.closed_on is None or not change.touches(Opportunity.closed_on, Opportunity.opened_on):
        return
    if opportunity.closed_at is None:
        closed_on = kehu.label(Opportunity.closed_on)
        message = kehu.text("{field} goes with a stage that wins or loses.", field=closed_on)
        change.error(message, field=Opportunity.closed_on, code="OPPORTUNITY_OPEN")
    if opportunity.opened_on is not None and opportunity.closed_on < opportunity.opened_on:
        message = kehu.text(
            "It cannot close on {day}: it was opened on {opened}.",
            day=opportunity.closed_on,
            opened=opportunity.opened_on,
        )
        change.error(message, field=Opportunity.closed_on, code="CLOSED_BEFORE_OPENED")
    if change.touches(Opportunity.closed_on) and opportunity.closed_on > today:
        message = kehu.text(
            "{day} is in the future; use {field} until then.",
            day=opportunity.closed_on,
            field=kehu.label(Opportunity.expected_close_on),
        )
        change.error(message, field=Opportunity.closed_on, code="CLOSED_IN_FUTURE")


async def _present_change(ctx: kehu.Context, opportunity_id: uuid.UUID) -> StageChange | None:
    found = (
        sa.select(StageChange)
        .where(StageChange.opportunity_id == opportunity_id, StageChange.left_at.is_(None))
        .order_by(StageChange.entered_at.desc())
        .limit(1)
    )
    return (await whoever_asks.scalars(ctx, found)).first()
