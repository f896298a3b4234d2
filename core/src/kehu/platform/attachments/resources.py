"""Files in the API."""

from __future__ import annotations

from kehu.platform.attachments.models import CONTENTS, Attachment
from kehu.platform.core import plugin

attachment = plugin.resource(
    Attachment,
    operations=["list", "get", "update", "delete", "watch", "aggregate"],
    default_order=[Attachment.created_at],
)
plugin.table(CONTENTS)
