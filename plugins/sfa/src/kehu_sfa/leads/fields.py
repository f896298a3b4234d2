"""What a lead shows beside its columns."""

from __future__ import annotations

from typing import Annotated

import kehu
from kehu_sfa.leads.duplicates import Duplicate, Likeness, find_duplicates
from kehu_sfa.leads.models import Lead
from kehu_sfa.plugin import lead, plugin


@lead.field
def is_answer_overdue(record: Lead, ctx: kehu.Context) -> bool:
    """Nobody has answered, although the time for it is over."""
    return record.is_answer_overdue(at=ctx.now())


@lead.field
async def interactions(
    record: Lead, interactions: kehu.ListOf[kehu.Interaction]
) -> kehu.Connection[kehu.Interaction]:
    """What passed between us, and what is planned."""
    about = kehu.GlobalId(kehu.global_id("Lead", record.id))
    return await interactions.fetch(kehu.Interaction.regarding_id == about)


@lead.field
async def duplicates(record: Lead, ctx: kehu.Context) -> list[Duplicate]:
    """Customers, contacts and open leads that may be the same, the most alike first; look before you convert."""
    return await find_duplicates(ctx, Likeness.of(record))


@plugin.query(permission="sfa.lead:read")
async def lead_duplicates(
    ctx: kehu.Context,
    name: Annotated[str | None, Lead.name] = None,
    company_name: Annotated[str | None, Lead.company_name] = None,
    email: Annotated[str | None, Lead.email] = None,
    phone: Annotated[str | None, Lead.phone] = None,
    country: Annotated[str | None, kehu.Longest(100)] = None,
) -> list[Duplicate]:
    """Who is there already, for a lead that is about to be entered."""
    likeness = Likeness.typed(
        ctx, name=name, company_name=company_name, email=email, phone=phone, country=country
    )
    return await find_duplicates(ctx, likeness)
