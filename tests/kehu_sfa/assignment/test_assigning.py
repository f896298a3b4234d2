"""Leads find their owner by the rules, on both databases."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import anyio
import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Membership, Team, User
from kehu_sfa import (
    Absence,
    AssignmentMethod,
    AssignmentRule,
    Lead,
    LeadAssignment,
    LeadCapacity,
    LeadPolicy,
    LeadStatus,
)
from kehu_sfa.assignment.jobs import recycle_leads
from tests.crm import reasons
from tests.kehu.factories import changed, refused, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import user
from tests.kehu_sfa.leads.factories import call, codes, done, saved_lead

ALL = kehu.Level.ALL


@dataclasses.dataclass(frozen=True)
class Crew:
    """A team of three, and nobody else."""

    team: Team
    people: Sequence[User]

    def names(self, *leads: Lead) -> list[str | None]:
        known = {person.id: person.name for person in self.people}
        return [known.get(lead.owner_id) if lead.owner_id else None for lead in leads]


@pytest.fixture
async def crew(app: kehu.App) -> Crew:
    team = await saved(app, Team(name="Inside sales"))
    people = [await saved(app, User(name=name)) for name in ("Ann", "Bob", "Cem")]
    for person in people:
        await saved(app, Membership(user_id=person.id, team_id=team.id))
    return Crew(team, people)


async def saved_rule(app: kehu.App, name: str = "All", position: int = 10, **values: Any) -> AssignmentRule:
    return await saved(app, AssignmentRule(name=name, position=position, **values))


async def traces(app: kehu.App, lead: Lead) -> list[str]:
    found = sa.select(LeadAssignment.trace).where(LeadAssignment.lead_id == lead.id)
    async with app.context() as ctx:
        return list(await ctx.session.scalars(found.order_by(LeadAssignment.id)))


async def test_each_of_a_team_gets_a_lead_in_turn(app: kehu.App, crew: Crew) -> None:
    await saved_rule(app, to_team_id=crew.team.id)

    leads = [await saved_lead(app) for _ in range(4)]

    assert crew.names(*leads) == ["Ann", "Bob", "Cem", "Ann"]
    assert {lead.team_id for lead in leads} == {crew.team.id}
    assert await traces(app, leads[1]) == ["Rule 10 All: round robin gives it to Bob."]


async def test_leads_of_one_transaction_are_shared_out_too(app: kehu.App, crew: Crew) -> None:
    for position, method in enumerate(AssignmentMethod):
        await saved_rule(
            app, method.name, position, to_team_id=crew.team.id, method=method, source=method.name
        )

    for method in AssignmentMethod:
        async with app.context() as ctx, ctx.write():
            leads = [ctx.add(Lead(name=f"Lead {n}", source=method.name)) for n in range(6)]

        assert Counter(crew.names(*leads)) == {"Ann": 2, "Bob": 2, "Cem": 2}


async def test_who_comes_at_the_same_time_goes_to_different_people(app: kehu.App, crew: Crew) -> None:
    await saved_rule(app, to_team_id=crew.team.id)
    leads: list[Lead] = []

    async def come_in() -> None:
        leads.append(await saved_lead(app))

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(come_in)

    assert Counter(crew.names(*leads)) == {"Ann": 2, "Bob": 2, "Cem": 2}


async def test_the_first_rule_that_applies_and_finds_somebody_decides(app: kehu.App, crew: Crew) -> None:
    ann, bob, cem = crew.people
    await saved_rule(app, "China", 10, country="CN", to_user_id=ann.id)
    await saved_rule(app, "Fair", 20, source="fair", to_user_id=bob.id)
    await saved_rule(app, "Rest", 30, to_user_id=cem.id)
    await saved(app, Absence(user_id=ann.id, from_on=date(2026, 3, 1), until_on=date(2026, 3, 2)))
    await saved(app, LeadCapacity(user_id=bob.id, most_open_leads=1))

    first = await saved_lead(app, country="CN", source="Fair")
    second = await saved_lead(app, source="fair")

    assert crew.names(first, second) == ["Bob", "Cem"]
    assert await traces(app, first) == [
        "Rule 10 China: nobody can take it (Ann is away). Rule 20 Fair: round robin gives it to Bob."
    ]
    assert await traces(app, second) == [
        "Rule 20 Fair: nobody can take it (Bob has 1 of 1). Rule 30 Rest: round robin gives it to Cem."
    ]


async def test_a_lead_that_no_rule_wants_stays_nobodys(app: kehu.App, crew: Crew) -> None:
    await saved_rule(app, country="CN", to_team_id=crew.team.id)

    lead = await saved_lead(app, country="CH")

    assert lead.owner_id is None
    assert await traces(app, lead) == ["No rule found anybody; it stays where it was."]


async def test_who_enters_a_lead_keeps_it_unless_the_rules_are_asked(app: kehu.App, crew: Crew) -> None:
    await saved_rule(app, to_team_id=crew.team.id)
    cem = kehu.Principal(crew.people[2].id, "Cem", grants={"*": ALL})
    async with app.context(cem) as ctx, ctx.write():
        own, handed = ctx.add(Lead(name="Own")), ctx.add(Lead(name="Handed", assign_by_rules=True))

    assert crew.names(own, handed) == ["Cem", "Ann"]
    assert await traces(app, own) == []


async def test_a_lead_is_given_by_hand_for_a_reason(app: kehu.App, crew: Crew) -> None:
    lead = await saved_lead(app, owner_id=crew.people[0].id)
    bob = kehu.global_id("User", crew.people[1].id)

    assert codes(await call(app, "reassign", lead, f'owner: "{bob}", reason: "Knows them."')) == []

    assert crew.names(await stored(app, lead)) == ["Bob"]
    assert await traces(app, lead) == ["system gives it to Bob: Knows them."]


async def test_whoever_is_first_takes_a_lead_that_nobody_has(app: kehu.App, crew: Crew) -> None:
    lead = await saved_lead(app, team_id=crew.team.id)
    ann, bob = (user(person.id, lead__read=ALL, lead__take=ALL) for person in crew.people[:2])

    assert codes(await call(app, "take", lead, to=ann)) == []
    assert codes(await call(app, "take", lead, to=bob)) == [("LEAD_TAKEN", "ownerId")]
    assert crew.names(await stored(app, lead)) == ["Ann"]


async def test_a_lead_nobody_works_on_goes_to_somebody_else(app: kehu.App, crew: Crew, clock: Clock) -> None:
    await saved_rule(app, to_team_id=crew.team.id)
    await saved(app, LeadPolicy(recycle_after_days=10))
    idle, worked, nurtured = [await saved_lead(app) for _ in range(3)]
    await call(app, "nurture", nurtured)
    clock.advance(days=9)
    await done(app, worked, clock.now)
    clock.advance(days=1)

    async with app.context() as ctx:
        await recycle_leads(ctx)
        await recycle_leads(ctx)

    assert crew.names(*[await stored(app, one) for one in (idle, worked, nurtured)]) == ["Bob", "Bob", "Cem"]
    assert (await stored(app, idle)).status is LeadStatus.NEW
    assert (await traces(app, idle))[1:] == [
        "Nobody worked on it for 10 days. Rule 10 All: round robin gives it to Bob."
    ]


async def test_without_a_policy_nothing_is_recycled(app: kehu.App, crew: Crew, clock: Clock) -> None:
    await saved_rule(app, to_team_id=crew.team.id)
    lead = await saved_lead(app)
    clock.advance(days=400)

    async with app.context() as ctx:
        await recycle_leads(ctx)

    assert crew.names(await stored(app, lead)) == ["Ann"]


async def test_rules_capacities_and_absences_make_sense(app: kehu.App, crew: Crew) -> None:
    ann = crew.people[0]
    both = AssignmentRule(name="Both", position=1, to_user_id=ann.id, to_team_id=crew.team.id)
    nowhere = AssignmentRule(name="Nowhere", position=1, to_user_id=ann.id, country="ZZ")
    backwards = Absence(user_id=ann.id, from_on=date(2026, 3, 2), until_on=date(2026, 3, 1))

    assert reasons(await refused(app, both)) == [("REQUIRED", "toTeamId", "sfa")]
    assert reasons(await refused(app, nowhere)) == [("UNKNOWN_COUNTRY", "country", "sfa")]
    assert reasons(await refused(app, backwards)) == [("OUT_OF_RANGE", "untilOn", "sfa")]
    assert reasons(await refused(app, LeadCapacity(user_id=ann.id, most_open_leads=-1))) == [
        ("OUT_OF_RANGE", "mostOpenLeads", "sfa")
    ]


async def test_a_rule_out_of_use_is_not_tried(app: kehu.App, crew: Crew) -> None:
    rule = await saved_rule(app, to_team_id=crew.team.id)
    await changed(app, rule, is_active=False)

    assert (await saved_lead(app)).owner_id is None
