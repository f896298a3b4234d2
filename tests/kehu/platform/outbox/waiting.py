"""Waiting for what happens in the background."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable

LONGEST_SECONDS = 5.0


async def until(condition: Callable[[], object | Awaitable[object]]) -> None:
    """Return once the condition holds; fail after five seconds."""
    async with asyncio.timeout(LONGEST_SECONDS):
        while True:
            result = condition()
            if await result if inspect.isawaitable(result) else result:
                return
            await asyncio.sleep(0.005)
