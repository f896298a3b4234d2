"""Interactions in the API."""

from __future__ import annotations

from kehu.crm.contacts.models import Contact
from kehu.crm.customers.models import Customer
from kehu.crm.interactions.models import Interaction, InteractionParticipant
from kehu.platform.attachments.fields import attachments
from kehu.platform.core import plugin

interaction = plugin.resource(Interaction, default_order=[Interaction.created_at.desc()])
interaction_participant = plugin.resource(
    InteractionParticipant,
    row_scope=InteractionParticipant.interaction_id,
    operations=["list", "get", "create", "delete"],
)
plugin.relation(
    Customer, "interactions", Interaction.customer_id, description="What passed between us, newest first."
)
plugin.relation(
    Contact, "interactions", Interaction.contact_id, description="What passed between us, newest first."
)
plugin.relation(
    Interaction, "participants", InteractionParticipant.interaction_id, description="Who takes part."
)
plugin.relation(Interaction, "follow_ups", Interaction.follow_up_of_id, description="What it led to.")
plugin.batch_field(Interaction, description="Its files, oldest first.")(attachments)
