"""Computed fields of attachments, and the files of records of any type."""

from __future__ import annotations

from collections.abc import Sequence

from kehu.kernel.context import Context
from kehu.kernel.model import Entity
from kehu.platform.attachments.actions import attachments_of
from kehu.platform.attachments.models import Attachment
from kehu.platform.attachments.resources import attachment

FOLDER = "/attachments"


@attachment.field
def path(record: Attachment) -> str:
    """Where the file is on this server: get it with the session or the key that asks the API."""
    return f"{FOLDER}/{record.id}"


async def attachments(records: Sequence[Entity], ctx: Context) -> Sequence[list[Attachment]]:
    """Its files, oldest first. Plugins declare it for types of theirs: `plugin.batch_field(Lead)(attachments)`."""
    return await attachments_of(ctx, records)
