"""What `kehu demo` shows of leads: who came in lately, how they are scored and who gets them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

import kehu
from kehu_sfa.assignment.models import AssignmentMethod, AssignmentRule
from kehu_sfa.leads.models import Lead, LeadPolicy
from kehu_sfa.plugin import plugin
from kehu_sfa.scoring.models import LeadScoreRule, ScoreOperator

LEADS = 30
DAYS = 20
PEOPLE = (
    "Nora Meier",
    "Luca Rossi",
    "Aisha Khan",
    "Jonas Weber",
    "Marie Dubois",
    "孙丽",
    "周强",
    "Olga Novak",
)
FIRMS = (
    "Alpine Print",
    "Harbour Foods",
    "Meier Druck",
    "Nordlicht Energy",
    "东方包装",
    "Silva Textiles",
    None,
)
PLACES = (("CH", "Zürich"), ("DE", "Berlin"), ("GB", "London"), ("CN", "上海"), ("FR", "Lyon"))
SOURCES = ("Website", "Trade show", "Referral", "Cold call")
WISHES = ("A quote for a pilot", "Wants to see a demo", "Needs a replacement by summer", "Compares prices")
STEPS: Sequence[Sequence[str]] = ((), (), ("work",), ("work",), ("work", "qualify"), ("nurture",))


class LeadDemoData:
    """The demo data of leads."""

    @kehu.hookimpl
    async def kehu_demo_data(self, ctx: kehu.Context, chance: random.Random) -> None:
        """Rules for scores and owners, and the leads of the last three weeks."""
        await _set_up(ctx)
        for number in range(LEADS):
            lead = ctx.add(_lead(ctx, chance, number))
            await ctx.flush()
            for verb in chance.choice(STEPS):
                lead.enter(verb)
            if chance.random() < 0.1:
                lead.disqualify(reason=chance.choice(("NO_BUDGET", "NOT_REACHED", "SPAM")), note=None)
            await ctx.flush()


plugin.hookimpl(LeadDemoData())


async def _set_up(ctx: kehu.Context) -> None:
    ctx.add(LeadPolicy(answer_within_minutes=120, recycle_after_days=30))
    for name, field, operator, value, points in (
        ("Knows what they want", "interest", ScoreOperator.IS_SET, None, 10),
        ("From a firm", "companyName", ScoreOperator.IS_SET, None, 15),
        ("Was recommended", "source", ScoreOperator.EQUALS, "Referral", 25),
        ("Far away", "country", ScoreOperator.NOT_EQUALS, "GB", -5),
    ):
        ctx.add(LeadScoreRule(name=name, field=field, operator=operator, value=value, points=points))
    teams = {team.name: team.id for team in await ctx.session.scalars(sa.select(kehu.Team))}
    for position, (name, country, team) in enumerate(
        (("China", "CN", "Shanghai"), ("Everywhere else", None, "London")), start=1
    ):
        if team in teams:
            ctx.add(
                AssignmentRule(
                    name=name,
                    position=10 * position,
                    country=country,
                    to_team_id=teams[team],
                    method=AssignmentMethod.LEAST_LOADED,
                )
            )
    await ctx.flush()


def _lead(ctx: kehu.Context, chance: random.Random, number: int) -> Lead:
    country, city = chance.choice(PLACES)
    person, firm = chance.choice(PEOPLE), chance.choice(FIRMS)
    return Lead(
        name=person,
        company_name=firm,
        email=f"lead{number}@example.net",
        country=country,
        city=city,
        source=chance.choice(SOURCES),
        interest=chance.choice(WISHES),
        received_at=ctx.now() - timedelta(days=DAYS * chance.random() ** 2),
    )
