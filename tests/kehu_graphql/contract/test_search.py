"""Search finds records of every type by what they are called, and only those that one may see."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

import kehu
from kehu import Level
from tests import deals
from tests.crm import Crm, crm_of
from tests.deals import Deal

ANN = kehu.Principal(
    uuid.UUID(int=1), "Ann", grants={"deals.deal:read": Level.OWN, "core.customer:read": Level.ALL}
)
SEARCH = """query ($text: String!, $types: [String!], $first: Int, $after: String) {
  search(text: $text, types: $types, first: $first, after: $after) {
    nodes { __typename id ... on Customer { name } ... on Deal { title: name } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }"""


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(deals.plugin, url=shared_database_url) as crm:
        await crm.store(kehu.User(id=ANN.id, name="Ann"))
        huawei = kehu.Customer(id=kehu.uuid7(), name="深圳华为技术有限公司", legal_name="Huawei Technologies")
        lamps = kehu.Customer(id=kehu.uuid7(), name="Blue Lamp 100%", notes="secret lamp")
        gone = kehu.Customer(id=kehu.uuid7(), name="Old Lamp", archived_at=datetime(2026, 1, 1, tzinfo=UTC))
        await crm.store(huawei, lamps, gone)
        for name, owner in (("灯具采购", ANN.id), ("Lamps", None), ("blue lamps", ANN.id)):
            await crm.store(Deal(id=kehu.uuid7(), name=name, customer_id=huawei.id, owner_id=owner))
        yield crm


async def found(crm: Crm, text: str, to: kehu.Principal = kehu.SYSTEM, **more: Any) -> list[str]:
    nodes = (await crm.ask(SEARCH, {"text": text, **more}, to=to))["search"]["nodes"]
    return [node.get("name") or node.get("title") or node["__typename"] for node in nodes]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("华为", ["深圳华为技术有限公司"]),
        ("采购", ["灯具采购"]),
        ("HUAWEI", ["深圳华为技术有限公司"]),
        ("ｈｕａｗｅｉ", ["深圳华为技术有限公司"]),
        ("huawei 深圳", ["深圳华为技术有限公司"]),
        ("lamp", ["Blue Lamp 100%", "blue lamps", "Lamps"]),
        ("100%", ["Blue Lamp 100%"]),
        ("lamp 华为", []),
        ("%", ["Blue Lamp 100%"]),
        ("secret", []),
        ("ann", ["User"]),
    ],
)
async def test_every_word_must_occur(crm: Crm, text: str, names: list[str]) -> None:
    assert await found(crm, text) == names


async def test_only_what_one_may_see(crm: Crm) -> None:
    assert await found(crm, "lamp", ANN) == ["Blue Lamp 100%", "blue lamps"]
    assert await found(crm, "ann", ANN) == []
    assert await crm.codes(SEARCH, {"text": "lamp"}, to=kehu.ANONYMOUS) == ["UNAUTHENTICATED"]


async def test_only_the_types_that_are_asked_for(crm: Crm) -> None:
    assert await found(crm, "lamp", types=["Deal"]) == ["blue lamps", "Lamps"]
    assert await found(crm, "lamp", types=[]) == []


async def test_pages_have_each_record_once(crm: Crm) -> None:
    names: list[str] = []
    after = None
    for more in (True, True, False):
        answer = (await crm.ask(SEARCH, {"text": "lamp", "first": 1, "after": after}))["search"]
        names += [node.get("name") or node["title"] for node in answer["nodes"]]
        after = answer["pageInfo"]["endCursor"]
        assert (answer["pageInfo"]["hasNextPage"], answer["pageInfo"]["hasPreviousPage"]) == (more, False)
    assert names == ["Blue Lamp 100%", "blue lamps", "Lamps"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": " "}, "BAD_USER_INPUT"),
        ({"text": "x" * 201}, "BAD_USER_INPUT"),
        ({"text": "a\0"}, "BAD_USER_INPUT"),
        ({"text": "a", "types": ["Line"]}, "BAD_USER_INPUT"),
        ({"text": "a", "first": 101}, "BAD_USER_INPUT"),
        ({"text": "a", "after": "garbage"}, "BAD_CURSOR"),
    ],
)
async def test_what_cannot_be_searched_is_refused(crm: Crm, given: dict[str, Any], code: str) -> None:
    assert await crm.codes(SEARCH, given) == [code]
