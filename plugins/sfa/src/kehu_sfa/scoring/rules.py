"""The score of a lead, worked out whenever it is written, and anew for all when the rules change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.kernel.names import camel
from kehu_sfa.leads.models import OPEN, Lead
from kehu_sfa.plugin import lead, lead_score_rule, plugin
from kehu_sfa.scoring.models import LeadScoreRule

whoever_asks = kehu.Unscoped("a score follows from all rules")

BATCH_SIZE = 500
_WORKED_OUT = ("score", "scoreReasons", "id", "version", "updatedAt")


@lead.before_write
async def score_lead(ctx: kehu.Context, change: kehu.Change[Lead]) -> None:
    """Add up the points of all rules that apply, and keep the reasons."""
    if not change.deleting:
        score(ctx, change.obj, await _active_rules(ctx))


@lead_score_rule.before_write
async def check_rule(ctx: kehu.Context, change: kehu.Change[LeadScoreRule]) -> None:
    """A rule is about a field that leads have, and has something to compare it with."""
    rule = change.obj
    if change.deleting:
        return
    if change.touches(LeadScoreRule.field) and rule.field not in fields_of_leads(ctx):
        message = kehu.text("Leads have no field {name!r}.", name=rule.field)
        change.error(message, field=LeadScoreRule.field, code="UNKNOWN_FIELD")
    with change.noting():
        rule.check()


@lead_score_rule.after_write
async def score_leads_anew(ctx: kehu.Context, _change: kehu.Change[LeadScoreRule]) -> None:
    """Another rule means other scores; a job sees to those of open leads."""
    await ctx.enqueue(rescore_leads, key="sfa.rescore_leads")


@plugin.job()
async def rescore_leads(ctx: kehu.Context) -> None:
    """Work out the score of every open lead by the rules of today, 500 in a transaction."""
    last: uuid.UUID | None = None
    while True:
        async with ctx.write():
            leads = await _next_leads(ctx, last)
            rules = await _active_rules(ctx)
            for record in leads:
                score(ctx, record, rules)
        if len(leads) < BATCH_SIZE:
            return
        last = leads[-1].id
        ctx.forget()


def score(ctx: kehu.Context, record: Lead, rules: Sequence[LeadScoreRule]) -> None:
    """Set score and reasons, the weightiest first, where they differ."""
    known = fields_of_leads(ctx)
    applying = [
        rule for rule in rules if rule.field in known and rule.applies_to(_value(known, record, rule.field))
    ]
    points, reasons = sum(rule.points for rule in applying), [rule.reason for rule in applying]
    if (record.score, record.score_reasons) != (points, reasons):
        record.score, record.score_reasons = points, reasons


def fields_of_leads(ctx: kehu.Context) -> Mapping[str, Any]:
    """The columns and custom fields that rules may look at, by their names in the API."""
    entity = ctx.app.composition.entities[Lead]
    columns = {column.name: column.attribute for column in entity.columns.values()}
    customs = {camel(custom.field_name): custom for custom in entity.custom_fields}
    return {name: found for name, found in (columns | customs).items() if name not in _WORKED_OUT}


def _value(known: Mapping[str, Any], record: Lead, name: str) -> Any:
    found = known[name]
    return getattr(record, found) if isinstance(found, str) else found.get(record)


async def _active_rules(ctx: kehu.Context) -> Sequence[LeadScoreRule]:
    """The rules that count, the weightiest first; read once in a transaction."""

    async def fetch(_keys: Sequence[str]) -> Sequence[Sequence[LeadScoreRule]]:
        found = sa.select(LeadScoreRule).where(LeadScoreRule.is_active, LeadScoreRule.archived_at.is_(None))
        ordered = found.order_by(sa.func.abs(LeadScoreRule.points).desc(), LeadScoreRule.name)
        return [(await whoever_asks.scalars(ctx, ordered)).all()]

    return await ctx.loader("sfa.lead_score_rules", fetch).load("all")


async def _next_leads(ctx: kehu.Context, after: uuid.UUID | None) -> Sequence[Lead]:
    found = sa.select(Lead).where(Lead.status.in_(OPEN)).order_by(Lead.id).limit(BATCH_SIZE)
    if after is not None:
        found = found.where(Lead.id > after)
    return (await ctx.session.scalars(found)).all()
