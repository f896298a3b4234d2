"""An action on many records: all or nothing, or each for itself, under the rights that the action of one needs."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

import kehu
from kehu import Level
from kehu.platform.audit.models import AuditEntry
from tests.crm import Crm, OpenCrm
from tests.deals import Deal

HUAWEI = uuid.UUID(int=7)
LEA = kehu.Principal(
    uuid.UUID(int=101),
    "Lea",
    grants={"core.customer:read": Level.ALL, "deals.deal:read": Level.ALL, "deals.deal:win": Level.OWN},
)
WIN = """mutation ($ids: [ID!]!, $atomic: Boolean! = true) {
  deals: winDeals(ids: $ids, atomic: $atomic) {
    results { index deal { stage } userErrors { code field } } userErrors { code field } } }"""
RENAME = """mutation ($ids: [ID!]!) {
  deals: renameDeals(ids: $ids, name: "Same") { results { deal { name } } userErrors { code } } }"""


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    plugin = kehu.Plugin("naming", requires=["core", "deals"])

    @plugin.action(Deal)
    async def rename(deal: Deal, name: str) -> None:
        """Give it another name."""
        deal.name = name

    @plugin.action(Deal)
    async def spell(deal: Deal) -> str:
        """Letter by letter."""
        return " ".join(deal.name)

    crm = await open_crm(plugin)
    await crm.store(kehu.Customer(id=HUAWEI, name="Huawei"), kehu.User(id=LEA.id, name="Lea"))
    return crm


async def made(crm: Crm, *stages: str, owner: uuid.UUID | None = None) -> list[str]:
    deals = [Deal(id=kehu.uuid7(), name=s, stage=s, customer_id=HUAWEI, owner_id=owner) for s in stages]
    await crm.store(*deals)
    return [kehu.global_id("Deal", deal.id) for deal in deals]


async def stages(crm: Crm) -> list[str]:
    return [deal.stage for deal in await crm.all(Deal)]


async def win(crm: Crm, ids: list[str], to: kehu.Principal = kehu.SYSTEM, **more: Any) -> Any:
    return (await crm.ask(WIN, {"ids": ids, **more}, to=to))["deals"]


async def test_all_are_acted_on_with_the_same_arguments(crm: Crm) -> None:
    ids = await made(crm, "OPEN", "OPEN")
    assert await win(crm, ids) == {
        "results": [{"index": at, "deal": {"stage": "WON"}, "userErrors": []} for at in (0, 1)],
        "userErrors": [],
    }
    renamed = (await crm.ask(RENAME, {"ids": ids}))["deals"]
    assert renamed["results"] == [{"deal": {"name": "Same"}}] * 2
    trail = await crm.all(AuditEntry, AuditEntry.entity == "Deal")
    assert [entry.operation.name for entry in trail].count("UPDATE") == 4


async def test_one_that_refuses_leaves_all_as_they_were(crm: Crm) -> None:
    answer = await win(crm, await made(crm, "OPEN", "LOST", "OPEN"))
    assert answer["userErrors"] == [{"code": "DEAL_CLOSED", "field": "ids.1"}]
    assert await stages(crm) == ["OPEN", "LOST", "OPEN"]


async def test_each_for_itself_leaves_only_the_refused_ones(crm: Crm) -> None:
    answer = await win(crm, await made(crm, "OPEN", "LOST", "OPEN"), atomic=False)
    assert await stages(crm) == ["WON", "LOST", "WON"]
    assert [r["userErrors"] for r in answer["results"]] == [
        [],
        [{"code": "DEAL_CLOSED", "field": "stage"}],
        [],
    ]
    assert [r["deal"] and r["deal"]["stage"] for r in answer["results"]] == ["WON", None, "WON"]


async def test_only_records_that_the_right_reaches(crm: Crm) -> None:
    mine, others = await made(crm, "OPEN", owner=LEA.id), await made(crm, "OPEN")
    refused = await win(crm, mine + others, LEA)
    assert refused["userErrors"] == [{"code": "FORBIDDEN", "field": "ids.1"}]
    assert await stages(crm) == ["OPEN", "OPEN"]
    assert (await win(crm, mine, LEA))["userErrors"] == []
    assert await crm.codes(WIN, {"ids": mine}, to=kehu.ANONYMOUS) == ["UNAUTHENTICATED"]


async def test_an_action_with_a_result_of_its_own_has_no_plural(crm: Crm) -> None:
    assert "spellDeal(" in crm.api.sdl
    assert "spellDeals(" not in crm.api.sdl
