"""Labels through the API."""

from __future__ import annotations

from kehu.kernel.context import Context
from kehu.platform.core import plugin
from kehu.platform.localization.labels import EntityLabel, labels_of


@plugin.query()
async def labels(ctx: Context, locale: str | None = None) -> list[EntityLabel]:
    """What people read instead of the names of types, fields and choices; in your own language if none is given."""
    return labels_of(ctx, locale)
