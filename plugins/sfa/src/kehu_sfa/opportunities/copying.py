"""Making a new opportunity from another: a clone of it, or a part of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import check_sold
from kehu.kernel.writing.offers import as_agreed
from kehu_sfa.competitors.models import OpportunityCompetitor
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.opportunity_contacts.models import OpportunityContact
from kehu_sfa.opportunity_lines.models import OpportunityLine
from kehu_sfa.pipelines.models import Stage, StageCategory
from kehu_sfa.pipelines.queries import first_stage
from kehu_sfa.plugin import opportunity
from kehu_sfa.quotes.deals import check_divisible

whoever_asks = kehu.Unscoped("a copy has all that the original has")

ABOUT = (
    *("customer_id", "contact_id", "product_id", "pipeline_id", "currency", "probability", "price_list_id"),
    *("expected_close_on", "source", "campaign", "owner_id", "team_id", "forecast_category"),
)
RECURRING = ("amount", "recurring_amount", "recurring_interval")


class NothingToSplit(kehu.Refusal):
    """A part is smaller than the whole and more than nothing."""

    code = "NOTHING_TO_SPLIT"


@dataclasses.dataclass(frozen=True, slots=True)
class NewOpportunity:
    """The opportunity that came of another."""

    opportunity: Opportunity


@opportunity.action
async def clone(opportunity: Opportunity, ctx: kehu.Context, name: str | None = None) -> NewOpportunity:
    """A new open opportunity with the same customer, lines, contacts and competitors, in the first stage."""
    lines = await _of(ctx, OpportunityLine, opportunity)
    await check_sold(ctx, (line.product_id for line in lines), field="id")
    stage = await first_stage(ctx, opportunity.pipeline_id, StageCategory.OPEN)
    made = await _begin(ctx, opportunity, stage, name=name or opportunity.name, also=RECURRING)
    for line in lines:
        ctx.add(OpportunityLine(opportunity_id=made.id, **line.terms()))
    await _take_along(ctx, opportunity, made)
    return NewOpportunity(made)


@opportunity.action
async def split(
    opportunity: Opportunity,
    ctx: kehu.Context,
    name: str,
    amount: Decimal | None = None,
    lines: list[OpportunityLine] | None = None,
) -> NewOpportunity:
    """Make a part of it an opportunity of its own, in the same stage: some of its lines, or so much of its amount.

    Both amounts together are what the amount was.
    """
    opportunity.check_verb("split")
    await check_divisible(ctx, opportunity)
    stage = await ctx.get(Stage, opportunity.stage_id)
    own = await _of(ctx, OpportunityLine, opportunity)
    if own:
        return NewOpportunity(await _split_lines(ctx, opportunity, stage, name, lines or [], own))
    if amount is None or opportunity.amount is None or not 0 < amount < opportunity.amount:
        message = kehu.text("A part of {name} is above zero and below its amount.", name=opportunity.name)
        raise NothingToSplit(message, field="amount")
    opportunity.amount -= amount
    made = await _begin(ctx, opportunity, stage, name=name, amount=amount)
    await _take_along(ctx, opportunity, made)
    return NewOpportunity(made)


async def _split_lines(
    ctx: kehu.Context,
    deal: Opportunity,
    stage: Stage,
    name: str,
    lines: Sequence[OpportunityLine],
    own: Sequence[OpportunityLine],
) -> Opportunity:
    going = {line.id for line in lines}
    if not going or going >= {line.id for line in own} or not going <= {line.id for line in own}:
        message = kehu.text("Name some of the lines of {name}, but not all.", name=deal.name)
        raise NothingToSplit(message, field="lines")
    made = await _begin(ctx, deal, stage, name=name)
    for line in own:
        if line.id in going:
            as_agreed(ctx.add(OpportunityLine(opportunity_id=made.id, **line.terms())))
            await ctx.delete(line)
    await ctx.flush()
    await _take_along(ctx, deal, made)
    return made


async def _begin(
    ctx: kehu.Context,
    origin: Opportunity,
    stage: Stage,
    *,
    name: str,
    amount: Decimal | None = None,
    also: Sequence[str] = (),
) -> Opportunity:
    values: dict[str, Any] = {column: getattr(origin, column) for column in (*ABOUT, *also)}
    made = Opportunity(**{"amount": amount, **values, "name": name, "origin_id": origin.id})
    made.opened_on = ctx.today()
    if made.expected_close_on is not None and made.expected_close_on < made.opened_on:
        made.expected_close_on = None
    made.start_in(stage, at=ctx.now())
    as_agreed(ctx.add(made))
    await ctx.flush()
    return made


async def _take_along(ctx: kehu.Context, origin: Opportunity, made: Opportunity) -> None:
    for contact in await _of(ctx, OpportunityContact, origin):
        ctx.add(
            OpportunityContact(
                opportunity_id=made.id,
                contact_id=contact.contact_id,
                role=contact.role,
                is_primary=contact.is_primary,
                note=contact.note,
            )
        )
    for entry in await _of(ctx, OpportunityCompetitor, origin):
        ctx.add(
            OpportunityCompetitor(
                opportunity_id=made.id,
                competitor_id=entry.competitor_id,
                strengths=entry.strengths,
                weaknesses=entry.weaknesses,
            )
        )


async def _of(ctx: kehu.Context, model: type[Any], deal: Opportunity) -> Sequence[Any]:
    found = sa.select(model).where(model.opportunity_id == deal.id).order_by(model.created_at, model.id)
    return (await whoever_asks.scalars(ctx, found)).all()
