"""Feeds: what programs that cannot sign in read again and again at a secret address, such as a calendar."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING

from kehu.kernel.errors import NotFound
from kehu.kernel.texts import text

if TYPE_CHECKING:
    from kehu.kernel.context import Context


@dataclasses.dataclass(frozen=True, slots=True)
class Feed:
    """What is answered, and of which media type it is, such as `text/calendar; charset=utf-8`."""

    media_type: str
    content: str


async def read_feed(ctx: Context, name: str, token: str) -> Feed:
    """The feed at `/feeds/<name>?token=<token>`. Raises NotFound where no plugin has it; what plugins raise besides."""
    for implementation in ctx.app.hooks.of("kehu_feed"):
        found = implementation.call({"ctx": ctx, "name": name, "token": token})
        feed = await found if inspect.isawaitable(found) else found
        if isinstance(feed, Feed):
            return feed
    raise NotFound(text("There is no such feed, or not any more."))
