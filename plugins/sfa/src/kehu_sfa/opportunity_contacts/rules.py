"""One primary contact for each opportunity, and the opportunity knows who."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

import kehu
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.opportunity_contacts.models import OpportunityContact
from kehu_sfa.plugin import opportunity_contact

whoever_asks = kehu.Unscoped("an opportunity has one primary contact")


@opportunity_contact.before_write
async def keep_one_primary(ctx: kehu.Context, change: kehu.Change[OpportunityContact]) -> None:
    """The first contact of an opportunity becomes its primary one; a new one takes the mark from the old one."""
    contact = change.obj
    if change.deleting or contact.opportunity_id is None:
        return
    others = [other for other in await _contacts_of(ctx, contact.opportunity_id) if other is not contact]
    if change.creating and not any(other.is_primary for other in others):
        contact.is_primary = True
    if contact.is_primary and change.touches(OpportunityContact.is_primary):
        for other in others:
            other.is_primary = False


@opportunity_contact.after_write
async def tell_the_opportunity(ctx: kehu.Context, change: kehu.Change[OpportunityContact]) -> None:
    """`Opportunity.contact` is the primary contact."""
    contact = change.obj
    if change.deleting or not (contact.is_primary and change.touches(OpportunityContact.is_primary)):
        return
    found = sa.select(Opportunity).where(Opportunity.id == contact.opportunity_id)
    (await whoever_asks.scalars(ctx, found)).one().contact_id = contact.contact_id


async def _contacts_of(ctx: kehu.Context, opportunity_id: uuid.UUID) -> Sequence[OpportunityContact]:
    found = sa.select(OpportunityContact).where(OpportunityContact.opportunity_id == opportunity_id)
    stored = (await whoever_asks.scalars(ctx, found)).all()
    pending = [
        record
        for record in ctx.session.sync_session.new
        if isinstance(record, OpportunityContact) and record.opportunity_id == opportunity_id
    ]
    return [*stored, *pending]
