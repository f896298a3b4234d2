"""Exit criteria, rotting, clones and parts, on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import kehu
from kehu_graphql import Api
from kehu_sfa import OpportunityLine
from tests.crm import reasons
from tests.kehu.factories import change_refused, changed, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity

MOVE = """mutation($id: ID!, $stage: ID!) {
  moveToOpportunity(id: $id, stage: $stage) { opportunity { stage { name } } userErrors { code field message } }
}"""


async def ask(app: kehu.App, document: str, **variables: Any) -> Any:
    answer = await Api(app).execute(document, variables)
    assert "errors" not in answer, answer
    return answer["data"]


def gid(record: kehu.Entity) -> str:
    return kehu.global_id(type(record).__name__, record.id)


async def test_an_opportunity_stays_until_the_exit_criteria_are_met(app: kehu.App, stages: Stages) -> None:
    await changed(app, stages.qualified, exit_criteria=["amount", "expectedCloseOn", "customer"])
    deal = await saved_opportunity(app, stages.qualified, amount=Decimal(1), currency="EUR")

    moved = await ask(app, MOVE, id=gid(deal), stage=gid(stages.proposal))

    errors = moved["moveToOpportunity"]["userErrors"]
    assert [(error["code"], error["field"]) for error in errors] == [
        ("EXIT_CRITERIA_UNMET", "expectedCloseOn"),
        ("EXIT_CRITERIA_UNMET", "customer"),
    ]
    assert errors[0]["message"] == "New press needs Expected close on before it goes on from Qualified."
    assert (await stored(app, deal)).stage_id == stages.qualified.id


async def test_met_criteria_let_it_go_and_putting_on_hold_needs_none(app: kehu.App, stages: Stages) -> None:
    await changed(app, stages.qualified, exit_criteria=["expectedCloseOn"])
    deal = await saved_opportunity(app, stages.qualified, expected_close_on=date(2026, 5, 1))
    other = await saved_opportunity(app, stages.qualified)

    moved = await ask(app, MOVE, id=gid(deal), stage=gid(stages.proposal))
    held = await ask(app, MOVE, id=gid(other), stage=gid(stages.on_hold))

    assert moved["moveToOpportunity"]["opportunity"] == {"stage": {"name": "Proposal"}}
    assert held["moveToOpportunity"]["opportunity"] == {"stage": {"name": "On hold"}}


async def test_exit_criteria_are_fields_of_opportunities(app: kehu.App, stages: Stages) -> None:
    errors = await change_refused(app, stages.qualified, exit_criteria=["amount", "budget"])

    assert reasons(errors) == [("UNKNOWN_FIELD", "exitCriteria", "sfa")]


async def test_a_deal_rots_once_it_stays_longer_than_its_stage_allows(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    await saved_opportunity(app, stages.qualified, name="Rots")
    await saved_opportunity(app, stages.proposal, name="Waits")
    document = (
        "{ opportunities(orderBy: [{field: NAME}]) { nodes { name isRotting } } rottingDeals { totalCount } }"
    )

    clock.advance(days=30)
    before = await ask(app, document)
    clock.advance(seconds=1)
    after = await ask(app, document)

    waits = {"name": "Waits", "isRotting": False}
    assert before["opportunities"]["nodes"] == [{"name": "Rots", "isRotting": False}, waits]
    assert after["opportunities"]["nodes"] == [{"name": "Rots", "isRotting": True}, waits]
    assert (before["rottingDeals"], after["rottingDeals"]) == ({"totalCount": 0}, {"totalCount": 1})


async def test_copies_expect_no_decision_of_days_gone_by(app: kehu.App, stages: Stages) -> None:
    late, due = date(2026, 3, 1), date(2026, 3, 2)
    deals = [
        await saved_opportunity(
            app, stages.qualified, amount=Decimal(9), currency="EUR", expected_close_on=expected
        )
        for expected in (late, due)
    ]
    document = """mutation($id: ID!) {
      cloned: cloneOpportunity(id: $id) { result { opportunity { expectedCloseOn } } userErrors { code } }
      part: splitOpportunity(id: $id, name: "Part", amount: "1") {
        result { opportunity { expectedCloseOn } } userErrors { code }
      }
    }"""

    made = [await ask(app, document, id=gid(deal)) for deal in deals]

    assert made == [
        {
            verb: {"result": {"opportunity": {"expectedCloseOn": expected}}, "userErrors": []}
            for verb in ("cloned", "part")
        }
        for expected in (None, "2026-03-02")
    ]


async def test_a_clone_begins_anew_with_the_same_lines(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.proposal, currency="EUR")
    await saved(app, OpportunityLine(opportunity_id=deal.id, quantity=Decimal(2), unit_price=Decimal(50)))

    made = await ask(
        app,
        """mutation($id: ID!) { cloneOpportunity(id: $id, name: "Again") {
          result { opportunity {
            name amount stage { name } origin { id } lines { nodes { quantity amount } }
          } }
          userErrors { code }
        } }""",
        id=gid(deal),
    )

    assert made["cloneOpportunity"] == {
        "result": {
            "opportunity": {
                "name": "Again",
                "amount": "100",
                "stage": {"name": "Qualified"},
                "origin": {"id": gid(deal)},
                "lines": {"nodes": [{"quantity": "2", "amount": "100"}]},
            }
        },
        "userErrors": [],
    }


SPLIT = """mutation($id: ID!, $amount: Decimal, $lines: [ID!]) {
  splitOpportunity(id: $id, name: "Part", amount: $amount, lines: $lines) {
    opportunity { amount } result { opportunity { amount stage { name } } } userErrors { code field }
  }
}"""


async def test_a_part_takes_its_amount_from_the_whole(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.proposal, amount=Decimal(100), currency="EUR")

    made = (await ask(app, SPLIT, id=gid(deal), amount="30"))["splitOpportunity"]
    refused = (await ask(app, SPLIT, id=gid(deal), amount="70"))["splitOpportunity"]

    assert made == {
        "opportunity": {"amount": "70"},
        "result": {"opportunity": {"amount": "30", "stage": {"name": "Proposal"}}},
        "userErrors": [],
    }
    assert refused["userErrors"] == [{"code": "NOTHING_TO_SPLIT", "field": "amount"}]


async def test_a_part_takes_its_lines_along(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.proposal, currency="EUR")
    lines = [
        await saved(app, OpportunityLine(opportunity_id=deal.id, quantity=Decimal(n), unit_price=Decimal(10)))
        for n in (1, 2, 3)
    ]

    made = (await ask(app, SPLIT, id=gid(deal), lines=[gid(lines[0]), gid(lines[2])]))["splitOpportunity"]

    assert (made["opportunity"]["amount"], made["result"]["opportunity"]["amount"]) == ("20", "40")
