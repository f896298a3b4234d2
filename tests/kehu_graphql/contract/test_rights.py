"""What the viewer may do: with a type, and with each record, asked of many at once."""

from __future__ import annotations

from typing import Any

import pytest

import kehu
from kehu import Level
from tests.crm import Crm, OpenCrm
from tests.kehu_graphql.access import firm
from tests.kehu_graphql.access.firm import DEALS, LEA, lea, reaches

ALL = {"core__customer__read": Level.ALL, "deals__deal__read": Level.ALL}
CAN = "{ deals(first: 30) { nodes { id can { update delete win } } } }"


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    crm = await open_crm()
    await firm.found(crm)
    return crm


async def rights(crm: Crm, to: kehu.Principal) -> dict[str, Any]:
    return {node["id"]: node["can"] for node in (await crm.ask(CAN, to=to))["deals"]["nodes"]}


@pytest.mark.parametrize("level", Level)
async def test_each_record_tells_what_may_be_done_with_it(crm: Crm, level: Level) -> None:
    found = await rights(
        crm, lea(**ALL, deals__deal__update=level, deals__deal__delete=Level.OWN, deals__deal__win=level)
    )

    assert len(found) == len(DEALS)
    for row in DEALS:
        reach = reaches(level, row)
        assert found[kehu.global_id("Deal", row.id)] == {
            "update": reach,
            "delete": row.owner == LEA.id,
            "win": reach,
        }


async def test_what_is_told_is_what_happens(crm: Crm) -> None:
    principal = lea(**ALL, deals__deal__update=Level.TEAM)
    told = await rights(crm, principal)
    document = 'mutation ($id: ID!) { updateDeal(input: {id: $id, name: "x"}) { userErrors { code } } }'
    for key, can in told.items():
        answer = await crm.ask(document, {"id": key}, to=principal)
        assert (answer["updateDeal"]["userErrors"] == []) is can["update"]


@pytest.mark.parametrize(("level", "statements"), [(Level.NONE, 1), (Level.OWN, 2), (Level.ALL, 1)])
async def test_rights_of_many_records_cost_one_statement_at_most(
    crm: Crm, level: Level, statements: int
) -> None:
    principal = lea(**ALL, deals__deal__update=level, deals__deal__delete=level, deals__deal__win=level)
    await rights(crm, principal)
    before = len(crm.statements)

    await rights(crm, principal)

    assert len(crm.statements) - before == statements


async def test_the_viewer_has_rights_for_each_type(crm: Crm) -> None:
    principal = lea(**ALL, deals__deal__update=Level.OWN, deals__deal__win=Level.TEAM)
    document = "{ viewer { user { name } rights { type read create update delete actions } } }"

    found = (await crm.ask(document, to=principal))["viewer"]

    assert found["user"] == {"name": "Lea"}
    of_type = {right.pop("type"): right for right in found["rights"]}
    assert set(of_type) == set(crm.app.composition.by_name)
    nothing = {"read": "NONE", "create": "NONE", "update": "NONE", "delete": "NONE", "actions": []}
    assert of_type["Deal"] == nothing | {"read": "ALL", "update": "OWN", "actions": ["win"]}
    assert of_type["Customer"] == nothing | {"read": "ALL"}
    assert of_type["Line"] == nothing
