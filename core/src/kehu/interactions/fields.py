"""Computed fields of interactions."""

from __future__ import annotations

from kehu.context import Context
from kehu.interactions.models import Interaction
from kehu.interactions.resources import interaction


@interaction.field
def is_overdue(record: Interaction, ctx: Context) -> bool:
    """Still only planned, although it was due before now."""
    return record.is_overdue(at=ctx.now())
