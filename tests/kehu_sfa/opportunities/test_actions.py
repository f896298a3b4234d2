"""The verbs of an opportunity through GraphQL, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import kehu
from kehu_graphql import Api
from kehu_sfa import Opportunity, Stage
from tests.kehu.factories import changed, make_user, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, history, saved_opportunity, saved_stages, user

ALL = kehu.Level.ALL
PAYLOAD = """{
  opportunity { stage { name category } closedAt closedOn lostReason lostNote version }
  userErrors { code field plugin }
}"""


class Verbs:
    """Calls the verbs of opportunities as somebody."""

    def __init__(self, app: kehu.App) -> None:
        self.api = Api(app)

    async def call(
        self,
        verb: str,
        opportunity: Opportunity,
        arguments: str = "",
        principal: kehu.Principal = kehu.SYSTEM,
    ) -> dict[str, Any]:
        key = kehu.global_id("Opportunity", opportunity.id)
        document = f'mutation {{ {verb}Opportunity(id: "{key}" {arguments}) {PAYLOAD} }}'
        answer = await self.api.execute(document, principal=principal)
        assert "errors" not in answer, answer
        payload: dict[str, Any] = answer["data"][f"{verb}Opportunity"]
        return payload

    async def refused(
        self, verb: str, opportunity: Opportunity, arguments: str = ""
    ) -> list[tuple[str, str]]:
        payload = await self.call(verb, opportunity, arguments)
        assert payload["opportunity"] is None
        return [(error["code"], error["field"]) for error in payload["userErrors"]]


@pytest.fixture
def verbs(app: kehu.App) -> Verbs:
    return Verbs(app)


def stage_argument(stage: Stage) -> str:
    return f'stage: "{kehu.global_id("Stage", stage.id)}"'


async def test_move_to_enters_a_stage(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    opportunity = await saved_opportunity(app, stages.qualified)

    payload = await verbs.call("moveTo", opportunity, stage_argument(stages.proposal))

    assert payload == {
        "opportunity": {
            "stage": {"name": "Proposal", "category": "OPEN"},
            "closedAt": None,
            "closedOn": None,
            "lostReason": None,
            "lostNote": None,
            "version": 2,
        },
        "userErrors": [],
    }


async def test_win_closes_in_the_won_stage_on_the_day_it_is_for_who_wins(
    app: kehu.App, stages: Stages, verbs: Verbs
) -> None:
    ann = await make_user(app)
    opportunity = await saved_opportunity(app, stages.proposal, owner_id=ann.id)
    rights = {"opportunity__read": ALL, "opportunity__win": kehu.Level.OWN, "stage__read": ALL}
    in_shanghai = user(ann.id, time_zone="Asia/Shanghai", **rights)

    payload = await verbs.call("win", opportunity, principal=in_shanghai)

    assert payload["userErrors"] == []
    assert payload["opportunity"]["stage"]["category"] == "WON"
    assert payload["opportunity"]["closedAt"] == "2026-03-02T20:00:00Z"
    assert payload["opportunity"]["closedOn"] == "2026-03-03"
    assert (await history(app, opportunity))[-1].changed_by_id == ann.id


async def test_win_takes_a_day_that_has_been(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)

    payload = await verbs.call("win", opportunity, 'closedOn: "2026-02-27"')

    assert payload["opportunity"]["closedOn"] == "2026-02-27"


async def test_win_refuses_a_day_to_come(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)

    errors = await verbs.refused("win", opportunity, 'closedOn: "2026-03-09"')

    assert errors == [("CLOSED_IN_FUTURE", "closedOn")]
    assert not (await stored(app, opportunity)).is_closed


async def test_lose_records_the_reason(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)

    payload = await verbs.call("lose", opportunity, 'reason: COMPETITOR, note: "They know the buyer."')

    assert payload["userErrors"] == []
    closed = payload["opportunity"]
    assert (closed["stage"]["category"], closed["lostReason"]) == ("LOST", "COMPETITOR")
    assert (closed["lostNote"], closed["closedOn"]) == ("They know the buyer.", "2026-03-02")


async def test_lose_without_a_reason_is_no_valid_document(
    app: kehu.App, stages: Stages, verbs: Verbs
) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)
    key = kehu.global_id("Opportunity", opportunity.id)

    answer = await verbs.api.execute(f'mutation {{ loseOpportunity(id: "{key}") {PAYLOAD} }}')

    assert "reason" in answer["errors"][0]["message"]
    assert not (await stored(app, opportunity)).is_closed


async def test_a_closed_opportunity_cannot_move(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)
    await verbs.call("win", opportunity)

    for verb, arguments in (
        ("moveTo", stage_argument(stages.qualified)),
        ("win", ""),
        ("lose", "reason: PRICE"),
    ):
        assert await verbs.refused(verb, opportunity, arguments) == [("OPPORTUNITY_CLOSED", "stageId")]
    assert (await stored(app, opportunity)).stage_id == stages.won.id


async def test_a_stage_of_another_pipeline_is_refused(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    others = await saved_stages(app, "Service contracts")
    opportunity = await saved_opportunity(app, stages.qualified)

    errors = await verbs.refused("moveTo", opportunity, stage_argument(others.proposal))

    assert errors == [("STAGE_OF_OTHER_PIPELINE", "stageId")]
    assert (await stored(app, opportunity)).stage_id == stages.qualified.id


async def test_reopen_returns_to_the_stage_it_was_closed_from(
    app: kehu.App, stages: Stages, verbs: Verbs, clock: Clock
) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)
    await verbs.call("lose", opportunity, "reason: PRICE")
    clock.advance(days=3)

    payload = await verbs.call("reopen", opportunity)

    assert payload["opportunity"]["stage"]["name"] == "Proposal"
    assert payload["opportunity"]["lostReason"] is None
    spent = [change.seconds_in_stage for change in await history(app, opportunity)]
    assert spent == [0, 3 * 86_400, None]


async def test_reopen_starts_over_where_that_stage_is_gone(
    app: kehu.App, stages: Stages, verbs: Verbs, clock: Clock
) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)
    await verbs.call("win", opportunity)
    await changed(app, stages.proposal, archived_at=clock.now)

    payload = await verbs.call("reopen", opportunity)

    assert payload["opportunity"]["stage"]["name"] == "Qualified"


async def test_an_open_opportunity_cannot_be_reopened(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)

    assert await verbs.refused("reopen", opportunity) == [("OPPORTUNITY_OPEN", "stageId")]


async def test_a_verb_needs_its_own_permission(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    ann, opportunity = await make_user(app), await saved_opportunity(app, stages.proposal)
    reader = user(ann.id, opportunity__read=ALL, opportunity__update=ALL, stage__read=ALL)

    payload = await verbs.call("win", opportunity, principal=reader)

    assert [error["code"] for error in payload["userErrors"]] == ["FORBIDDEN"]
    assert not (await stored(app, opportunity)).is_closed


async def test_a_verb_on_an_old_version_is_a_conflict(app: kehu.App, stages: Stages, verbs: Verbs) -> None:
    opportunity = await saved_opportunity(app, stages.qualified)
    await verbs.call("moveTo", opportunity, stage_argument(stages.proposal))

    assert await verbs.refused("win", opportunity, "version: 1") == [("CONFLICT", "version")]


async def test_a_deal_of_the_past_is_created_through_the_api(stages: Stages, verbs: Verbs) -> None:
    stage = kehu.global_id("Stage", stages.lost.id)
    values = f'name: "Old", stageId: "{stage}", lostReason: NO_BUDGET, closedOn: "2025-11-03"'

    answer = await verbs.api.execute(f"mutation {{ createOpportunity(input: {{ {values} }}) {PAYLOAD} }}")

    payload = answer["data"]["createOpportunity"]
    assert payload["userErrors"] == []
    assert payload["opportunity"]["closedOn"] == date(2025, 11, 3).isoformat()
    assert payload["opportunity"]["lostReason"] == "NO_BUDGET"


async def test_an_update_has_no_field_for_the_stage(verbs: Verbs) -> None:
    declared = verbs.api.sdl.split("input UpdateOpportunityInput {")[1].split("\n}")[0]

    for absent in ("stageId", "pipelineId", "closedAt", "closedOn", "stageEnteredAt"):
        assert f"  {absent}:" not in declared
    assert "  ownerId:" in declared
