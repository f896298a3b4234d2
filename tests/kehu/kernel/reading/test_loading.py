"""What is asked for together is fetched together, and whoever stops waiting leaves the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from kehu.kernel.reading.batch_loader import BatchLoader


class Shelf:
    """Fetches numbers, doubled, once `open` is set; notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.open = asyncio.Event()
        self.loader: BatchLoader[int, int] = BatchLoader(self._fetch)

    async def _fetch(self, keys: Sequence[int]) -> Sequence[int]:
        self.asked.append(list(keys))
        await self.open.wait()
        if 13 in keys:
            raise LookupError("13")
        return [2 * key for key in keys]


async def test_what_is_asked_for_at_once_is_fetched_once() -> None:
    shelf = Shelf()
    shelf.open.set()
    assert await asyncio.gather(*[shelf.loader.load(key) for key in (1, 2, 1)]) == [2, 4, 2]
    assert await shelf.loader.load(2) == 4
    assert shelf.asked == [[1, 2]]


async def test_whoever_stops_waiting_leaves_those_alone_who_wait_for_the_same() -> None:
    shelf = Shelf()
    impatient, patient = shelf.loader.load(1), shelf.loader.load(1)
    impatient.cancel()
    shelf.open.set()
    assert await patient == 2
    assert await shelf.loader.load(1) == 2
    assert shelf.asked == [[1]]


async def test_all_who_wait_hear_that_it_failed() -> None:
    shelf = Shelf()
    shelf.open.set()
    waiting = [shelf.loader.load(13), shelf.loader.load(13)]
    assert [str(each) for each in await asyncio.gather(*waiting, return_exceptions=True)] == ["13", "13"]
    with pytest.raises(LookupError):
        await shelf.loader.load(13)
