"""Which fields go along when a lead is converted, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import kehu
from kehu_sfa import Lead, LeadFieldMapping, Opportunity
from kehu_sfa.conversion.models import ConversionTarget
from tests.crm import reasons
from tests.kehu.factories import refused, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import saved_stages
from tests.kehu_sfa.leads.factories import call, codes, saved_lead

school = kehu.Plugin("school", requires=["sfa"])
level = school.custom_field(Lead, "level", str)
level_of_contact = school.custom_field(kehu.Contact, "level", str)
visits = school.custom_field(Lead, "visits", int)
interest_of_deal = school.custom_field(Opportunity, "visits", int)
hobby = school.custom_field(kehu.Customer, "hobby", str)
visits_as_text = school.custom_field(kehu.Customer, "visits", str)


@pytest.fixture
async def app(database_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    app = kehu.App([*kehu.installed(["sfa"]), school], database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    await saved_stages(app)
    yield app
    await app.close()


async def test_custom_fields_of_the_same_name_and_mapped_ones_go_along(app: kehu.App) -> None:
    for lead_field, target_field in (("campaign", "hobby"), ("jobTitle", "notes")):
        await saved(
            app,
            LeadFieldMapping(
                lead_field=lead_field, target=ConversionTarget.CUSTOMER, target_field=target_field
            ),
        )
    lead = await saved_lead(
        app,
        custom={"school.level": "B2", "school.visits": 7, "gone.colour": "red"},
        campaign="Fair",
        job_title="CEO",
    )

    assert codes(await call(app, "convert", lead, "opportunity: {become: NEW}")) == []

    converted = await stored(app, lead)
    async with app.context() as ctx:
        customer = await ctx.get(kehu.Customer, converted.customer_id or lead.id)
        contact = await ctx.get(kehu.Contact, converted.contact_id or lead.id)
        deal = await ctx.get(Opportunity, converted.opportunity_id or lead.id)
    assert (hobby.get(customer), customer.notes, visits_as_text.get(customer)) == ("Fair", "CEO", None)
    assert (level_of_contact.get(contact), interest_of_deal.get(deal)) == ("B2", 7)
    assert converted.custom["gone.colour"] == "red"


@pytest.mark.parametrize(
    ("lead_field", "target_field", "expected"),
    [
        ("shoeSize", "notes", ("UNKNOWN_FIELD", "leadField", "sfa")),
        ("campaign", "shoeSize", ("UNKNOWN_FIELD", "targetField", "sfa")),
        ("campaign", "path", ("UNKNOWN_FIELD", "targetField", "sfa")),
        ("visits", "notes", ("OTHER_KIND", "targetField", "sfa")),
    ],
)
async def test_a_mapping_joins_fields_of_one_kind(
    app: kehu.App, lead_field: str, target_field: str, expected: tuple[str, str, str]
) -> None:
    mapping = LeadFieldMapping(
        lead_field=lead_field, target=ConversionTarget.CUSTOMER, target_field=target_field
    )

    assert reasons(await refused(app, mapping)) == [expected]
