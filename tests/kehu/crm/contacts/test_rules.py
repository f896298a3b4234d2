from __future__ import annotations

from datetime import date

import pytest

import kehu
from kehu.crm.contacts import actions
from kehu.crm.contacts.models import Address, Contact, ContactPoint, ContactRole
from kehu.crm.customers.models import Customer
from kehu.kernel.errors import FieldError
from tests.kehu.factories import change_refused, changed, refused, saved, stored


@pytest.fixture
async def acme(app: kehu.App) -> Customer:
    return await saved(app, Customer(name="Acme", country="CN"))


@pytest.fixture
async def ann(app: kehu.App) -> Contact:
    return await saved(app, Contact(name="Ann"))


@pytest.fixture
async def ben(app: kehu.App) -> Contact:
    return await saved(app, Contact(name="Ben"))


async def test_a_contact_sorts_by_its_name_in_pinyin(app: kehu.App) -> None:
    contact = await saved(app, Contact(name=" 欧阳修 ", preferred_language="zh-cn"))
    assert (contact.name, contact.sorting_name, contact.preferred_language) == (
        "欧阳修",
        "ou yang xiu",
        "zh_CN",
    )


async def test_a_contact_has_no_impossible_birthday(app: kehu.App) -> None:
    errors = await refused(app, Contact(name="Ann", birthday_month=2, birthday_day=30))
    assert [(e.code, e.field) for e in errors] == [("INVALID", "birthdayDay")]


async def test_a_contact_changes_employer_and_the_history_stays(
    app: kehu.App, acme: Customer, ann: Contact
) -> None:
    other = await saved(app, Customer(name="Other"))
    past = await saved(app, ContactRole(contact_id=ann.id, customer_id=acme.id, from_on=date(2020, 1, 1)))
    past = await changed(app, past, until_on=date(2026, 2, 28))
    now = await saved(app, ContactRole(contact_id=ann.id, customer_id=other.id, from_on=date(2026, 3, 1)))
    today = date(2026, 3, 2)
    assert [role.is_current(today) for role in (await stored(app, past), await stored(app, now))] == [
        False,
        True,
    ]


async def test_a_role_has_possible_dates(app: kehu.App, acme: Customer, ann: Contact) -> None:
    role = ContactRole(
        contact_id=ann.id, customer_id=acme.id, from_on=date(2026, 2, 1), until_on=date(2026, 1, 1)
    )
    assert await refused(app, role) == (
        FieldError("INVALID", "A role cannot end before it begins.", "untilOn", "core"),
    )


async def test_a_customer_has_at_most_one_primary_contact(
    app: kehu.App, acme: Customer, ann: Contact, ben: Contact
) -> None:
    await saved(app, ContactRole(contact_id=ann.id, customer_id=acme.id, is_primary=True))
    errors = await refused(app, ContactRole(contact_id=ben.id, customer_id=acme.id, is_primary=True))
    assert [(e.code, e.field) for e in errors] == [("PRIMARY_TAKEN", "isPrimary")]


async def test_a_past_primary_contact_leaves_the_place_free(
    app: kehu.App, acme: Customer, ann: Contact, ben: Contact
) -> None:
    await saved(
        app,
        ContactRole(contact_id=ann.id, customer_id=acme.id, is_primary=True, until_on=date(2026, 3, 1)),
    )
    await saved(app, ContactRole(contact_id=ben.id, customer_id=acme.id, is_primary=True))


async def test_make_primary_replaces_the_primary_contact(
    app: kehu.App, acme: Customer, ann: Contact, ben: Contact
) -> None:
    # Whichever key comes first, the old one has to step down before the new one takes the place.
    first = await saved(app, ContactRole(contact_id=ann.id, customer_id=acme.id))
    second = await saved(app, ContactRole(contact_id=ben.id, customer_id=acme.id, is_primary=True))
    for role in (first, second):
        async with app.context() as ctx, ctx.write():
            await actions.make_primary(await ctx.get(ContactRole, role.id), ctx)
        assert [(await stored(app, r)).is_primary for r in (first, second)] == [role is first, role is second]


async def test_a_past_role_is_not_made_primary(app: kehu.App, acme: Customer, ann: Contact) -> None:
    role = await saved(app, ContactRole(contact_id=ann.id, customer_id=acme.id, until_on=date(2026, 3, 1)))
    with pytest.raises(kehu.Refusal) as refusal:
        async with app.context() as ctx, ctx.write():
            await actions.make_primary(await ctx.get(ContactRole, role.id), ctx)
    assert refusal.value.errors[0].code == "ROLE_HAS_ENDED"
    assert not (await stored(app, role)).is_primary


async def test_a_contact_point_belongs_to_somebody(app: kehu.App) -> None:
    errors = await refused(app, ContactPoint(kind="EMAIL", value="ann@example.com"))
    assert [(e.code, e.field) for e in errors] == [("REQUIRED", "customerId")]


async def test_a_number_is_dialled_in_the_country_of_the_customer(
    app: kehu.App, acme: Customer, ann: Contact
) -> None:
    of_customer = await saved(app, ContactPoint(customer_id=acme.id, kind="MOBILE", value="138 0013 8000"))
    await saved(app, ContactRole(contact_id=ann.id, customer_id=acme.id))
    of_contact = await saved(app, ContactPoint(contact_id=ann.id, kind="PHONE", value="010-65529988"))
    assert of_customer.normalised_value == "+8613800138000"
    assert of_contact.normalised_value == "+861065529988"


async def test_a_number_is_dialled_where_the_clock_of_who_types_is(app: kehu.App, ann: Contact) -> None:
    operator = kehu.Principal(None, "operator", grants=kehu.SYSTEM.grants, time_zone="Europe/London")
    async with app.context(operator) as ctx, ctx.write():
        point = ctx.add(ContactPoint(contact_id=ann.id, kind="PHONE", value="020 7946 0000"))
    assert point.normalised_value == "+442079460000"


async def test_a_number_without_country_needs_a_country_code(app: kehu.App, ann: Contact) -> None:
    errors = await refused(app, ContactPoint(contact_id=ann.id, kind="PHONE", value="020 7946 0000"))
    assert [(e.code, e.field) for e in errors] == [("INVALID_PHONE", "value")]
    await saved(app, ContactPoint(contact_id=ann.id, kind="PHONE", value="+44 20 7946 0000"))


async def test_a_customer_has_each_contact_point_once(app: kehu.App, acme: Customer, ann: Contact) -> None:
    await saved(app, ContactPoint(customer_id=acme.id, kind="EMAIL", value="Office@Example.com"))
    again = ContactPoint(customer_id=acme.id, contact_id=ann.id, kind="EMAIL", value="office@example.COM")
    assert await refused(app, again) == (
        FieldError("DUPLICATE", "office@example.com is there already.", "value", "core"),
    )


async def test_a_contact_without_customer_has_each_contact_point_once(
    app: kehu.App, ann: Contact, ben: Contact
) -> None:
    await saved(app, ContactPoint(contact_id=ann.id, kind="EMAIL", value="home@example.com"))
    await saved(app, ContactPoint(contact_id=ben.id, kind="EMAIL", value="home@example.com"))
    errors = await refused(app, ContactPoint(contact_id=ann.id, kind="EMAIL", value="HOME@example.com"))
    assert [e.code for e in errors] == ["DUPLICATE"]


async def test_the_database_refuses_the_same_contact_point_in_one_transaction(
    app: kehu.App, acme: Customer
) -> None:
    spellings = ("a@example.com", "A@example.com")
    points = [ContactPoint(customer_id=acme.id, kind="EMAIL", value=value) for value in spellings]
    errors = await refused(app, *points)
    assert [(e.code, e.field) for e in errors] == [("DUPLICATE", "normalisedValue")]


async def test_an_archived_contact_point_makes_room(app: kehu.App, acme: Customer) -> None:
    point = await saved(app, ContactPoint(customer_id=acme.id, kind="EMAIL", value="a@example.com"))
    async with app.context() as ctx, ctx.write():
        await ctx.archive(await ctx.get(ContactPoint, point.id))
    await saved(app, ContactPoint(customer_id=acme.id, kind="EMAIL", value="a@example.com"))


async def test_a_changed_value_is_normalised_again(app: kehu.App, acme: Customer) -> None:
    point = await saved(app, ContactPoint(customer_id=acme.id, kind="EMAIL", value="a@example.com"))
    assert (await changed(app, point, value="B@example.com")).normalised_value == "b@example.com"
    assert [e.code for e in await change_refused(app, point, value="b")] == ["INVALID_EMAIL"]
    assert (await stored(app, point)).value == "B@example.com"


async def test_an_address_names_its_country_by_code(app: kehu.App, acme: Customer) -> None:
    place = await saved(app, Address(customer_id=acme.id, lines="1 Main Street", country="Germany"))
    assert place.country == "DE"
    errors = await refused(app, Address(customer_id=acme.id, lines="1 Main Street", country="Atlantis"))
    assert ("INVALID", "country") in [(e.code, e.field) for e in errors]


async def test_a_chinese_line_fills_what_is_empty(app: kehu.App, acme: Customer) -> None:
    place = await saved(app, Address(customer_id=acme.id, lines="浙江省杭州市西湖区文三路 90 号"))
    assert (place.province, place.city, place.district, place.country) == ("浙江省", "杭州市", "西湖区", "CN")
