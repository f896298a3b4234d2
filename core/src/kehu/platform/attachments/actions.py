"""Bringing files to records, getting them back, and taking them along to another record."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.kernel.db import Unscoped
from kehu.kernel.ids import global_id
from kehu.kernel.model import Entity, GlobalId, Upload
from kehu.platform.attachments.models import CONTENTS, Attachment, check_size, file_name, media_type_of
from kehu.platform.core import CoreSettings, plugin

whoever_asks = Unscoped("a record keeps all of its files")


async def attach(ctx: Context, record_id: str, *, name: str, media_type: str, content: bytes) -> Attachment:
    """Keep a file with the record of this global id, which whoever asks must be allowed to update.

    Raises AttachmentTooLarge, AttachmentTypeRefused, NotAttachable, NotFound, Forbidden, BadInput.
    """
    settings = ctx.settings(CoreSettings)
    ctx.require("core.attachment:create")
    check_size(len(content), settings.attachment_max_bytes)
    attachment = Attachment(
        name=file_name(name),
        media_type=media_type_of(media_type, settings.attachment_media_types),
        size=len(content),
        checksum=hashlib.sha256(content).hexdigest(),
        uploaded_by_id=ctx.principal.id,
    )
    attachment.belong_to(record_id)
    async with ctx.write():
        ctx.add(attachment)
        await ctx.flush()
        kept = sa.insert(CONTENTS).values(attachment_id=attachment.id, content=content)
        await ctx.session.execute(kept)
    return attachment


@plugin.mutation()
async def attach_file(ctx: Context, record_id: GlobalId, file: Upload, name: str | None = None) -> Attachment:
    """Bring a file to a record that you may update; it is called `name`, or as it was called where it comes from."""
    named = file.name if name is None else name
    return await attach(ctx, record_id, name=named, media_type=file.media_type, content=file.content)


async def attachment_with_content(ctx: Context, key: uuid.UUID) -> tuple[Attachment, bytes]:
    """A file and what is in it. Raises NotFound for one that is not there or may not be seen."""
    attachment = await ctx.get(Attachment, key)
    found = sa.select(CONTENTS.c.content).where(CONTENTS.c.attachment_id == key)
    return attachment, (await ctx.session.scalars(found)).one()


async def move_attachments(ctx: Context, record: Entity, to: Entity) -> None:
    """Give all files of one record to another, whoever may see them; inside `ctx.write()`."""
    found = sa.select(Attachment).where(Attachment.record_id == _id_of(ctx, record))
    for attachment in await whoever_asks.scalars(ctx, found):
        attachment.belong_to(_id_of(ctx, to))


async def attachments_of(ctx: Context, records: Sequence[Entity]) -> list[list[Attachment]]:
    """The files of each record that the reader may see, oldest first, without those that were deleted."""
    keys = [_id_of(ctx, record) for record in records]
    found = (
        sa.select(Attachment)
        .where(Attachment.record_id.in_(keys), Attachment.archived_at.is_(None))
        .order_by(Attachment.created_at, Attachment.id)
    )
    files: Mapping[GlobalId, list[Attachment]] = {key: [] for key in keys}
    for attachment in await ctx.session.scalars(found):
        files[attachment.record_id].append(attachment)
    return [files[key] for key in keys]


def _id_of(ctx: Context, record: Entity) -> GlobalId:
    return GlobalId(global_id(ctx.app.composition.entities[type(record)].name, record.id))
