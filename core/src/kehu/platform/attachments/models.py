"""Attachments: files that belong to a record of any plugin."""

from __future__ import annotations

import fnmatch
import re
import uuid
from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.errors import Refusal
from kehu.kernel.ids import parse_global_id
from kehu.kernel.model import Archivable, Entity, GlobalId, column, ref
from kehu.kernel.texts import text
from kehu.platform.core import Base
from kehu.platform.identity.models import User

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


class AttachmentTooLarge(Refusal):
    """The file is empty, or larger than this installation takes."""

    code = "ATTACHMENT_TOO_LARGE"


class AttachmentTypeRefused(Refusal):
    """Files of this media type are not taken here."""

    code = "ATTACHMENT_TYPE_REFUSED"


class NotAttachable(Refusal):
    """Records of this type have no files."""

    code = "NOT_ATTACHABLE"


class Attachment(Archivable, Base):
    """A file that belongs to a record; seen by whoever sees the record, changed by whoever may change it.

    Bring it with `attachFile` or `POST /attachments`, get it from its `path`.
    """

    __tablename__ = "core_attachment"

    record_id: Mapped[GlobalId] = column(
        index=True, create=False, update=False, doc="The record of any plugin that the file belongs to."
    )
    # The two halves of `record_id`: what the row scope compares.
    record_type: Mapped[str] = column(sa.String(80), expose=False, audit=False)
    record_key: Mapped[uuid.UUID] = column(expose=False, audit=False)
    name: Mapped[str] = column(sa.String(200), doc="The name of the file.")
    media_type: Mapped[str] = column(
        sa.String(100), create=False, update=False, doc="What kind of file it is, such as `application/pdf`."
    )
    size: Mapped[int] = column(create=False, update=False, doc="How long it is, in bytes.")
    checksum: Mapped[str] = column(
        sa.String(64), create=False, update=False, doc="The SHA-256 of its content, in hexadecimal digits."
    )
    uploaded_by_id: Mapped[uuid.UUID | None] = ref(
        User, create=False, update=False, doc="Who brought it; none for the system."
    )

    def belong_to(self, record_id: str) -> None:
        """Belong to the record of this global id. Raises BadInput for what is none."""
        self.record_type, self.record_key = parse_global_id(record_id, field=Attachment.record_id)
        self.record_id = GlobalId(record_id)


class AttachmentContent(Base):
    """What is in the file; kept apart, so that lists do not read it."""

    __tablename__ = "core_attachment_content"
    attachment_id: Mapped[uuid.UUID] = column(
        sa.ForeignKey(Attachment.id, ondelete="CASCADE"),
        primary_key=True,
    )
    content: Mapped[bytes] = column(sa.LargeBinary)


CONTENTS = cast(sa.Table, AttachmentContent.__table__)


def can_have_files(model: type[Entity]) -> bool:
    """Whether files can belong to records of this class: to all that are archived, and never to a file."""
    return issubclass(model, Archivable) and model is not Attachment


def file_name(given: str) -> str:
    """The last part of a path, as browsers of some systems send it, without control characters."""
    last = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()


def media_type_of(given: str, taken: Sequence[str]) -> str:
    """The media type without parameters. Raises AttachmentTypeRefused unless it fits one of the patterns `taken`."""
    media_type = given.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(media_type) or not any(fnmatch.fnmatch(media_type, each) for each in taken):
        message = text("Files of the type {media_type!r} are not taken here.", media_type=media_type)
        raise AttachmentTypeRefused(message, field=Attachment.media_type)
    return media_type


def check_size(size: int, most: int) -> None:
    """Raise AttachmentTooLarge for a file without content, or one of more than `most` bytes."""
    if not 0 < size <= most:
        message = text("A file has 1 to {most} bytes, this one has {size}.", most=most, size=size)
        raise AttachmentTooLarge(message, field=Attachment.size)
