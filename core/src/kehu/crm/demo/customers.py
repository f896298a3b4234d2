"""The demo's customers: Chinese and British firms and people, with contacts, contact points and addresses."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from kehu.business.identifiers import sorting_name
from kehu.business.identifiers.credit_code import check_digit
from kehu.crm.contacts.models import Address, AddressKind, Contact, ContactPoint, ContactRole
from kehu.crm.customers.models import Customer, CustomerKind
from kehu.crm.demo import names
from kehu.kernel.context import Context
from kehu.platform.identity.models import Team, User

ORGANIZATIONS = 44
SUBSIDIARIES = 8
PERSONS = 8

Sellers = Sequence[tuple[User, Team]]


@dataclasses.dataclass(frozen=True, slots=True)
class Acquaintance:
    """A customer and the people we know there."""

    customer: Customer
    contacts: list[Contact]


async def make_customers(ctx: Context, chance: random.Random, sellers: Sellers) -> list[Acquaintance]:
    """Sixty customers: 44 organizations, 8 subsidiaries of some of them, 8 persons; half of them Chinese."""
    organizations = [
        _organization(chance, index, is_chinese=index % 2 == 0) for index in range(ORGANIZATIONS)
    ]
    persons = [_person(chance, index, is_chinese=index % 2 == 0) for index in range(PERSONS)]
    for customer in (*organizations, *persons):
        _give_seller(chance, sellers, ctx.add(customer))
    await ctx.flush()
    subsidiaries = [_subsidiary(chance, parent) for parent in chance.sample(organizations, SUBSIDIARIES)]
    for customer in subsidiaries:
        ctx.add(customer)
    await ctx.flush()
    return [await _acquaint(ctx, chance, customer) for customer in (*organizations, *subsidiaries, *persons)]


def _organization(chance: random.Random, index: int, *, is_chinese: bool) -> Customer:
    words, trades = (
        (names.CHINESE_WORDS, names.CHINESE_TRADES)
        if is_chinese
        else (names.ENGLISH_WORDS, names.ENGLISH_TRADES)
    )
    number = index // 2
    word, (trade, industry) = words[number % len(words)], trades[number % len(trades)]
    place = chance.choice(names.CHINESE_PLACES)[0]
    name = f"{place}{word}{trade}有限公司" if is_chinese else f"{word} {trade}"
    return Customer(
        name=name,
        short_name=word,
        country="CN" if is_chinese else "GB",
        industry=industry,
        source=chance.choice(names.SOURCES),
        lifecycle=chance.choice(("PROSPECT", "ACTIVE", "ACTIVE", "ACTIVE", "DORMANT", "LOST")),
        website=f"https://{_latin(word)}{index}.example.com",
        registered_number=_credit_code(chance)
        if is_chinese
        else f"{chance.randint(1_000_000, 9_999_999):08}",
        founded_year=chance.randint(1950, 2020),
        employees=chance.choice((12, 45, 120, 300, 800, 2500)),
        annual_revenue=Decimal(chance.randint(1, 400)) * 250_000,
        annual_revenue_currency="CNY" if is_chinese else "GBP",
        preferred_language="zh_CN" if is_chinese else "en",
        tags=chance.sample(("key account", "fair 2025", "newsletter", "reference"), chance.randint(0, 2)),
    )


def _person(chance: random.Random, index: int, *, is_chinese: bool) -> Customer:
    people = names.CHINESE_PEOPLE if is_chinese else names.ENGLISH_PEOPLE
    return Customer(
        kind=CustomerKind.PERSON,
        name=people[-1 - index // 2],
        country="CN" if is_chinese else "GB",
        lifecycle="ACTIVE",
        preferred_language="zh_CN" if is_chinese else "en",
        birthday_month=chance.randint(1, 12),
        birthday_day=chance.randint(1, 28),
        birthday_is_lunar=is_chinese and chance.random() < 0.5,
    )


def _subsidiary(chance: random.Random, parent: Customer) -> Customer:
    place = chance.choice(names.CHINESE_PLACES if parent.country == "CN" else names.ENGLISH_PLACES)[0]
    name = f"{parent.name}{place}分公司" if parent.country == "CN" else f"{parent.name}, {place}"
    return Customer(
        name=name,
        parent_id=parent.id,
        country=parent.country,
        industry=parent.industry,
        lifecycle=parent.lifecycle,
        owner_id=parent.owner_id,
        team_id=parent.team_id,
    )


def _give_seller(chance: random.Random, sellers: Sellers, customer: Customer) -> None:
    """Somebody who speaks the customer's language."""
    zone = "Asia/Shanghai" if customer.country == "CN" else "Europe/London"
    user, team = chance.choice([(user, team) for user, team in sellers if user.time_zone == zone])
    customer.owner_id, customer.team_id = user.id, team.id


async def _acquaint(ctx: Context, chance: random.Random, customer: Customer) -> Acquaintance:
    is_chinese = customer.country == "CN"
    line, postcode, city = _street(chance, is_chinese=is_chinese)
    is_person = customer.kind is CustomerKind.PERSON
    ctx.add(
        Address(
            customer_id=customer.id,
            kind=AddressKind.HOME if is_person else AddressKind.VISIT,
            lines=line,
            city=city,
            postcode=postcode,
            country=customer.country,
        )
    )
    number = _phone(chance, 0, is_chinese=is_chinese)
    ctx.add(ContactPoint(customer_id=customer.id, kind="PHONE", value=number))
    count = 0 if is_person else chance.randint(1, 3)
    contacts = _contacts(ctx, chance, customer, count=count)
    await ctx.flush()
    for place, contact in enumerate(contacts, start=1):
        _employ(ctx, chance, customer, contact, place)
    await ctx.flush()
    return Acquaintance(customer, contacts)


def _contacts(ctx: Context, chance: random.Random, customer: Customer, *, count: int) -> list[Contact]:
    people = names.CHINESE_PEOPLE if customer.country == "CN" else names.ENGLISH_PEOPLE
    return [
        ctx.add(
            Contact(
                name=name,
                owner_id=customer.owner_id,
                team_id=customer.team_id,
                preferred_language=customer.preferred_language,
                birthday_month=chance.randint(1, 12),
                birthday_day=chance.randint(1, 28),
            )
        )
        for name in chance.sample(people, count)
    ]


def _employ(ctx: Context, chance: random.Random, customer: Customer, contact: Contact, place: int) -> None:
    """Give a contact a role at the customer, the primary one to the first, and ways to reach it."""
    is_chinese = customer.country == "CN"
    titles = names.CHINESE_TITLES if is_chinese else names.ENGLISH_TITLES
    position = chance.randrange(len(titles))
    ctx.add(
        ContactRole(
            contact_id=contact.id,
            customer_id=customer.id,
            role=names.ROLES[position],
            title=titles[position],
            is_primary=place == 1,
            from_on=date(2020, 1, 1) + timedelta(days=chance.randint(0, 1500)),
        )
    )
    address = f"{_latin(contact.name)}.{chance.randint(1, 99_999)}@example.com"
    number = _phone(chance, place, is_chinese=is_chinese)
    for kind, value in (("EMAIL", address), ("MOBILE" if is_chinese else "PHONE", number)):
        ctx.add(ContactPoint(customer_id=customer.id, contact_id=contact.id, kind=kind, value=value))


def _street(chance: random.Random, *, is_chinese: bool) -> tuple[str, str, str | None]:
    """Street, postcode and city; Chinese lines name the city themselves."""
    city, street, postcode = chance.choice(names.CHINESE_PLACES if is_chinese else names.ENGLISH_PLACES)
    return street.format(chance.randint(1, 200)), postcode, None if is_chinese else city


def _phone(chance: random.Random, place: int, *, is_chinese: bool) -> str:
    """A number that rings at nobody's; each `place`, 0 to 9, at a customer has its own.

    Ofcom keeps the London range for drama; the Chinese one is the service number of China Mobile, a little changed.
    """
    ending = f"{place}{chance.randint(0, 99):02}"
    return f"138 0013 8{ending}" if is_chinese else f"020 7946 0{ending}"


def _credit_code(chance: random.Random) -> str:
    body = f"91310000{chance.randint(0, 999_999_999):09}"
    return body + check_digit(body)


def _latin(name: str) -> str:
    """Letters that an address may have."""
    return "".join(letter for letter in sorting_name(name) if letter.isascii() and letter.isalnum())
