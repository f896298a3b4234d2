"""Figures over many opportunities, as far as the reader may see them."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.plugin import plugin


@dataclasses.dataclass(frozen=True, slots=True)
class WinRate:
    """How many opportunities were won and lost, and how many of these in percent, to two places."""

    won: int
    lost: int
    percent: Decimal | None

    @classmethod
    def of(cls, won: int, lost: int) -> WinRate:
        """The rate, rounded half to even; `percent` is null where nothing has been closed."""
        closed = won + lost
        percent = (Decimal(100 * won) / closed).quantize(_HUNDREDTH, ROUND_HALF_EVEN) if closed else None
        return cls(won, lost, percent)


@plugin.query(permission="sfa.opportunity:read")
async def win_rate(
    ctx: kehu.Context,
    closed_from: date | None = None,
    closed_until: date | None = None,
    owner: kehu.User | None = None,
    pipeline: Pipeline | None = None,
    product: kehu.Product | None = None,
) -> WinRate:
    """Won and lost among the opportunities that you may see, closed on these days, both included."""
    o = Opportunity
    closed = (
        sa.select(Stage.category, sa.func.count(o.id))
        .join(o, o.stage_id == Stage.id)
        .group_by(Stage.category)
    )
    closed = closed.where(o.closed_at.is_not(None), o.archived_at.is_(None))
    if closed_from is not None:
        closed = closed.where(o.closed_on >= closed_from)
    if closed_until is not None:
        closed = closed.where(o.closed_on <= closed_until)
    if owner is not None:
        closed = closed.where(o.owner_id == owner.id)
    if pipeline is not None:
        closed = closed.where(o.pipeline_id == pipeline.id)
    if product is not None:
        closed = closed.where(o.product_id == product.id)
    counts = dict((await ctx.session.execute(closed)).all())
    return WinRate.of(counts.get(StageCategory.WON, 0), counts.get(StageCategory.LOST, 0))


_HUNDREDTH = Decimal("0.01")
