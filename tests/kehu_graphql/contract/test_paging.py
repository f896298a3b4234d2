"""Paging through a list while others write: nothing is shown twice, and nothing that nobody touched is left out.

1,500 rows, times the depth of the tests.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

import kehu
from tests.crm import Crm, OpenCrm
from tests.deals import Deal
from tests.depth import times

ROWS = times(1500)
PAGE = max(20, min(200, ROWS // 50))
HUAWEI = uuid.UUID(int=7)
FORWARDS = """query ($size: Int!, $at: String) {
  deals(first: $size, after: $at, orderBy: [{field: AMOUNT, direction: DESC}, {field: NAME}]) {
    nodes { id amount } pageInfo { more: hasNextPage at: endCursor } } }"""
BACKWARDS = """query ($size: Int!, $at: String) {
  deals(last: $size, before: $at, orderBy: [{field: AMOUNT, direction: DESC}, {field: NAME}]) {
    nodes { id amount } pageInfo { more: hasPreviousPage at: startCursor } } }"""


def deal(chance: random.Random, name: str) -> Deal:
    """A deal whose place is shared by many: few amounts, some without one, few names."""
    amount = chance.choice([None, *(Decimal(n) / 4 for n in range(8))])
    return Deal(id=kehu.uuid7(), customer_id=HUAWEI, name=name, amount=amount)


async def fill(crm: Crm, chance: random.Random) -> list[uuid.UUID]:
    await crm.store(kehu.Customer(id=HUAWEI, name="Huawei"))
    keys: list[uuid.UUID] = []
    for start in range(0, ROWS, 1000):
        some = [deal(chance, chance.choice("ABC")) for _ in range(min(1000, ROWS - start))]
        await crm.store(*some)
        keys += [one.id for one in some]
    return keys


class Writer:
    """Inserts deals everywhere in the order, and deletes those and the ones with these keys, until it is stopped."""

    def __init__(self, crm: Crm, keys: Sequence[uuid.UUID], seed: int) -> None:
        self.writes, self.stopped, self._wrote = 0, False, asyncio.Event()
        self.task = asyncio.create_task(self._run(crm, list(keys), random.Random(seed)))

    async def _run(self, crm: Crm, mine: list[uuid.UUID], chance: random.Random) -> None:
        while not self.stopped:
            await _write(crm, mine, chance)
            self.writes += 1
            self._wrote.set()
            await asyncio.sleep(0)

    async def another(self) -> None:
        """Wait until it has written once more."""
        self._wrote.clear()
        await asyncio.wait_for(self._wrote.wait(), 30)


async def _write(crm: Crm, mine: list[uuid.UUID], chance: random.Random) -> None:
    async with crm.app.context() as ctx, ctx.write():
        mine += [ctx.add(deal(chance, chance.choice("ABC"))).id for _ in range(5)]
        await ctx.flush()
        chance.shuffle(mine)
        for _ in range(5):
            await ctx.session.delete(await ctx.get(Deal, mine.pop()))


async def read(crm: Crm, document: str, writers: Sequence[Writer]) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    at = None
    while True:
        page = (await crm.ask(document, {"size": PAGE, "at": at}))["deals"]
        nodes += page["nodes"] if document is FORWARDS else page["nodes"][::-1]
        if not page["pageInfo"]["more"]:
            return nodes
        at = page["pageInfo"]["at"]
        for writer in writers:
            await writer.another()


@pytest.mark.parametrize("document", [FORWARDS, BACKWARDS], ids=["forwards", "backwards"])
async def test_nothing_twice_and_nothing_untouched_missing(open_crm: OpenCrm, document: str) -> None:
    crm = await open_crm()
    chance = random.Random(3)
    keys = await fill(crm, chance)
    touched = chance.sample(keys, ROWS // 5)
    writers = [Writer(crm, touched[half::2], half) for half in (0, 1)]

    try:
        nodes = await read(crm, document, writers)
    finally:
        for writer in writers:
            writer.stopped = True
        await asyncio.gather(*(writer.task for writer in writers))

    seen = [node["id"] for node in nodes]
    untouched = {kehu.global_id("Deal", key) for key in set(keys) - set(touched)}
    assert min(writer.writes for writer in writers) >= len(nodes) // PAGE
    assert len(seen) == len(set(seen))
    assert untouched <= set(seen)
    # Largest first and those without an amount at the end; the other way round backwards.
    amounts = [None if node["amount"] is None else Decimal(node["amount"]) for node in nodes]
    in_order = amounts if document is FORWARDS else amounts[::-1]
    assert in_order == sorted(in_order, key=lambda a: (a is None, -(a or 0)))
