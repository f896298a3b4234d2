"""The day of a salesperson and the list of a manager, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import kehu
from kehu.crm.interactions.models import InteractionDirection, InteractionParticipant
from kehu.platform.identity.models import Team, User
from kehu_graphql import Api
from tests.kehu.factories import make_user, saved
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity
from tests.kehu_sfa.leads.factories import ask, saved_lead

MY_DAY = """{ myDay {
  overdue { subject } today { subject } tomorrow { subject } calls { subject }
  nextSteps { name } rotting { name } withoutNextStep { name } leadsToAnswer { name }
} }"""
EVERYTHING = {"*": kehu.Level.ALL}


async def planned(app: kehu.App, owner: User, subject: str, at: datetime, **values: Any) -> kehu.Interaction:
    customer = await saved(app, kehu.Customer(name=subject))
    return await saved(
        app,
        kehu.Interaction(
            **{
                "subject": subject,
                "kind": "VISIT",
                "customer_id": customer.id,
                "owner_id": owner.id,
                "planned_for": at,
                **values,
            }
        ),
    )


def names(shown: dict[str, Any]) -> dict[str, list[str]]:
    return {
        part: [record.get("subject") or record["name"] for record in found] for part, found in shown.items()
    }


async def test_my_day_is_what_waits_for_me_where_i_am(app: kehu.App, stages: Stages, clock: Clock) -> None:
    ann, bob = await make_user(app), await make_user(app, "Bob")
    # 20:00 UTC on Monday is 4:00 on Tuesday in Shanghai.
    tuesday = datetime(2026, 3, 2, 16, tzinfo=UTC)
    await planned(app, ann, "Yesterday", tuesday - timedelta(minutes=1))
    await planned(app, ann, "Late today", tuesday + timedelta(hours=1), due_at=clock.now - timedelta(hours=1))
    await planned(app, ann, "Call today", tuesday + timedelta(hours=18), kind="CALL")
    await planned(app, ann, "Tomorrow", tuesday + timedelta(hours=24))
    await planned(app, ann, "Next week", tuesday + timedelta(days=7))
    await planned(app, bob, "Bob's", tuesday)
    joint = await planned(app, bob, "Together", tuesday + timedelta(hours=2))
    await saved(app, InteractionParticipant(interaction_id=joint.id, user_id=ann.id))
    mine = {"owner_id": ann.id}
    due = {"next_step": "Call", "next_step_on": date(2026, 3, 3)}
    later = {"next_step": "Call", "next_step_on": date(2026, 3, 4)}
    await saved_opportunity(app, stages.qualified, name="Due", **mine, **due)
    await saved_opportunity(app, stages.qualified, name="Later", **mine, **later)
    await saved_opportunity(app, stages.qualified, name="Adrift", next_step="Call", **mine)
    await saved_opportunity(app, stages.qualified, name="Bob's", owner_id=bob.id)
    await saved_lead(app, name="Hot", **mine)
    await saved_lead(app, name="Bob's", owner_id=bob.id)
    me = kehu.Principal(ann.id, "Ann", grants=EVERYTHING, time_zone="Asia/Shanghai")

    shown = names((await ask(app, MY_DAY, to=me))["myDay"])

    assert shown == {
        "overdue": ["Yesterday", "Late today"],
        "today": ["Together", "Call today"],
        "tomorrow": ["Tomorrow"],
        "calls": ["Call today"],
        "nextSteps": ["Due"],
        "rotting": [],
        "withoutNextStep": ["Adrift"],
        "leadsToAnswer": ["Hot"],
    }
    clock.advance(days=31)
    assert names((await ask(app, MY_DAY, to=me))["myDay"])["rotting"] == ["Due", "Later", "Adrift"]


async def test_nobody_has_no_day(app: kehu.App) -> None:
    answer = await Api(app).execute(MY_DAY, principal=kehu.ANONYMOUS)

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


COACHING = """{ coachingList(days: 7) {
  user { name } openDeals withoutNextStep rotting overdueInteractions doneInteractions unansweredLeads
} }"""


async def test_the_coaching_list_begins_with_who_needs_help(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    team, other = await saved(app, Team(name="Sales")), await saved(app, Team(name="Service"))
    ann, bob = await make_user(app, team=team), await make_user(app, "Bob", team=team)
    cem = await make_user(app, "Cem", team=other)
    await saved_opportunity(app, stages.qualified, name="Old", owner_id=bob.id)
    clock.advance(days=31)
    planned_step = {"next_step": "Call", "next_step_on": date(2026, 4, 20)}
    await saved_opportunity(app, stages.qualified, name="Fine", owner_id=ann.id, **planned_step)
    await saved_opportunity(app, stages.qualified, name="Not ours", owner_id=cem.id)
    await planned(app, bob, "Late", clock.now, due_at=clock.now - timedelta(hours=1))
    happened = {"status": kehu.InteractionStatus.DONE, "direction": InteractionDirection.OUT}
    await planned(app, ann, "Call", clock.now, **happened, started_at=clock.now - timedelta(days=1))
    await planned(app, ann, "Long ago", clock.now, **happened, started_at=clock.now - timedelta(days=9))
    await saved_lead(app, owner_id=bob.id)
    clock.advance(hours=2)
    boss = kehu.Principal(kehu.uuid7(), "Boss", teams=(team.id,), subtree=(team.id,), grants=EVERYTHING)

    rows = (await ask(app, COACHING, to=boss))["coachingList"]

    assert [list(row.values()) for row in rows] == [
        [{"name": "Bob"}, 1, 1, 1, 1, 0, 1],
        [{"name": "Ann"}, 1, 0, 0, 0, 1, 0],
    ]
    everybody = (await ask(app, COACHING))["coachingList"]
    assert [row["user"]["name"] for row in everybody] == ["Bob", "Cem", "Ann"]
