"""What must hold when leads are written, and what interactions mean for them."""

from __future__ import annotations

import uuid

import kehu
from kehu.business.identifiers import (
    InvalidPhone,
    country_code,
    normalise_email,
    normalise_phone,
    normalise_url,
)
from kehu.crm.interactions.models import InteractionDirection
from kehu.kernel.ids import parse_global_id
from kehu.platform.identity.locales import dialling_country, normalise_language
from kehu_sfa.leads.models import Lead, LeadPolicy, LeadStatus
from kehu_sfa.leads.queries import answer_time, hours_of, policy_of
from kehu_sfa.plugin import lead, lead_policy, plugin

_REACHING = (Lead.phone, Lead.country)


@lead.before_write
async def normalise_lead(ctx: kehu.Context, change: kehu.Change[Lead]) -> None:
    """Names without blanks; mail address, web address, country and language in one form."""
    if change.deleting:
        return
    record = change.obj
    for attribute in (Lead.name, Lead.company_name, Lead.email, Lead.phone, Lead.source):
        value = getattr(record, attribute.key)
        if change.touches(attribute) and value is not None:
            setattr(record, attribute.key, " ".join(value.split()) or None)
    _normalise_addresses(change)
    if change.touches(*_REACHING):
        record.normalised_phone = _dialled(record, dialling_country(ctx))
    with change.noting():
        record.check_name()


@lead.before_write
async def keep_to_the_verbs(_ctx: kehu.Context, change: kehu.Change[Lead]) -> None:
    """The status changes through the verbs only; a converted lead keeps what led to the customer."""
    if change.creating or change.deleting:
        return
    if change.touches(Lead.status) and not change.obj.has_moved:
        message = kehu.text("The status of a lead changes through its verbs only.")
        change.error(message, field=Lead.status, code="STATUS_NOT_SETTABLE")


@lead.before_write
async def promise_an_answer(ctx: kehu.Context, change: kehu.Change[Lead]) -> None:
    """A new lead is to be answered in the time its team promises; a team that takes it over has its own."""
    record = change.obj
    if change.creating and not change.touches(Lead.received_at):
        record.received_at = ctx.now()
    if record.status is not LeadStatus.NEW or record.first_answered_at is not None:
        return
    if change.creating or change.touches(Lead.team_id):
        policy = await policy_of(ctx, record.team_id)
        record.promise_answer(within=answer_time(policy), hours=await hours_of(ctx, policy))


@lead.after_write
async def forget_the_move(_ctx: kehu.Context, change: kehu.Change[Lead]) -> None:
    """The next write has to use a verb again."""
    change.obj.take_move()


@lead_policy.before_write
async def check_policy(_ctx: kehu.Context, change: kehu.Change[LeadPolicy]) -> None:
    """Times above zero."""
    for attribute in (LeadPolicy.answer_within_minutes, LeadPolicy.recycle_after_days):
        value = getattr(change.obj, attribute.key)
        if not change.deleting and value is not None and value <= 0:
            change.error(kehu.text("It has to be above zero."), field=attribute, code="OUT_OF_RANGE")


@plugin.after_write(kehu.Interaction)
async def interactions_work_leads(ctx: kehu.Context, change: kehu.Change[kehu.Interaction]) -> None:
    """What happened with a lead is work on it; the first time that we turn to them is the answer."""
    interaction = change.obj
    key = lead_of(interaction.regarding_id)
    if key is None or change.deleting or interaction.status is not kehu.InteractionStatus.DONE:
        return
    record = await ctx.session.get(Lead, key)
    if record is None or not record.is_open:
        return
    happened = interaction.ended_at or interaction.started_at or ctx.now()
    record.last_worked_at = max(happened, record.last_worked_at or happened)
    if record.status is LeadStatus.NEW:
        record.enter("work")
    if interaction.direction is InteractionDirection.OUT and interaction.kind != "NOTE":
        began = interaction.started_at or happened
        record.record_answer(at=began, hours=await hours_of(ctx, await policy_of(ctx, record.team_id)))


def lead_of(regarding: kehu.GlobalId | None) -> uuid.UUID | None:
    """The key of the lead that an interaction is about, None where it is about something else."""
    if regarding is None:
        return None
    type_name, key = parse_global_id(regarding)
    return key if type_name == "Lead" else None


def _normalise_addresses(change: kehu.Change[Lead]) -> None:
    record = change.obj
    if change.touches(Lead.email) and record.email is not None:
        with change.noting(field=Lead.email):
            record.email = normalise_email(record.email)
    if change.touches(Lead.website) and record.website is not None:
        with change.noting(field=Lead.website):
            record.website = normalise_url(record.website)
    if change.touches(Lead.language) and record.language is not None:
        with change.noting(field=Lead.language):
            record.language = normalise_language(record.language)
    if change.touches(Lead.country) and record.country is not None:
        found = country_code(record.country)
        if found is None:
            message = kehu.text(
                "{typed!r} is no country; write its ISO 3166 code, such as CN.", typed=record.country
            )
            change.error(message, field=Lead.country, code="UNKNOWN_COUNTRY")
        record.country = found or record.country


def _dialled(record: Lead, fallback: str | None) -> str | None:
    """The number in one form; what people type into forms is often none, and kept as it is."""
    if record.phone is None:
        return None
    try:
        return normalise_phone(record.phone, record.country or fallback or "ZZ")
    except InvalidPhone:
        return None
