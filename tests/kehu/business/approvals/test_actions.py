"""Approvals as another plugin uses them: in order, parallel, delegated, withdrawn, and never of one's own."""

from __future__ import annotations

import asyncio

import pytest

import kehu
from kehu.business.approvals.models import ApprovalRule
from tests.crm import reasons
from tests.kehu.business.approvals.conftest import KIND, Office


async def test_steps_of_one_position_are_asked_together_and_all_must_agree(office: Office) -> None:
    await office.rule(office.bo)
    await office.rule(office.cy)
    await office.ask()

    assert await office.steps() == {"Bo": "OPEN", "Cy": "OPEN"}
    assert await office.call("approve", await office.step_of(office.bo), office.bo) == []
    assert (await office.status(), await office.stage()) == ("PENDING", "OPEN")
    assert await office.call("approve", await office.step_of(office.cy), office.cy) == []
    assert (await office.status(), await office.stage()) == ("APPROVED", "WON")
    assert await office.decisions() == [("APPROVED", "Because.")] * 2


async def test_steps_of_a_higher_position_wait_for_those_below(office: Office) -> None:
    await office.rule(office.bo, 10)
    await office.rule(office.cy, 20)
    await office.ask()

    assert await office.steps() == {"Bo": "OPEN", "Cy": "WAITING"}
    assert await office.call("approve", await office.step_of(office.cy), office.cy) == ["APPROVAL_CLOSED"]
    assert await office.call("approve", await office.step_of(office.bo), office.bo) == []
    assert await office.steps() == {"Bo": "APPROVED", "Cy": "OPEN"}


async def test_one_rejection_ends_the_request(office: Office) -> None:
    await office.rule(office.bo)
    await office.rule(office.cy)
    await office.ask()

    assert await office.call("reject", await office.step_of(office.bo), office.bo) == []

    assert (await office.status(), await office.stage()) == ("REJECTED", "OPEN")
    assert await office.steps() == {"Bo": "REJECTED", "Cy": "CANCELLED"}


async def test_only_rules_whose_limit_is_passed_are_asked(office: Office) -> None:
    await office.rule(office.bo, above=10)
    await office.rule(office.cy, above=20)
    await office.rule(office.di, is_active=False)
    await office.ask(percent=20)

    assert await office.steps() == {"Bo": "OPEN"}


async def test_kehu_approval_rules_lets_a_plugin_ask_somebody_more(office: Office) -> None:
    await office.rule(office.bo)
    await office.ask(percent=51)

    assert await office.steps() == {"Bo": "OPEN", "Di": "WAITING"}
    assert (await office.step_of(office.di)).rule_id is None


async def test_nobody_approves_his_own(office: Office) -> None:
    await office.rule(office.ann)
    await office.ask()

    assert await office.call("approve", await office.step_of(office.ann), office.ann) == ["OWN_APPROVAL"]
    assert await office.status() == "PENDING"


async def test_only_who_is_asked_decides(office: Office) -> None:
    await office.rule(office.bo)
    await office.ask()
    step = await office.step_of(office.bo)

    key = kehu.global_id("ApprovalStep", step.id)
    document = f'mutation {{ approveApprovalStep(id: "{key}", comment: "x") {{ userErrors {{ code }} }} }}'
    seen = await office.crm.ask(document, to=office.as_(office.cy))
    system = await office.crm.ask(document)

    assert seen["approveApprovalStep"]["userErrors"] == [{"code": "NOT_FOUND"}]
    assert system["approveApprovalStep"]["userErrors"] == [{"code": "NOT_APPROVER"}]


async def test_a_decision_says_why(office: Office) -> None:
    await office.rule(office.bo)
    await office.ask()
    step = await office.step_of(office.bo)

    assert await office.call("approve", step, office.bo, 'comment: " "') == ["COMMENT_MISSING"]
    assert await office.steps() == {"Bo": "OPEN"}


async def test_a_delegate_decides_instead(office: Office) -> None:
    await office.rule(office.bo)
    await office.ask()
    step = await office.step_of(office.bo)
    to_ann, to_cy = (f'to: "{kehu.global_id("User", each.id)}"' for each in (office.ann, office.cy))

    assert await office.call("delegate", step, office.bo, to_ann) == ["OWN_APPROVAL"]
    assert await office.call("delegate", step, office.bo, to_cy) == []
    assert await office.call("approve", step, office.cy) == []

    assert await office.status() == "APPROVED"
    assert [kind for kind, _ in await office.decisions()] == ["DELEGATED", "APPROVED"]


async def test_who_asked_withdraws(office: Office) -> None:
    await office.rule(office.bo)
    request = await office.ask()
    key = kehu.global_id("ApprovalRequest", request.id)
    document = f'mutation {{ withdrawApprovalRequest(id: "{key}") {{ userErrors {{ code }} }} }}'

    refused = await office.crm.ask(document, to=office.as_(office.bo))
    await office.crm.ask(document, to=office.as_(office.ann))

    assert refused["withdrawApprovalRequest"]["userErrors"] == [{"code": "NOT_APPROVER"}]
    assert (await office.status(), await office.steps()) == ("WITHDRAWN", {"Bo": "CANCELLED"})
    assert await office.call("approve", await office.step_of(office.bo), office.bo) == ["APPROVAL_CLOSED"]


async def test_a_request_without_a_rule_is_refused(office: Office) -> None:
    with pytest.raises(kehu.Refusal) as refusal:
        await office.ask()

    assert [error.code for error in refusal.value.errors] == ["NO_APPROVER"]


async def test_of_two_decisions_at_the_same_time_one_counts(office: Office) -> None:
    await office.rule(office.bo)
    await office.ask()
    step = await office.step_of(office.bo)

    codes = await asyncio.gather(
        office.call("approve", step, office.bo), office.call("reject", step, office.bo)
    )

    assert sorted(codes) == [[], ["APPROVAL_CLOSED"]]
    assert len(await office.decisions()) == 1


async def test_two_parallel_steps_decided_at_the_same_time_complete_once(office: Office) -> None:
    await office.rule(office.bo)
    await office.rule(office.cy)
    await office.ask()
    steps = [(await office.step_of(person), person) for person in (office.bo, office.cy)]

    codes = await asyncio.gather(*(office.call("approve", step, person) for step, person in steps))

    assert codes == [[], []]
    assert (await office.status(), await office.stage()) == ("APPROVED", "WON")


async def test_a_rule_asks_one_user_role_or_team(office: Office) -> None:
    with pytest.raises(kehu.Refusal) as refusal:
        await office.crm.store(ApprovalRule(name="Nobody", kind=KIND))

    assert reasons(refusal.value.errors) == [("IMPOSSIBLE_APPROVAL_RULE", "approverId", "core")]
