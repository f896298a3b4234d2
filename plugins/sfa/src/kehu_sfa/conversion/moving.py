"""What passed between us and a lead, and the files it sent, moved to what it became."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.platform.attachments.actions import move_attachments
from kehu_sfa.conversion.mapping import whoever_asks
from kehu_sfa.conversion.models import Parts
from kehu_sfa.leads.models import Lead


async def move_interactions(ctx: kehu.Context, lead: Lead, parts: Parts) -> None:
    """Give them to the customer and the contact; they are about the opportunity now, where there is one.

    All of them, whoever owns them: the history of a lead is not torn apart.
    """
    about = kehu.GlobalId(kehu.global_id("Lead", lead.id))
    found = sa.select(kehu.Interaction).where(kehu.Interaction.regarding_id == about)
    for interaction in await whoever_asks.scalars(ctx, found):
        if parts.customer is not None:
            interaction.customer_id = interaction.customer_id or parts.customer.id
        if parts.contact is not None:
            interaction.contact_id = interaction.contact_id or parts.contact.id
        if parts.opportunity is not None:
            interaction.regarding_id = kehu.GlobalId(kehu.global_id("Opportunity", parts.opportunity.id))
    await ctx.flush()


async def move_files(ctx: kehu.Context, lead: Lead, parts: Parts) -> None:
    """Give its files to the opportunity, else to the customer, else to the contact."""
    heir = parts.opportunity or parts.customer or parts.contact
    if heir is not None:
        await move_attachments(ctx, lead, heir)
        await ctx.flush()
