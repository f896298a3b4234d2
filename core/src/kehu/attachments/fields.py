"""Computed fields of attachments, and the files of records of any type."""

from __future__ import annotations

from collections.abc import Sequence

from kehu.attachments.actions import attachments_of
from kehu.attachments.models import Attachment
from kehu.attachments.resources import attachment
from kehu.context import Context
from kehu.model import Entity

FOLDER = "/attachments"


@attachment.field
def path(record: Attachment) -> str:
    """Where the file is on this server: get it with the session or the key that asks the API."""
    return f"{FOLDER}/{record.id}"


async def attachments(records: Sequence[Entity], ctx: Context) -> Sequence[list[Attachment]]:
    """Its files, oldest first. Plugins declare it for types of theirs: `plugin.batch_field(Lead)(attachments)`."""
    return await attachments_of(ctx, records)
