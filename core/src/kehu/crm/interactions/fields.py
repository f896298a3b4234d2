"""Computed fields of interactions."""

from __future__ import annotations

from kehu.crm.interactions.models import Interaction
from kehu.crm.interactions.resources import interaction
from kehu.kernel.context import Context


@interaction.field
def is_overdue(record: Interaction, ctx: Context) -> bool:
    """Still only planned, although it was due before now."""
    return record.is_overdue(at=ctx.now())
