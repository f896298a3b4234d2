"""The verb of an opportunity's contact."""

from __future__ import annotations

from kehu_sfa.opportunity_contacts.models import OpportunityContact
from kehu_sfa.plugin import opportunity_contact


@opportunity_contact.action
async def make_primary(contact: OpportunityContact) -> None:
    """The first to talk to from now on; the mark goes from the one before."""
    contact.is_primary = True
