from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu.business.identifiers import InvalidCreditCode
from kehu.crm.customers.models import Customer, CustomerKind

TODAY = date(2026, 3, 2)


def person(**values: Any) -> Customer:
    return Customer(name="Zhang San", kind=CustomerKind.PERSON, **values)


def birthday(
    month: int | None, day: int | None, year: int | None = None, *, is_lunar: bool = False
) -> Customer:
    return person(birthday_month=month, birthday_day=day, birthday_year=year, birthday_is_lunar=is_lunar)


@pytest.mark.parametrize(
    "known",
    [
        birthday(None, None),
        birthday(2, 29),
        birthday(2, 29, 2000),
        birthday(12, 31, 1950),
        birthday(2, 30, 1980, is_lunar=True),
    ],
)
def test_a_birthday_may_leave_out_the_year_and_count_in_the_lunar_calendar(known: Customer) -> None:
    known.check_birthday(today=TODAY)


@pytest.mark.parametrize(
    ("impossible", "field"),
    [
        (birthday(2, 30), "birthdayDay"),
        (birthday(2, 29, 1999), "birthdayDay"),
        (birthday(4, 31), "birthdayDay"),
        (birthday(1, 0), "birthdayDay"),
        (birthday(1, 31, is_lunar=True), "birthdayDay"),
        (birthday(13, 1), "birthdayMonth"),
        (birthday(None, 1), "birthdayMonth"),
        (birthday(5, None, 1980), "birthdayMonth"),
        (birthday(5, 1, 2027), "birthdayYear"),
        (birthday(5, 1, 1750), "birthdayYear"),
    ],
)
def test_a_birthday_that_no_calendar_has_is_invalid(impossible: Customer, field: str) -> None:
    with pytest.raises(kehu.Refusal) as refusal:
        impossible.check_birthday(today=TODAY)
    assert [(e.code, e.field) for e in refusal.value.errors] == [("INVALID", field)]


def test_an_organization_has_no_birthday() -> None:
    with pytest.raises(kehu.Refusal, match="no birthday"):
        Customer(name="Acme", kind=CustomerKind.ORGANIZATION, birthday_month=1, birthday_day=1).check_kind()


@pytest.mark.parametrize("facts", [{"employees": -1}, {"founded_year": 2027}, {"founded_year": 3}])
def test_a_customer_has_no_impossible_facts(facts: dict[str, int]) -> None:
    with pytest.raises(kehu.Refusal) as refusal:
        Customer(name="Acme", **facts).check_facts(today=TODAY)
    assert refusal.value.errors[0].code == "INVALID"


@pytest.mark.parametrize(
    ("amount", "currency", "field"),
    [
        (Decimal(-1), "EUR", "annualRevenue"),
        (Decimal(5), None, "annualRevenueCurrency"),
        (Decimal(5), "ZZZ", "annualRevenueCurrency"),
    ],
)
def test_revenue_is_an_amount_of_a_currency(amount: Decimal, currency: str | None, field: str) -> None:
    with pytest.raises(kehu.Refusal) as refusal:
        Customer(name="Acme", annual_revenue=amount, annual_revenue_currency=currency).check_revenue()
    assert refusal.value.errors[0].field == field


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("CN", " 91350100m000100y43 ", "91350100M000100Y43"),
        (None, "９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43"),
        ("DE", "hrb 12345", "HRB 12345"),
        (None, "12345", "12345"),
        (None, "  ", None),
    ],
)
def test_a_registered_number_has_one_form(country: str | None, typed: str, kept: str | None) -> None:
    customer = Customer(name="Acme", country=country, registered_number=typed)
    customer.normalise_registered_number()
    assert customer.registered_number == kept


@pytest.mark.parametrize(
    ("country", "typed"), [("CN", "12345"), ("CN", "91350100M000100Y44"), (None, "91350100M000100Y44")]
)
def test_the_check_digit_of_a_chinese_number_must_fit(country: str | None, typed: str) -> None:
    customer = Customer(name="Acme", country=country, registered_number=typed)
    with pytest.raises(InvalidCreditCode):
        customer.normalise_registered_number()
    assert customer.registered_number == typed


def test_a_customer_cannot_stand_below_itself() -> None:
    customer = Customer(id=uuid.UUID(int=1), name="Acme", path="old")
    with pytest.raises(kehu.Refusal) as refusal:
        customer.stand_below([uuid.UUID(int=2), uuid.UUID(int=1)])
    assert (refusal.value.errors[0].code, customer.path) == ("CUSTOMER_CYCLE", "old")


def test_the_path_leads_from_the_top_to_the_customer() -> None:
    customer = Customer(id=uuid.UUID(int=1), name="Acme")
    customer.stand_below([uuid.UUID(int=2), uuid.UUID(int=3)])
    assert customer.path == f"{3:032x}{2:032x}{1:032x}"


def test_the_tree_of_customers_has_30_levels() -> None:
    customer = Customer(id=uuid.UUID(int=1), name="Acme")
    customer.stand_below([uuid.UUID(int=n) for n in range(2, 31)])
    with pytest.raises(kehu.Refusal) as refusal:
        customer.stand_below([uuid.UUID(int=n) for n in range(2, 32)])
    assert refusal.value.errors[0].code == "CUSTOMER_TOO_DEEP"
