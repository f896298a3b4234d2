"""What to order: where stock, with what is coming, is below the minimum."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import kehu
from kehu_partner_inventory.availability.queries import LONGEST_WINDOW
from kehu_partner_inventory.availability.statements import coming, held
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import subtrees, within
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.replenishment.models import ReorderRule
from kehu_partner_inventory.stock.models import QUANTITY, StockMove
from kehu_partner_inventory.stocking.models import ImpossibleNumber
from kehu_partner_inventory.transfers.models import TransferState

whoever_asks = kehu.Unscoped("what is short is short for everybody")

FOUR_PLACES = Decimal("0.0001")

ON_THE_WAY = (TransferState.APPROVED, TransferState.IN_TRANSIT)
"""A transfer that was agreed to is as good as here: where it comes from, it is no longer available."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReorderLine:
    """A product of which there is too little, or more than the maximum, at a location and below it.

    `suggested` is what to order, 0 where there is enough; `surplus` what is beyond the maximum.
    """

    rule: ReorderRule
    on_hand: Decimal
    available: Decimal
    incoming: Decimal
    suggested: Decimal
    surplus: Decimal


@plugin.query(permission="partner_inventory.reorder_rule:read")
async def reorder_list(ctx: kehu.Context, location: Location | None = None) -> list[ReorderLine]:
    """What to order, by rules that you may see: at a location and below it, or everywhere."""
    return [line for line in await _positions(ctx, location) if line.suggested > 0]


@plugin.query(permission="partner_inventory.reorder_rule:read")
async def surplus_list(ctx: kehu.Context, location: Location | None = None) -> list[ReorderLine]:
    """Of what there is more than the maximum, by rules that you may see."""
    return [line for line in await _positions(ctx, location) if line.surplus > 0]


@dataclasses.dataclass(frozen=True, slots=True)
class Replenishment:
    """What to order by what sells: `sold` in the window, `perDay` of it, and `suggested` so that it lasts.

    It is to last for the lead time and the days of safety of the rule, with what is available or coming.
    """

    rule: ReorderRule
    sold: Decimal
    per_day: Decimal
    available: Decimal
    incoming: Decimal
    suggested: Decimal


@plugin.query(permission="partner_inventory.reorder_rule:read")
async def suggested_replenishment(
    ctx: kehu.Context, location: Location | None = None, window_days: int = 90
) -> list[Replenishment]:
    """What to order by the rate at which goods leave, for rules with a lead time that you may see."""
    if not 1 <= window_days <= LONGEST_WINDOW:
        message = kehu.text("A window has 1 to {most} days.", most=LONGEST_WINDOW)
        raise ImpossibleNumber(message, field="window_days")
    lines = [line for line in await _positions(ctx, location) if line.rule.lead_time_days is not None]
    sold = await _sold(ctx, [line.rule for line in lines], window_days)
    return [_replenishment(line, sold.get(line.rule.id, Decimal(0)), window_days) for line in lines]


async def all_positions(ctx: kehu.Context) -> list[ReorderLine]:
    """The position of every active rule, whoever asks."""
    return [_line(row) for row in await whoever_asks.execute(ctx, _statement())]


def _replenishment(line: ReorderLine, sold: Decimal, window_days: int) -> Replenishment:
    position = line.available + line.incoming
    return Replenishment(
        line.rule,
        sold,
        (sold / window_days).quantize(FOUR_PLACES, ROUND_HALF_EVEN),
        line.available,
        line.incoming,
        line.rule.needed(sold, window_days=window_days, position=position),
    )


async def _sold(
    ctx: kehu.Context, rules: Sequence[ReorderRule], window_days: int
) -> dict[uuid.UUID, Decimal]:
    """What left the subtree of each rule's location for customers or partners, less what came back."""
    rule, move = ReorderRule, StockMove
    tree = subtrees(sa.select(rule.location_id).where(rule.id.in_([each.id for each in rules])))
    gone = sa.select(Location.id).where(Location.usage.in_((LocationUsage.CUSTOMER, LocationUsage.PARTNER)))
    since = ctx.now() - timedelta(days=window_days)

    def inside(key: Any) -> Any:
        return sa.exists().where(tree.c.root_id == rule.location_id, tree.c.id == key)

    out = sa.and_(inside(move.from_location_id), move.to_location_id.in_(gone), ~inside(move.to_location_id))
    back = sa.and_(
        inside(move.to_location_id), move.from_location_id.in_(gone), ~inside(move.from_location_id)
    )
    quantity = sa.type_coerce(sa.case((out, move.quantity), else_=-move.quantity), QUANTITY)
    statement = (
        sa.select(rule.id, sa.func.sum(quantity))
        .join(move, move.product_id == rule.product_id)
        .where(rule.id.in_([each.id for each in rules]), move.moved_at > since, sa.or_(out, back))
        .group_by(rule.id)
    )
    return {row[0]: row[1] for row in await whoever_asks.execute(ctx, statement)}


async def _positions(ctx: kehu.Context, location: Location | None) -> list[ReorderLine]:
    """The position of every active rule that may be seen, by the code of the product."""
    statement = _statement()
    if location is not None:
        statement = statement.where(ReorderRule.location_id.in_(within(location)))
    return [_line(row) for row in await ctx.session.execute(statement)]


def _statement() -> sa.Select[*tuple[Any, ...]]:
    product = aliased(kehu.Product)
    tree = subtrees(sa.select(ReorderRule.location_id).where(ReorderRule.is_active))
    return (
        sa.select(ReorderRule, *_figures(tree))
        .join(product, product.id == ReorderRule.product_id)
        .where(ReorderRule.is_active, product.archived_at.is_(None), product.is_active)
        .order_by(product.code, ReorderRule.id)
    )


def _figures(tree: Any) -> Sequence[sa.ColumnElement[Decimal]]:
    """On hand, available and incoming of a rule's product in the subtree of its location."""
    below = sa.select(tree.c.id).where(tree.c.root_id == ReorderRule.location_id)
    places = below.correlate(ReorderRule)
    on_hand, reserved = held(ReorderRule.product_id, places)
    return on_hand, on_hand - reserved, coming(ReorderRule.product_id, places, states=ON_THE_WAY)


def _line(row: Any) -> ReorderLine:
    rule, on_hand, available, incoming = row
    return ReorderLine(
        rule, on_hand, available, incoming, rule.suggestion(available + incoming), rule.surplus(on_hand)
    )
