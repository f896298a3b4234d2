"""What to order: where stock, with what is coming, is below the minimum."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import kehu
from kehu_partner_inventory.availability.statements import coming, held
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.locations.queries import subtrees, within
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.replenishment.models import ReorderRule
from kehu_partner_inventory.transfers.models import TransferState

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


async def _positions(ctx: kehu.Context, location: Location | None) -> list[ReorderLine]:
    """The position of every active rule, by the code of the product."""
    product = aliased(kehu.Product)
    tree = subtrees(sa.select(ReorderRule.location_id).where(ReorderRule.is_active))
    statement = (
        sa.select(ReorderRule, *_figures(tree))
        .join(product, product.id == ReorderRule.product_id)
        .where(ReorderRule.is_active, product.archived_at.is_(None), product.is_active)
        .order_by(product.code, ReorderRule.id)
    )
    if location is not None:
        statement = statement.where(ReorderRule.location_id.in_(within(location)))
    return [_line(row) for row in await ctx.session.execute(statement)]


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
