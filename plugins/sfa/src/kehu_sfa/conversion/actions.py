"""`convertLead`: a lead becomes a customer, a contact and an opportunity in one transaction, or nothing changes."""

from __future__ import annotations

import kehu
from kehu_sfa.conversion.models import (
    ConvertedPart,
    ConvertsToNothing,
    LeadPart,
    NewOpportunity,
    Parts,
)
from kehu_sfa.conversion.moving import move_files, move_interactions
from kehu_sfa.conversion.parts import contact_of, customer_of, opportunity_of
from kehu_sfa.leads.events import LeadConverted
from kehu_sfa.leads.models import Lead
from kehu_sfa.plugin import lead

_NEW, _NONE = ConvertedPart(LeadPart.NEW), ConvertedPart(LeadPart.NONE)


@lead.action
async def convert(
    record: Lead,
    ctx: kehu.Context,
    customer: ConvertedPart | None = None,
    contact: ConvertedPart | None = None,
    opportunity: ConvertedPart | None = None,
    new_opportunity: NewOpportunity | None = None,
) -> None:
    """Make a customer of it, with a contact and perhaps an opportunity; each new, an existing one, or none.

    Left out, the customer is new, the contact is new where the lead names a person, and there is no opportunity.
    What passed between us and its files move along. Needs the right to create each new part.
    """
    record.enter("convert")
    wanted = (customer or _NEW, contact or (_NEW if record.name else _NONE), opportunity or _NONE)
    if all(part.become is LeadPart.NONE for part in wanted):
        raise ConvertsToNothing(kehu.text("A lead that becomes nothing is disqualified, not converted."))
    parts = Parts()
    parts.customer = await customer_of(ctx, record, wanted[0])
    parts.contact = await contact_of(ctx, record, wanted[1], parts)
    parts.opportunity = await opportunity_of(ctx, record, wanted[2], parts, new_opportunity)
    await move_interactions(ctx, record, parts)
    await move_files(ctx, record, parts)
    _link(record, ctx, parts)
    told = LeadConverted(record.id, record.customer_id, record.contact_id, record.opportunity_id)
    ctx.emit(told, customer_id=record.customer_id)


def _link(record: Lead, ctx: kehu.Context, parts: Parts) -> None:
    record.converted_at, record.converted_by_id = ctx.now(), ctx.principal.id
    record.customer_id = parts.customer.id if parts.customer else None
    record.contact_id = parts.contact.id if parts.contact else None
    record.opportunity_id = parts.opportunity.id if parts.opportunity else None
