"""Who a lead may be already, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

import kehu
from kehu_graphql import Api
from kehu_sfa import LeadStatus
from kehu_sfa.leads.duplicates import alike_percent
from tests.kehu.factories import saved
from tests.kehu_sfa.factories import user
from tests.kehu_sfa.leads.factories import ask, saved_lead

FOUND = "percent reasons customer { name } contact { name } lead { name companyName }"


@pytest.mark.parametrize(
    ("first", "second", "percent"),
    [
        ("acme", "acme", 100),
        ("acme ag", "acme a g", 100),
        ("night", "nacht", 25),
        ("meier druck", "meyer druck", 77),
        ("", "", 0),
        ("a", "b", 0),
    ],
)
def test_names_are_as_alike_as_the_pairs_they_share(first: str, second: str, percent: int) -> None:
    assert alike_percent(first, second) == percent


async def duplicates(app: kehu.App, key: Any, to: kehu.Principal = kehu.SYSTEM) -> list[dict[str, Any]]:
    document = f'{{ lead(id: "{kehu.global_id("Lead", key)}") {{ duplicates {{ {FOUND} }} }} }}'
    found: list[dict[str, Any]] = (await ask(app, document, to=to))["lead"]["duplicates"]
    return found


async def test_the_same_address_number_and_name_are_found(app: kehu.App) -> None:
    acme = await saved(app, kehu.Customer(name="Acme Druck AG", country="CH"))
    nora = await saved(app, kehu.Contact(name="Nora Meyer"))
    await saved(
        app,
        kehu.ContactPoint(kind="EMAIL", value="Nora@acme.example", contact_id=nora.id, customer_id=acme.id),
    )
    await saved(app, kehu.ContactPoint(kind="PHONE", value="044 668 18 00", customer_id=acme.id))
    await saved(app, kehu.Customer(name="Bernina Bau"))
    await saved_lead(app, name="N. Meier", email="nora@acme.example")
    await saved_lead(app, name="Gone", email="nora@acme.example", status=LeadStatus.DISQUALIFIED)
    lead = await saved_lead(
        app, company_name="ACME Druck", email="nora@ACME.example", phone="+41 44 668 18 00"
    )

    found = await duplicates(app, lead.id)

    assert [
        (one["percent"], one["reasons"], (one["customer"] or one["contact"] or one["lead"])["name"])
        for one in found
    ] == [
        (100, ["the same e-mail address", "a similar name"], "Nora Meyer"),
        (100, ["the same e-mail address"], "N. Meier"),
        (90, ["the same phone number", "a similar name"], "Acme Druck AG"),
    ]


async def test_chinese_names_are_compared_as_they_sound(app: kehu.App) -> None:
    await saved(app, kehu.Customer(name="上海印刷有限公司"))
    lead = await saved_lead(app, company_name="上海印刷公司")

    [found] = await duplicates(app, lead.id)

    assert found["customer"] == {"name": "上海印刷有限公司"}


async def test_who_is_there_can_be_asked_before_a_lead_is_entered(app: kehu.App) -> None:
    acme = await saved(app, kehu.Customer(name="Acme"))
    await saved(app, kehu.ContactPoint(kind="PHONE", value="+41446681800", customer_id=acme.id))

    typed = 'phone: "044 668 18 00", country: "CH", email: "nonsense"'
    found = await ask(app, f"{{ leadDuplicates({typed}) {{ percent customer {{ name }} }} }}")

    assert found["leadDuplicates"] == [{"percent": 90, "customer": {"name": "Acme"}}]


async def test_only_what_the_reader_may_see_is_offered(app: kehu.App) -> None:
    await saved(app, kehu.Customer(name="Acme"))
    lead = await saved_lead(app, company_name="Acme")
    reader = user(kehu.uuid7(), lead__read=kehu.Level.ALL)

    assert await duplicates(app, lead.id, reader) == []
    assert len(await duplicates(app, lead.id)) == 1


@pytest.mark.parametrize(
    ("argument", "limit"),
    [("name", 200), ("companyName", 200), ("email", 320), ("phone", 60), ("country", 100)],
)
async def test_nobody_is_called_by_a_megabyte(app: kehu.App, argument: str, limit: int) -> None:
    document = f"query ($given: String) {{ leadDuplicates({argument}: $given) {{ percent }} }}"
    answer = await Api(app).execute(document, {"given": "x" * 900_000})
    (error,) = answer["errors"]
    label = {"companyName": "Company name"}.get(argument, argument.capitalize())
    assert error["message"] == f"{label} has 900000 characters; at most {limit} are taken."
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["limit"] == limit
