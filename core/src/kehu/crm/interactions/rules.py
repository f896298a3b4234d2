"""What must hold of interactions and who takes part in them."""

from __future__ import annotations

import sqlalchemy as sa

from kehu.crm.contacts.queries import customers_of
from kehu.crm.interactions.models import Interaction, InteractionParticipant, InteractionStatus
from kehu.crm.interactions.resources import interaction, interaction_participant
from kehu.kernel.context import Context
from kehu.kernel.db import Unscoped
from kehu.kernel.ids import parse_global_id
from kehu.kernel.texts import text, type_label
from kehu.kernel.writing.changes import Change

whoever_asks = Unscoped("an interaction belongs to the customer of its contact")


@interaction.before_write
async def interactions_concern_somebody(ctx: Context, change: Change[Interaction]) -> None:
    """An interaction concerns a customer, a contact or another record.

    The customer of a contact who works at one customer only is filled in.
    """
    record = change.obj
    if change.deleting:
        return
    if (
        record.customer_id is None
        and record.contact_id is not None
        and change.touches(Interaction.contact_id)
    ):
        customers = (
            await whoever_asks.scalars(ctx, customers_of(record.contact_id, ctx.today()).limit(2))
        ).all()
        record.customer_id = customers[0] if len(customers) == 1 else None
    if record.customer_id is None and record.contact_id is None and record.regarding_id is None:
        change.error(
            "An interaction concerns a customer, a contact or another record.",
            field=Interaction.customer_id,
            code="REQUIRED",
        )


@interaction.before_write
async def check_interaction(ctx: Context, change: Change[Interaction]) -> None:
    """Possible times; one that is entered as done has begun."""
    record = change.obj
    if change.deleting:
        return
    if change.creating and record.status is InteractionStatus.DONE:
        record.started_at = record.started_at or record.ended_at or ctx.now()
    with change.noting():
        record.check_times(now=ctx.now())
    with change.noting():
        record.check_measures()


@interaction.before_write
async def regarding_is_a_record(ctx: Context, change: Change[Interaction]) -> None:
    """What an interaction is about exists, and whoever writes may see it."""
    about = change.obj.regarding_id
    if change.deleting or about is None or not change.touches(Interaction.regarding_id):
        return
    with change.noting(field=Interaction.regarding_id):
        type_name, key = parse_global_id(about)
        entity = ctx.app.composition.by_name.get(type_name)
        found = entity and await ctx.session.scalar(sa.select(entity.model.id).where(entity.model.id == key))
        if not found:
            change.error(
                text("There is no such {entity}, or none that you may see.", entity=type_label(type_name)),
                field=Interaction.regarding_id,
                code="NOT_FOUND",
            )


@interaction_participant.before_write
async def participants_are_somebody(_ctx: Context, change: Change[InteractionParticipant]) -> None:
    """A participant is either a user or a contact."""
    if (change.obj.user_id is None) == (change.obj.contact_id is None):
        change.error(
            "A participant is either a user or a contact.",
            field=InteractionParticipant.contact_id,
            code="REQUIRED",
        )
