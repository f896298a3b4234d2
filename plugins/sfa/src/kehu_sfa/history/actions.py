"""Keeping the history: each write of an opportunity ends one row and begins the next."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_sfa.history.models import ForecastCategory, OpportunityChange
from kehu_sfa.opportunities.models import Move, Opportunity
from kehu_sfa.pipelines.models import Stage

whoever_asks = kehu.Unscoped("the history has every change of every opportunity")

# What is taken over as it stands; the rest is derived from the stage.
COPIED = (
    *("pipeline_id", "amount", "currency", "expected_close_on", "opened_on", "closed_on", "lost_reason"),
    *("source", "customer_id", "product_id", "owner_id", "team_id"),
)
TRACKED = (*COPIED, "stage_id", "probability", "forecast_category", "archived_at")


async def remember(ctx: kehu.Context, change: kehu.Change[Opportunity], moves: Sequence[Move]) -> None:
    """Add a row for each move, at the moment of the move, or one for a write that changes anything else."""
    if not is_remembered(change, moved=bool(moves)):
        return
    present = None if change.creating else (await _present(ctx, [change.obj.id])).get(change.obj.id)
    if present is not None and present.customer_id == change.obj.customer_id:
        sector = present.sector
    else:
        sector = await _industry(ctx, change.obj.customer_id)
    steps = [(move.stage or await _stage(ctx, move.to_stage_id), move.at) for move in moves]
    for stage, at in steps or [(await _stage(ctx, change.obj.stage_id), ctx.now())]:
        row = _row(ctx, change.obj, stage, at=at if present is None else max(at, present.valid_from))
        row.sector = sector
        if present is not None:
            present.valid_until = row.valid_from
        present = ctx.add(row)


def is_remembered(change: kehu.Change[Opportunity], *, moved: bool) -> bool:
    """Whether a write of an opportunity adds to its history."""
    return not change.deleting and (moved or change.creating or change.touches(*TRACKED))


async def hold_stage(ctx: kehu.Context, stage_id: uuid.UUID) -> None:
    """Let nobody change the probability of a stage until this transaction ends, and read it as it is now.

    Always before the opportunity itself is written: whoever changes a stage locks it first, and its opportunities
    then, so that the two wait for each other and never in a circle.
    """
    if not ctx.app.is_postgresql:
        return  # SQLite has one writer at a time.
    now = sa.select(Stage.default_probability).where(Stage.id == stage_id).with_for_update(read=True)
    probability = await whoever_asks.scalar(ctx, now)
    session = ctx.session.sync_session
    known = session.identity_map.get(sa.orm.util.identity_key(Stage, stage_id))
    if known is not None and not session.is_modified(known):
        sa.orm.attributes.set_committed_value(known, "default_probability", probability)


async def remember_stage(ctx: kehu.Context, stage: Stage) -> None:
    """The probability of the stage has changed, and with it that of the open opportunities that go by it."""
    # Locked before their history is read: an opportunity that is just moving on has one present row, not two.
    going_by_it = (
        sa.select(Opportunity)
        .where(Opportunity.stage_id == stage.id, Opportunity.probability.is_(None))
        .order_by(Opportunity.id)
        # Not their keys: lines and history rows of an opportunity may be written meanwhile.
        .with_for_update(key_share=True)
    )
    opportunities = {deal.id: deal for deal in await whoever_asks.scalars(ctx, going_by_it)}
    for key, present in (await _present(ctx, list(opportunities))).items():
        row = _row(ctx, opportunities[key], stage, at=max(ctx.now(), present.valid_from))
        row.sector, present.valid_until = present.sector, row.valid_from
        ctx.add(row)


async def remember_sector(ctx: kehu.Context, customer: kehu.Customer) -> None:
    """The customer is in another industry, and with it its opportunities are in another sector."""
    found = (
        sa.select(Opportunity, Stage)
        .join(Stage, Stage.id == Opportunity.stage_id)
        .where(Opportunity.customer_id == customer.id)
        .order_by(Opportunity.id)
        .with_for_update(key_share=True, of=Opportunity)
    )
    deals = {deal.id: (deal, stage) for deal, stage in await whoever_asks.execute(ctx, found)}
    for key, present in (await _present(ctx, list(deals))).items():
        row = _row(ctx, *deals[key], at=max(ctx.now(), present.valid_from))
        row.sector, present.valid_until = customer.industry, row.valid_from
        ctx.add(row)


def _row(ctx: kehu.Context, opportunity: Opportunity, stage: Stage, *, at: datetime) -> OpportunityChange:
    own = opportunity.probability
    probability = stage.default_probability if own is None else own
    copied: dict[str, Any] = {name: getattr(opportunity, name) for name in COPIED}
    if not stage.category.is_closed:
        copied["closed_on"] = copied["lost_reason"] = None
    copied["opened_on"] = opportunity.opened_on or opportunity.created_at.date()
    return OpportunityChange(
        opportunity_id=opportunity.id,
        valid_from=at,
        stage_id=stage.id,
        category=stage.category,
        probability=probability,
        forecast_category=ForecastCategory.of(stage.category, probability, opportunity.forecast_category),
        is_archived=opportunity.archived_at is not None,
        changed_by_id=ctx.principal.id,
        **copied,
    )


async def _present(ctx: kehu.Context, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, OpportunityChange]:
    """The row of each opportunity that has no end yet, also where this transaction has not written it so far."""
    found = sa.select(OpportunityChange).where(
        OpportunityChange.opportunity_id.in_(keys), OpportunityChange.valid_until.is_(None)
    )
    stored = (await whoever_asks.scalars(ctx, found)).all()
    pending = [row for row in ctx.session.sync_session.new if isinstance(row, OpportunityChange)]
    return {
        row.opportunity_id: row
        for row in (*stored, *pending)
        if row.valid_until is None and row.opportunity_id in keys
    }


async def _industry(ctx: kehu.Context, customer_id: uuid.UUID | None) -> str | None:
    """The industry of the customer, which nobody changes until this transaction ends."""
    if customer_id is None:
        return None
    now = sa.select(kehu.Customer.industry).where(kehu.Customer.id == customer_id)
    found = now.with_for_update(read=True)
    return await whoever_asks.scalar(ctx, found)


async def _stage(ctx: kehu.Context, stage_id: uuid.UUID) -> Stage:
    return (await whoever_asks.scalars(ctx, sa.select(Stage).where(Stage.id == stage_id))).one()
