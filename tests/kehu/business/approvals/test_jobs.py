"""What time does to approvals: reminders and escalation."""

from __future__ import annotations

from kehu.business.approvals.models import ApprovalDecision, ApprovalStep
from kehu.business.approvals.rules import follow_up_approvals
from tests.crm import reasons
from tests.kehu.business.approvals.conftest import Office
from tests.kehu.conftest import Clock
from tests.kehu.factories import change_refused


async def follow_up(office: Office) -> None:
    async with office.crm.app.context() as ctx, ctx.write():
        await follow_up_approvals(ctx)


async def test_an_approver_is_reminded_again_and_again(office: Office, clock: Clock) -> None:
    await office.rule(office.bo, remind_after_hours=4)
    await office.ask()

    clock.advance(hours=3)
    await follow_up(office)
    assert (await office.step_of(office.bo)).reminded_at is None
    clock.advance(hours=1)
    await follow_up(office)

    step = await office.step_of(office.bo)
    assert step.reminded_at == clock.now
    assert step.remind_at is not None
    assert (step.remind_at - clock.now).total_seconds() == 4 * 3600


async def test_a_step_that_nobody_decides_goes_to_somebody_else(office: Office, clock: Clock) -> None:
    await office.rule(office.bo, escalate_after_hours=24, escalate_to_id=office.cy.id)
    await office.ask()
    step = await office.step_of(office.bo)

    clock.advance(hours=24)
    await follow_up(office)

    assert await office.steps() == {"Cy": "OPEN"}
    assert await office.decisions() == [("ESCALATED", "Nobody decided in time.")]
    assert await office.call("approve", step, office.bo) == ["NOT_FOUND"]
    assert await office.call("approve", step, office.cy) == []


async def test_nothing_escalates_to_who_asked(office: Office, clock: Clock) -> None:
    await office.rule(office.bo, escalate_after_hours=24, escalate_to_id=office.ann.id)
    await office.ask()

    clock.advance(hours=24)
    await follow_up(office)

    assert await office.steps() == {"Bo": "OPEN"}


async def test_what_was_decided_stays(office: Office) -> None:
    await office.rule(office.bo)
    await office.ask()
    await office.call("approve", await office.step_of(office.bo), office.bo)

    [decision] = await office.crm.all(ApprovalDecision)

    errors = await change_refused(office.crm.app, decision, comment="Otherwise.")

    assert reasons(errors) == [("DECISION_STAYS", None, "core")]
    assert [step.status.name for step in await office.crm.all(ApprovalStep)] == ["APPROVED"]
