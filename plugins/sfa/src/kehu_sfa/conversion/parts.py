"""The customer, the contact and the opportunity that a lead becomes."""

from __future__ import annotations

from typing import TypeVar

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_sfa.conversion.mapping import carry_fields, whoever_asks
from kehu_sfa.conversion.models import (
    ConversionTarget,
    ConvertedPart,
    LeadPart,
    NewOpportunity,
    NobodyToContact,
    OtherCustomer,
    PartMissing,
    Parts,
)
from kehu_sfa.leads.models import Lead
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Pipeline

LONGEST_NAME = 200

T = TypeVar("T", bound=kehu.Entity)


async def customer_of(ctx: kehu.Context, lead: Lead, part: ConvertedPart) -> kehu.Customer | None:
    """The customer: new with the firm's name, or the person's where there is no firm. Raises PartMissing, NotFound."""
    if part.become is not LeadPart.NEW:
        return await _existing(ctx, kehu.Customer, part, field="customer")
    kind = kehu.CustomerKind.ORGANIZATION if lead.company_name else kehu.CustomerKind.PERSON
    customer = kehu.Customer(
        name=lead.company_name or lead.called,
        kind=kind,
        website=lead.website,
        country=lead.country,
        source=lead.source,
        preferred_language=lead.language,
        owner_id=lead.owner_id,
        team_id=lead.team_id,
    )
    await carry_fields(ctx, lead, ConversionTarget.CUSTOMER, customer)
    await _create(ctx, customer)
    if lead.city:
        await _create(ctx, _address(lead, customer))
    return customer


async def contact_of(ctx: kehu.Context, lead: Lead, part: ConvertedPart, parts: Parts) -> kehu.Contact | None:
    """The contact, with a role at the customer and the ways to reach it. Raises NobodyToContact, PartMissing."""
    contact = await _existing(ctx, kehu.Contact, part, field="contact")
    if part.become is LeadPart.NEW:
        if lead.name is None:
            raise NobodyToContact(kehu.text("{lead} names no person.", lead=lead.called), field=Lead.name)
        contact = kehu.Contact(
            name=lead.name,
            preferred_language=lead.language,
            owner_id=lead.owner_id,
            team_id=lead.team_id,
        )
        await carry_fields(ctx, lead, ConversionTarget.CONTACT, contact)
        await _create(ctx, contact)
    if contact is not None and parts.customer is not None:
        await _give_role(ctx, lead, contact, parts.customer)
    await _add_points(ctx, lead, contact, parts.customer)
    return contact


async def opportunity_of(
    ctx: kehu.Context, lead: Lead, part: ConvertedPart, parts: Parts, new: NewOpportunity | None
) -> Opportunity | None:
    """The opportunity, with customer and contact. Raises PartMissing, OtherCustomer."""
    if part.become is LeadPart.NEW:
        return await _new_opportunity(ctx, lead, parts, new or NewOpportunity())
    opportunity = await _existing(ctx, Opportunity, part, field="opportunity")
    if opportunity is None:
        return None
    if parts.customer is not None and opportunity.customer_id not in (None, parts.customer.id):
        raise OtherCustomer(
            kehu.text("{deal} is with another customer.", deal=opportunity.name), field="opportunity"
        )
    await ctx.require_on(Opportunity, opportunity, "update")
    opportunity.customer_id = opportunity.customer_id or (parts.customer.id if parts.customer else None)
    opportunity.contact_id = opportunity.contact_id or (parts.contact.id if parts.contact else None)
    return opportunity


async def _new_opportunity(ctx: kehu.Context, lead: Lead, parts: Parts, new: NewOpportunity) -> Opportunity:
    opportunity = Opportunity(
        name=new.name or _subject(lead),
        customer_id=parts.customer.id if parts.customer else None,
        contact_id=parts.contact.id if parts.contact else None,
        product_id=lead.product_id,
        amount=new.amount,
        currency=new.currency,
        expected_close_on=new.expected_close_on,
        source=_known_source(ctx, lead.source),
        campaign=lead.campaign,
        owner_id=lead.owner_id,
        team_id=lead.team_id,
    )
    if new.pipeline_id is not None:
        key = key_of(new.pipeline_id, "Pipeline")
        opportunity.pipeline_id = (await ctx.get(Pipeline, key, field="pipelineId")).id
    await carry_fields(ctx, lead, ConversionTarget.OPPORTUNITY, opportunity)
    return await _create(ctx, opportunity)


async def _existing(ctx: kehu.Context, model: type[T], part: ConvertedPart, *, field: str) -> T | None:
    """The record that the part names; None where the part is to be new, or not to be."""
    if (part.become is LeadPart.EXISTING) is (part.id is None):
        raise PartMissing(
            kehu.text("Name an existing record where EXISTING is meant, and only there."), field=field
        )
    if part.id is None:
        return None
    name = ctx.app.composition.entities[model].name
    return await ctx.get_current(model, key_of(part.id, name), field=field)


async def _create(ctx: kehu.Context, record: T) -> T:
    """Store a new record, if whoever converts may create it for its owner. Raises Forbidden."""
    model = type(record)
    ctx.require(ctx.app.composition.entities[model].permission("create"))
    ctx.add(record)
    await ctx.flush()
    await ctx.require_on(model, record, "create")
    return record


async def _give_role(ctx: kehu.Context, lead: Lead, contact: kehu.Contact, customer: kehu.Customer) -> None:
    """A role of the contact at the customer, where there is none yet."""
    role = kehu.ContactRole
    found = sa.select(role.id).where(
        role.contact_id == contact.id, role.customer_id == customer.id, role.archived_at.is_(None)
    )
    if not await whoever_asks.exists(ctx, found):
        await _create(ctx, role(contact_id=contact.id, customer_id=customer.id, title=lead.job_title))


async def _add_points(
    ctx: kehu.Context, lead: Lead, contact: kehu.Contact | None, customer: kehu.Customer | None
) -> None:
    """The mail address and the number, where customer and contact do not have them yet."""
    if contact is None and customer is None:
        return
    for kind, value in (("EMAIL", lead.email), ("PHONE", lead.normalised_phone)):
        if value is None or await _has_point(ctx, value, contact, customer):
            continue
        point = kehu.ContactPoint(
            kind=kind,
            value=value,
            contact_id=contact.id if contact else None,
            customer_id=customer.id if customer else None,
        )
        await _create(ctx, point)


async def _has_point(
    ctx: kehu.Context, value: str, contact: kehu.Contact | None, customer: kehu.Customer | None
) -> bool:
    point = kehu.ContactPoint
    owners = [point.contact_id == contact.id] if contact else []
    owners += [point.customer_id == customer.id] if customer else []
    found = sa.select(point.id).where(
        sa.or_(*owners), point.normalised_value == value, point.archived_at.is_(None)
    )
    return await whoever_asks.exists(ctx, found)


def _address(lead: Lead, customer: kehu.Customer) -> kehu.Address:
    return kehu.Address(
        customer_id=customer.id,
        lines=" ".join(filter(None, (lead.postcode, lead.city))),
        postcode=lead.postcode,
        city=lead.city,
        country=lead.country,
    )


def _subject(lead: Lead) -> str:
    """The first line of what they want; else who they are."""
    wanted = (lead.interest or "").strip().partition("\n")[0]
    return (wanted or lead.company_name or lead.called)[:LONGEST_NAME]


def _known_source(ctx: kehu.Context, source: str | None) -> str | None:
    """The source as one of those that opportunities know: `Trade show` is TRADE_SHOW; None for another."""
    spelled = (source or "").strip().upper().replace(" ", "_")
    column = ctx.app.composition.entities[Opportunity].columns["source"]
    return spelled if spelled in column.choices else None
