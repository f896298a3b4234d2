"""What must hold of attachments, and who sees them: whoever sees the record."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kehu.kernel.access.scope import row_scope
from kehu.kernel.context import Context
from kehu.kernel.errors import BadInput
from kehu.kernel.hooks.specs import hookimpl
from kehu.kernel.texts import text
from kehu.kernel.writing.archived import check_current
from kehu.kernel.writing.changes import Change
from kehu.platform.attachments.models import Attachment, NotAttachable, can_have_files
from kehu.platform.attachments.resources import attachment
from kehu.platform.core import plugin


@attachment.before_write
async def files_belong_to_a_record(ctx: Context, change: Change[Attachment]) -> None:
    """The record can have files, is not archived, and whoever brings, renames or deletes a file may change it."""
    file = change.obj
    if change.deleting:
        return
    if not file.name:
        change.error(text("A file has a name."), field=Attachment.name, code="REQUIRED")
    file.belong_to(file.record_id)
    entity = ctx.app.composition.by_name.get(file.record_type)
    if entity is None:
        raise BadInput(text("There are no records of this type."), code="BAD_ID", field=Attachment.record_id)
    if not can_have_files(entity.model):
        message = text("Files cannot belong to a {type}.", type=entity.name)
        raise NotAttachable(message, field=Attachment.record_id)
    if change.creating or change.touches(Attachment.name, Attachment.archived_at):
        record = await ctx.get(entity.model, file.record_key, verb="update", field=Attachment.record_id)
        if change.creating:
            check_current(record, entity.name, field=Attachment.record_id)


class WhoSeesAttachments:
    """A file is seen by whoever sees the record that it belongs to."""

    @hookimpl
    def kehu_row_scope(self, ctx: Context, model: type[Any], entity: Any) -> sa.ColumnElement[bool] | None:
        """The files of all types of records that are seen as a whole, and of others those of records that are seen."""
        if model is not Attachment:
            return None
        seen_whole, ways = [], list[sa.ColumnElement[bool]]()
        kinds = [each for each in ctx.app.composition.entities.values() if can_have_files(each.model)]
        for kind in kinds:
            record = sa.orm.aliased(kind.model)
            scope = row_scope(ctx, kind.model, record)
            if scope is None:
                seen_whole.append(kind.name)
            elif ctx.can(kind.permission("read")):
                seen = sa.select(record.id).where(scope)
                ways.append(sa.and_(entity.record_type == kind.name, entity.record_key.in_(seen)))
        if len(seen_whole) == len(kinds):
            return None
        return sa.or_(entity.record_type.in_(seen_whole), *ways)


plugin.hookimpl(WhoSeesAttachments())
