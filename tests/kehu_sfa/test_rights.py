"""What the predefined roles may do with sales: people with these roles and no others, through the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.audit.models import AuditEntry
from kehu.platform.identity.models import Role, RoleAssignment
from kehu.platform.identity.principals import principal_of
from kehu.platform.identity.roles import ensure_roles
from kehu_graphql import Api
from kehu_sfa import Opportunity, OpportunityLine, Quota
from kehu_sfa.periods import PeriodKind
from tests.kehu.factories import make_user, saved, stored
from tests.kehu_sfa.factories import Stages, saved_opportunity

SEEN = """{
  opportunities { nodes { name lines { nodes { amount unitCost marginAmount } } } }
  quotas { totalCount }
  forecastReport(on: "2026-03-31") { owner { name } forecast { pipeline } }
  pipelineReport(by: OWNER) { label amount }
}"""


class Firm:
    """Emma sells on the coast, Mia in the south, James leads the north with the coast below it."""

    def __init__(self, app: kehu.App) -> None:
        self.app, self.api = app, Api(app)
        self.people: dict[str, kehu.Principal] = {}
        self.deals: dict[str, Opportunity] = {}

    async def hire(self, name: str, role_name: str, team: kehu.Team) -> kehu.User:
        person = await make_user(self.app, name, team=team)
        async with self.app.context() as ctx:
            role = (await ctx.session.scalars(sa.select(Role).where(Role.name == role_name))).one()
        await saved(self.app, RoleAssignment(user_id=person.id, role_id=role.id))
        async with self.app.context() as ctx:
            self.people[name] = await principal_of(ctx, person)
        return person

    async def ask(self, who: str, document: str) -> dict[str, Any]:
        answer: dict[str, Any] = await self.api.execute(document, principal=self.people[who])
        return answer

    async def codes(self, who: str, mutation: str) -> list[str]:
        """Why somebody may not do something, wherever the answer says so."""
        answer = await self.ask(who, f"mutation {{ {mutation} {{ userErrors {{ code }} }} }}")
        errors = [error["extensions"]["code"] for error in answer.get("errors", ())]
        payloads = [payload for payload in (answer["data"] or {}).values() if payload]
        return errors + [error["code"] for payload in payloads for error in payload["userErrors"]]


@pytest.fixture
async def firm(app: kehu.App, stages: Stages) -> Firm:
    async with app.context() as ctx:
        await ensure_roles(ctx)
    north, south = [await saved(app, kehu.Team(name=name)) for name in ("North", "South")]
    coast = await saved(app, kehu.Team(name="Coast", parent_id=north.id))
    firm = Firm(app)
    for name, role, team in (
        ("Emma", "Salesperson", coast),
        ("Mia", "Salesperson", south),
        ("James", "Sales Manager", north),
        ("Olga", "Auditor", north),
    ):
        await firm.hire(name, role, team)
    for name, team in (("Emma", coast), ("Mia", south)):
        owner_id = firm.people[name].id
        deal = await saved_opportunity(
            app,
            stages.qualified,
            name=f"{name}'s deal",
            owner_id=owner_id,
            team_id=team.id,
            currency="EUR",
            expected_close_on=date(2026, 3, 31),
        )
        line = OpportunityLine(opportunity_id=deal.id, unit_price=Decimal(100), unit_cost=Decimal(60))
        await saved(app, line)
        quota = {"period": PeriodKind.QUARTER, "starts_on": date(2026, 1, 1), "target": Decimal(9)}
        await saved(app, Quota(owner_id=owner_id, team_id=team.id, currency="EUR", **quota))
        firm.deals[name] = deal
    return firm


@pytest.mark.parametrize(
    ("who", "owners"), [("Emma", ["Emma"]), ("Mia", ["Mia"]), ("James", ["Emma"]), ("Olga", ["Emma", "Mia"])]
)
async def test_everybody_sees_as_much_as_the_role_reaches(firm: Firm, who: str, owners: list[str]) -> None:
    answer = await firm.ask(who, SEEN)

    assert "errors" not in answer, answer
    seen = answer["data"]
    assert sorted(deal["name"] for deal in seen["opportunities"]["nodes"]) == [
        f"{name}'s deal" for name in owners
    ]
    lines = [line for deal in seen["opportunities"]["nodes"] for line in deal["lines"]["nodes"]]
    assert lines == [{"amount": "100", "unitCost": "60", "marginAmount": "40"}] * len(owners)
    assert seen["quotas"] == {"totalCount": len(owners)}
    assert [row["owner"]["name"] for row in seen["forecastReport"]] == owners
    assert seen["pipelineReport"] == [{"label": name, "amount": "100"} for name in owners]


async def test_a_salesperson_sets_no_quota_and_adjusts_no_forecast(firm: Firm) -> None:
    quota = 'createQuota(input: {period: YEAR, startsOn: "2026-01-01", target: "1", currency: "EUR"})'
    snapshots = "takeForecastSnapshots(period: YEAR)"

    assert [await firm.codes("Emma", each) for each in (quota, snapshots)] == [["FORBIDDEN"]] * 2
    assert [await firm.codes("James", each) for each in (quota, snapshots)] == [[], []]
    assert [await firm.codes("Olga", each) for each in (quota, snapshots)] == [["FORBIDDEN"]] * 2


@pytest.mark.parametrize(
    "mutation",
    [
        'updateOpportunity(input: {id: "%s", name: "Mine"})',
        'cloneOpportunity(id: "%s")',
        'shareOpportunity(id: "%s", shares: [])',
        'splitOpportunity(id: "%s", name: "Half", amount: "50")',
        'loseOpportunity(id: "%s", reason: PRICE)',
    ],
)
async def test_nobody_works_on_a_deal_that_is_out_of_reach(firm: Firm, mutation: str) -> None:
    others = await stored(firm.app, firm.deals["Mia"])
    document = mutation % kehu.global_id("Opportunity", others.id)

    codes = [await firm.codes(who, document) for who in ("Emma", "James", "Olga")]

    assert codes == [["NOT_FOUND"], ["NOT_FOUND"], ["FORBIDDEN"]]
    assert (await stored(firm.app, others)).version == others.version


async def test_what_is_written_is_audited(firm: Firm) -> None:
    key = kehu.global_id("Opportunity", firm.deals["Emma"].id)
    assert await firm.codes("Emma", f'loseOpportunity(id: "{key}", reason: PRICE)') == []

    found = sa.select(AuditEntry).where(AuditEntry.record_id == key)
    async with firm.app.context() as ctx:
        entries = (await ctx.session.scalars(found.order_by(AuditEntry.id))).all()
    last = entries[-1]
    assert last.user_id == firm.people["Emma"].id
    assert last.changes["lostReason"] == {"before": None, "after": "PRICE"}
