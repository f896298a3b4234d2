"""`convertLead` in every combination, whole or not at all, on both databases."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.outbox.models import OutboxEvent
from kehu_graphql import Api
from kehu_sfa import Lead, LeadStatus, Opportunity
from tests.kehu.factories import make_user, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity, saved_stages
from tests.kehu_sfa.leads.factories import PAYLOAD, call, codes, done, saved_lead

SHOWN = """lead {
  status convertedAt customer { name } contact { name }
  opportunity { name source customer { name } contact { name } }
}"""
MADE: tuple[type[kehu.Entity], ...] = (
    *(kehu.Customer, kehu.Contact, kehu.ContactRole, kehu.ContactPoint, kehu.Address, Opportunity),
)
COMBINATIONS = list(itertools.product(["NEW", "EXISTING", "NONE"], repeat=3))
ALL = kehu.Level.ALL
EVERYTHING_NEW = "contact: {become: NEW}, opportunity: {become: NEW}"


def existing(record: kehu.Entity) -> str:
    return f'{{become: EXISTING, id: "{kehu.global_id(type(record).__name__, record.id)}"}}'


async def counts(app: kehu.App) -> list[int]:
    """How many customers, contacts, roles, contact points, addresses and opportunities there are."""
    async with app.context() as ctx:
        return [await ctx.session.scalar(sa.select(sa.func.count(model.id))) or 0 for model in MADE]


async def full_lead(app: kehu.App, **values: Any) -> Lead:
    known = {"company_name": "Meier Druck", "email": "nora@meier.example", "phone": "+41 44 668 18 00"}
    place = {"country": "CH", "city": "Zürich", "postcode": "8004"}
    wish = {"interest": "A new press\nby June", "source": "Trade show", "job_title": "CEO"}
    return await saved_lead(app, **{**known, **place, **wish, **values})


@pytest.fixture
async def crm(app: kehu.App, stages: Stages) -> kehu.App:
    """An App in which opportunities have somewhere to start."""
    assert stages.pipeline_id is not None
    return app


async def test_every_combination_of_new_existing_and_none(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    customer = await saved(app, kehu.Customer(name="Existing customer"))
    contact = await saved(app, kehu.Contact(name="Existing contact"))
    for of_customer, of_contact, of_opportunity in COMBINATIONS:
        deal = await saved_opportunity(app, stages.qualified, name="Existing deal")
        lead = await full_lead(app)
        call_made = await done(app, lead, clock.now)
        parts = {"NEW": "{become: NEW}", "NONE": "{become: NONE}"}
        arguments = (
            f"customer: {({'EXISTING': existing(customer)} | parts)[of_customer]},"
            f"contact: {({'EXISTING': existing(contact)} | parts)[of_contact]},"
            f"opportunity: {({'EXISTING': existing(deal)} | parts)[of_opportunity]}"
        )

        payload = await call(app, "convert", lead, arguments, shown=SHOWN)

        if {of_customer, of_contact, of_opportunity} == {"NONE"}:
            assert codes(payload) == [("CONVERTS_TO_NOTHING", None)]
            continue
        assert codes(payload) == []
        names = {"NEW": "Meier Druck", "EXISTING": "Existing customer", "NONE": None}[of_customer]
        person = {"NEW": "Nora Meier", "EXISTING": "Existing contact", "NONE": None}[of_contact]
        subject = {"NEW": "A new press", "EXISTING": "Existing deal", "NONE": None}[of_opportunity]
        shown = payload["lead"]
        assert (shown["status"], shown["convertedAt"]) == ("CONVERTED", "2026-03-02T20:00:00Z")
        assert [
            (shown[part] or {"name": None})["name"] for part in ("customer", "contact", "opportunity")
        ] == [
            names,
            person,
            subject,
        ]
        if subject:
            assert (shown["opportunity"]["customer"] or {"name": None})["name"] == names
            assert (shown["opportunity"]["contact"] or {"name": None})["name"] == person
        converted, moved = await stored(app, lead), await stored(app, call_made)
        assert (moved.customer_id, moved.contact_id) == (converted.customer_id, converted.contact_id)
        about = ("Opportunity", converted.opportunity_id) if subject else ("Lead", lead.id)
        assert moved.regarding_id == kehu.global_id(about[0], about[1] or lead.id)


async def test_everything_known_of_a_lead_goes_to_its_customer(crm: kehu.App) -> None:
    lead = await full_lead(crm)
    details = 'newOpportunity: {amount: "120000", currency: "CHF", expectedCloseOn: "2026-06-30"}'

    await call(crm, "convert", lead, f"{EVERYTHING_NEW}, {details}")

    assert await counts(crm) == [1, 1, 1, 2, 1, 1]
    async with crm.context() as ctx:
        converted = await ctx.get(Lead, lead.id)
        assert converted.customer_id and converted.contact_id and converted.opportunity_id  # noqa: PT018  # narrows
        customer = await ctx.get(kehu.Customer, converted.customer_id)
        role = (await ctx.session.scalars(sa.select(kehu.ContactRole))).one()
        address = (await ctx.session.scalars(sa.select(kehu.Address))).one()
        points = (
            await ctx.session.scalars(sa.select(kehu.ContactPoint).order_by(kehu.ContactPoint.kind))
        ).all()
        deal = await ctx.get(Opportunity, converted.opportunity_id)
    assert (customer.kind, customer.country, customer.source) == (
        kehu.CustomerKind.ORGANIZATION,
        "CH",
        "Trade show",
    )
    assert (role.title, address.city, address.postcode) == ("CEO", "Zürich", "8004")
    assert [(point.kind, point.normalised_value) for point in points] == [
        ("EMAIL", "nora@meier.example"),
        ("PHONE", "+41446681800"),
    ]
    assert (str(deal.amount), deal.currency, deal.source) == ("120000.0000", "CHF", "TRADE_SHOW")


async def test_other_plugins_hear_what_a_lead_became(crm: kehu.App) -> None:
    lead = await full_lead(crm)

    await call(crm, "convert", lead, EVERYTHING_NEW)

    async with crm.context() as ctx:
        found = sa.select(OutboxEvent).where(OutboxEvent.name == "sfa.lead_converted")
        event = (await ctx.session.scalars(found)).one()
        converted = await ctx.get(Lead, lead.id)
    assert event.customer_id == converted.customer_id
    assert (event.payload["lead_id"], event.payload["opportunity_id"]) == (
        str(lead.id),
        str(converted.opportunity_id),
    )


async def test_left_out_parts_are_what_most_people_mean(crm: kehu.App) -> None:
    person, firm = await saved_lead(crm), await saved_lead(crm, name=None, company_name="Meier Druck")

    first = await call(crm, "convert", person, shown=SHOWN)
    second = await call(crm, "convert", firm, shown=SHOWN)

    assert [
        (payload["lead"]["customer"], payload["lead"]["contact"], payload["lead"]["opportunity"])
        for payload in (first, second)
    ] == [({"name": "Nora Meier"}, {"name": "Nora Meier"}, None), ({"name": "Meier Druck"}, None, None)]


async def test_known_addresses_and_roles_are_not_doubled(crm: kehu.App) -> None:
    first = await full_lead(crm)
    await call(crm, "convert", first)
    converted = await stored(crm, first)
    async with crm.context() as ctx:
        customer = await ctx.get(kehu.Customer, converted.customer_id or first.id)
        contact = await ctx.get(kehu.Contact, converted.contact_id or first.id)

    payload = await call(
        crm,
        "convert",
        await full_lead(crm),
        f"customer: {existing(customer)}, contact: {existing(contact)}",
    )

    assert codes(payload) == []
    assert await counts(crm) == [1, 1, 1, 2, 1, 0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("customer: {become: EXISTING}", ("PART_MISSING", "customer")),
        ('contact: {become: NEW, id: "Q29udGFjdDox"}', ("PART_MISSING", "contact")),
        ('customer: {become: EXISTING, id: "nonsense"}', ("BAD_ID", None)),
        (
            f'opportunity: {{become: EXISTING, id: "{kehu.global_id("Opportunity", kehu.uuid7())}"}}',
            ("NOT_FOUND", "opportunity"),
        ),
        (
            'opportunity: {become: NEW}, newOpportunity: {amount: "-5", currency: "EUR"}',
            ("OUT_OF_RANGE", "amount"),
        ),
    ],
)
async def test_what_cannot_be_converted_leaves_nothing(
    crm: kehu.App, arguments: str, expected: tuple[str, str | None]
) -> None:
    lead = await full_lead(crm)

    assert codes(await call(crm, "convert", lead, arguments)) == [expected]
    assert await counts(crm) == [0] * 6
    assert (await stored(crm, lead)).status is LeadStatus.NEW


async def test_a_lead_without_a_person_has_no_contact_to_make(crm: kehu.App) -> None:
    lead = await saved_lead(crm, name=None, company_name="Meier Druck")

    assert codes(await call(crm, "convert", lead, "contact: {become: NEW}")) == [
        ("NOBODY_TO_CONTACT", "name")
    ]
    assert await counts(crm) == [0] * 6


async def test_the_deal_of_another_customer_is_refused(app: kehu.App, stages: Stages) -> None:
    other = await saved(app, kehu.Customer(name="Other"))
    deal = await saved_opportunity(app, stages.qualified, customer_id=other.id)

    payload = await call(app, "convert", await full_lead(app), f"opportunity: {existing(deal)}")

    assert codes(payload) == [("OTHER_CUSTOMER", "opportunity")]
    assert await counts(app) == [1, 0, 0, 0, 0, 1]


async def test_a_lead_does_not_become_what_is_archived(app: kehu.App, stages: Stages, clock: Clock) -> None:
    gone = await saved(app, kehu.Customer(name="Gone", archived_at=clock.now))
    left = await saved(app, kehu.Contact(name="Left", archived_at=clock.now))
    deal = await saved_opportunity(app, stages.qualified, archived_at=clock.now)
    lead = await full_lead(app)

    for part, record in (("customer", gone), ("contact", left), ("opportunity", deal)):
        payload = await call(app, "convert", lead, f"{part}: {existing(record)}")
        assert codes(payload) == [("ARCHIVED", part)]
    assert await counts(app) == [1, 1, 0, 0, 0, 1]
    assert (await stored(app, lead)).converted_at is None


async def test_a_second_conversion_is_refused(crm: kehu.App) -> None:
    lead = await full_lead(crm)
    await call(crm, "convert", lead)
    before = await counts(crm)

    assert codes(await call(crm, "convert", lead)) == [("LEAD_CONVERTED", "status")]
    assert await counts(crm) == before


async def test_of_two_conversions_at_once_one_wins(crm: kehu.App) -> None:
    lead = await full_lead(crm)
    api, answers = Api(crm), list[Any]()
    document = f'mutation {{ convertLead(id: "{kehu.global_id("Lead", lead.id)}", {EVERYTHING_NEW}) {{ {PAYLOAD} }} }}'

    async def attempt() -> None:
        answers.append(await api.execute(document))

    async with anyio.create_task_group() as group:
        group.start_soon(attempt)
        group.start_soon(attempt)

    refusals = sorted(len(answer["data"]["convertLead"]["userErrors"]) for answer in answers)
    assert refusals == [0, 1]
    assert await counts(crm) == [1, 1, 1, 2, 1, 1]


RIGHTS = {
    **dict.fromkeys(("sfa.lead:read", "sfa.lead:convert", "sfa.opportunity:read"), ALL),
    **dict.fromkeys(("sfa.pipeline:read", "sfa.stage:read", "sfa.opportunity:create"), ALL),
    **{
        f"core.{entity}:{verb}": ALL
        for entity in ("customer", "contact", "contact_role", "contact_point", "address")
        for verb in ("read", "create")
    },
}
NEEDED = [right for right in RIGHTS if right.endswith(":create")]


async def test_whoever_may_create_every_part_may_convert(crm: kehu.App) -> None:
    ann = await make_user(crm)

    payload = await call(
        crm, "convert", await full_lead(crm), EVERYTHING_NEW, to=kehu.Principal(ann.id, "Ann", grants=RIGHTS)
    )

    assert codes(payload) == []
    assert await counts(crm) == [1, 1, 1, 2, 1, 1]


async def test_without_the_right_to_one_part_nothing_is_converted(crm: kehu.App) -> None:
    ann, lead = await make_user(crm), await full_lead(crm)

    for missing in NEEDED:
        grants = {right: level for right, level in RIGHTS.items() if right != missing}
        payload = await call(
            crm, "convert", lead, EVERYTHING_NEW, to=kehu.Principal(ann.id, "Ann", grants=grants)
        )
        assert codes(payload) == [("FORBIDDEN", None)], missing
    assert await counts(crm) == [0] * 6
    assert (await stored(crm, lead)).status is LeadStatus.NEW


class Saboteur:
    """A plugin whose hook fails at the nth write of a conversion."""

    def __init__(self) -> None:
        self.plugin = kehu.Plugin("saboteur", requires=["sfa"])
        self.fails_at, self.writes = 0, list[str]()
        written: tuple[type[kehu.Entity], ...] = (*MADE, kehu.Interaction, Lead)
        for model in written:
            self.plugin.after_write(model)(self.count)

    async def count(self, _ctx: kehu.Context, change: kehu.Change[Any]) -> None:
        self.writes.append(type(change.obj).__name__)
        if len(self.writes) == self.fails_at:
            raise kehu.veto("No.", code="SABOTAGE")


@pytest.fixture
def saboteur() -> Saboteur:
    return Saboteur()


@pytest.fixture
async def fragile(database_url: str, clock: Clock, saboteur: Saboteur) -> AsyncIterator[kehu.App]:
    app = kehu.App([*kehu.installed(["sfa"]), saboteur.plugin], database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


async def test_a_failure_at_any_step_leaves_nothing(
    fragile: kehu.App, saboteur: Saboteur, clock: Clock
) -> None:
    await saved_stages(fragile)
    lead = await full_lead(fragile)
    conversation = await done(fragile, lead, clock.now)
    before, steps = (await stored(fragile, lead)).version, 0
    while True:
        saboteur.writes, saboteur.fails_at = [], steps + 1
        payload = await call(fragile, "convert", lead, EVERYTHING_NEW)
        if not payload["userErrors"]:
            break
        steps += 1
        assert codes(payload) == [("SABOTAGE", None)]
        assert await counts(fragile) == [0] * 6
        assert (await stored(fragile, lead)).version == before
        assert (await stored(fragile, conversation)).customer_id is None

    assert set(saboteur.writes) == {model.__name__ for model in MADE} | {"Interaction", "Lead"}
    assert steps == len(saboteur.writes) >= 9
    assert await counts(fragile) == [1, 1, 1, 2, 1, 1]
