"""Scores of leads as they are written, and when the rules change; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.jobs.models import Job
from kehu_sfa import Lead, LeadScoreRule, LeadStatus, ScoreOperator
from kehu_sfa.scoring.rules import rescore_leads
from tests.crm import reasons
from tests.kehu.factories import changed, refused, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.leads.factories import saved_lead


async def saved_rule(app: kehu.App, name: str, field: str, points: int, **values: Any) -> LeadScoreRule:
    values = {"operator": ScoreOperator.IS_SET, **values}
    return await saved(app, LeadScoreRule(name=name, field=field, points=points, **values))


async def test_the_points_of_all_rules_that_apply_add_up(app: kehu.App) -> None:
    await saved_rule(app, "Has a phone", "phone", 5)
    await saved_rule(app, "From Europe", "country", 20, operator=ScoreOperator.ONE_OF, value="CH, DE")
    await saved_rule(app, "Free mail", "email", -10, operator=ScoreOperator.CONTAINS, value="@gmail.")
    await saved_rule(app, "Sleeping", "name", 99, is_active=False)

    lead = await saved_lead(app, country="CH", phone="044 668 18 00", email="nora@gmail.com")
    assert (lead.score, lead.score_reasons) == (15, ["+20 From Europe", "-10 Free mail", "+5 Has a phone"])

    lead = await changed(app, lead, email=None, phone=None)
    assert (lead.score, lead.score_reasons) == (20, ["+20 From Europe"])


async def test_other_rules_mean_other_scores_of_open_leads(app: kehu.App) -> None:
    lead, closed = await saved_lead(app), await saved_lead(app, status=LeadStatus.DISQUALIFIED)
    rule = await saved_rule(app, "Has a name", "name", 7)
    assert await waiting_jobs(app) == ["sfa.rescore_leads"]

    async with app.context() as ctx:
        await rescore_leads(ctx)
    assert [(await stored(app, one)).score for one in (lead, closed)] == [7, 0]

    await changed(app, rule, points=9)
    assert await waiting_jobs(app) == ["sfa.rescore_leads"]


async def waiting_jobs(app: kehu.App) -> list[str]:
    async with app.context() as ctx:
        return list(await ctx.session.scalars(sa.select(Job.name)))


async def test_more_leads_than_fit_in_one_transaction_are_scored(
    app: kehu.App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kehu_sfa.scoring.rules.BATCH_SIZE", 2)
    leads = [await saved_lead(app) for _ in range(5)]
    await saved_rule(app, "Has a name", "name", 7)

    async with app.context() as ctx:
        await rescore_leads(ctx)

    assert [(await stored(app, lead)).score for lead in leads] == [7] * 5


@pytest.mark.parametrize("field", ["shoeSize", "score", "scoreReasons"])
async def test_a_rule_is_about_a_field_that_leads_have(app: kehu.App, field: str) -> None:
    errors = await refused(app, LeadScoreRule(name="Odd", field=field, points=1, value="1"))

    assert reasons(errors) == [("UNKNOWN_FIELD", "field", "sfa")]


async def test_a_rule_without_a_value_is_refused(app: kehu.App) -> None:
    errors = await refused(app, LeadScoreRule(name="Odd", field="city", points=1))

    assert reasons(errors) == [("RULE_INCOMPLETE", "value", "sfa")]


@pytest.fixture
async def school(database_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    """Core and sfa with a custom field on leads."""
    plugin = kehu.Plugin("school", requires=["sfa"])
    plugin.custom_field(Lead, "total_visits", int)
    app = kehu.App([*kehu.installed(["sfa"]), plugin], database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


async def test_a_custom_field_scores_like_any_other(school: kehu.App) -> None:
    await saved_rule(school, "Comes back", "totalVisits", 30, operator=ScoreOperator.AT_LEAST, value="3")

    lead = await saved_lead(school, custom={"school.total_visits": 4})

    assert (lead.score, lead.score_reasons) == (30, ["+30 Comes back"])
