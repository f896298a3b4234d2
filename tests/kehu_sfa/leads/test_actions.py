"""The verbs of leads through GraphQL, on both databases."""

from __future__ import annotations

import kehu
from kehu_sfa import LeadStatus
from tests.kehu.factories import make_user, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import user
from tests.kehu_sfa.leads.factories import ask, call, codes, done, saved_lead


async def test_a_lead_goes_its_way_from_new_to_qualified(app: kehu.App) -> None:
    lead = await saved_lead(app)

    states = [
        (await call(app, verb, lead))["lead"]["status"] for verb in ("work", "nurture", "work", "qualify")
    ]

    assert states == ["WORKING", "NURTURING", "WORKING", "QUALIFIED"]


async def test_a_refused_verb_says_so_and_changes_nothing(app: kehu.App) -> None:
    lead = await saved_lead(app, status=LeadStatus.DISQUALIFIED, disqualified_reason="SPAM")

    assert codes(await call(app, "qualify", lead)) == [("LEAD_IN_OTHER_STATE", "status")]
    assert (await stored(app, lead)).status is LeadStatus.DISQUALIFIED


async def test_disqualify_keeps_reason_and_note(app: kehu.App) -> None:
    lead = await saved_lead(app)
    shown = "lead { status disqualifiedReason disqualifiedNote }"

    payload = await call(app, "disqualify", lead, 'reason: NO_BUDGET, note: "Next year."', shown=shown)
    assert payload["lead"] == {
        "status": "DISQUALIFIED",
        "disqualifiedReason": "NO_BUDGET",
        "disqualifiedNote": "Next year.",
    }

    payload = await call(app, "reopen", lead, shown=shown)
    assert payload["lead"] == {
        "status": "WORKING",
        "disqualifiedReason": None,
        "disqualifiedNote": None,
    }


async def test_a_verb_reaches_as_far_as_its_grant(app: kehu.App) -> None:
    ann, bob = await make_user(app), await make_user(app, "Bob")
    lead = await saved_lead(app, owner_id=bob.id)
    everybody = kehu.Level.ALL

    assert codes(
        await call(app, "qualify", lead, to=user(ann.id, lead__read=everybody, lead__qualify=kehu.Level.OWN))
    ) == [("FORBIDDEN", None)]
    assert (
        codes(
            await call(
                app, "qualify", lead, to=user(bob.id, lead__read=everybody, lead__qualify=kehu.Level.OWN)
            )
        )
        == []
    )


async def test_overdue_leads_are_those_that_still_wait(app: kehu.App, clock: Clock) -> None:
    late = await saved_lead(app, name="Late")
    answered = await saved_lead(app, name="Answered")
    await done(app, answered, clock.now)
    await saved_lead(app, name="Gone", status=LeadStatus.DISQUALIFIED)
    clock.advance(hours=2)
    await saved_lead(app, name="Fresh")

    found = await ask(app, "{ overdueLeads { totalCount nodes { name isAnswerOverdue answerDueAt } } }")

    assert found["overdueLeads"] == {
        "totalCount": 1,
        "nodes": [{"name": "Late", "isAnswerOverdue": True, "answerDueAt": "2026-03-02T21:00:00Z"}],
    }
    assert (await stored(app, late)).first_answered_at is None


async def test_a_lead_shows_what_passed_between_us(app: kehu.App, clock: Clock) -> None:
    lead = await saved_lead(app)
    await done(app, lead, clock.now, subject="First call")
    await done(app, await saved_lead(app, name="Other"), clock.now)

    document = f"""{{ lead(id: "{kehu.global_id("Lead", lead.id)}") {{
      interactions {{ totalCount nodes {{ subject }} }} }} }}"""
    found = await ask(app, document)

    assert found["lead"]["interactions"] == {"totalCount": 1, "nodes": [{"subject": "First call"}]}
