"""Locks of PostgreSQL that belong to no row: whoever takes the same waits until the other transaction has ended."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_TAKE = sa.text("SELECT pg_advisory_xact_lock(:space, key) FROM unnest(CAST(:keys AS int[])) AS key")


async def take_locks(session: AsyncSession, space: int, keys: Iterable[int]) -> None:
    """Hold the locks of these numbers of 32 bits until the transaction ends; `space` says what they are numbers of.

    They are taken in one order, so nobody waits in a circle. On SQLite, which has one writer, nobody needs them.
    """
    await session.execute(_TAKE, {"space": space, "keys": sorted(set(keys))})
