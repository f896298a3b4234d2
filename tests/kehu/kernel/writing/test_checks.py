"""What holds for every write, whoever writes: values are there, fit, and are among the choices."""

from __future__ import annotations

import enum
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import kehu
from tests.crm import Crm, OpenCrm, reasons
from tests.deals import Deal

ADA = uuid.UUID(int=1)


async def refused(crm: Crm, *records: kehu.Entity) -> list[tuple[str, str | None, str | None]]:
    """Why the records are refused; nothing of them is stored."""
    with pytest.raises(kehu.Refusal) as refusal:
        await crm.store(*records)
    assert await crm.count(Deal) == 0
    return reasons(refusal.value.errors)


def deal(**values: Any) -> Deal:
    return Deal(**{"customer_id": ADA, "name": "paper", **values})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": None}, ("REQUIRED", "name", None)),
        ({"name": ""}, ("REQUIRED", "name", None)),
        ({"name": " \t"}, ("REQUIRED", "name", None)),
        ({"customer_id": None}, ("REQUIRED", "customerId", None)),
        ({"name": "x" * 41}, ("TOO_LONG", "name", None)),
        ({"code": "周" * 21}, ("TOO_LONG", "code", None)),
        ({"stage": "MAYBE"}, ("INVALID", "stage", None)),
        ({"stage": "open"}, ("INVALID", "stage", None)),
        ({"name": "nul\x00"}, ("INVALID", "name", None)),
        ({"name": "half \ud800"}, ("INVALID", "name", None)),
        ({"tags": ["fine", "nul\x00"]}, ("INVALID", "tags", None)),
        ({"amount": Decimal("1e14")}, ("OUT_OF_RANGE", "amount", None)),
        ({"amount": Decimal("-1e14")}, ("OUT_OF_RANGE", "amount", None)),
        ({"amount": Decimal("99999999999999.99999")}, ("OUT_OF_RANGE", "amount", None)),
        ({"amount": Decimal("NaN")}, ("OUT_OF_RANGE", "amount", None)),
        ({"amount": Decimal("Infinity")}, ("OUT_OF_RANGE", "amount", None)),
        ({"probability": 2**31}, ("OUT_OF_RANGE", "probability", None)),
        ({"probability": -(2**31) - 1}, ("OUT_OF_RANGE", "probability", None)),
    ],
    ids=lambda value: ascii(value)[:40] if isinstance(value, dict) else "",
)
async def test_a_value_that_cannot_be_stored_is_refused_with_its_field(
    open_crm: OpenCrm, values: dict[str, Any], reason: tuple[str, str | None, str | None]
) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))

    assert await refused(crm, deal(**values)) == [reason]


@pytest.mark.parametrize(
    "values",
    [
        {"name": "x" * 40},
        {"name": "𝒳" * 40},
        {"amount": Decimal("99999999999999.9999")},
        {"amount": Decimal("-99999999999999.9999")},
        {"amount": 5},
        {"probability": 2**31 - 1},
        {"probability": -(2**31)},
        {"tags": []},
        {"closed_on": date(1900, 1, 1)},
        {"closed_on": date(2200, 12, 31)},
    ],
    ids=lambda value: ascii(value)[:40],
)
async def test_a_value_at_the_limit_is_stored(open_crm: OpenCrm, values: dict[str, Any]) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))

    await crm.store(deal(**values))

    (stored,) = await crm.all(Deal)
    assert {name: getattr(stored, name) for name in values} == values


async def test_all_that_is_wrong_with_the_values_is_told_at_once(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))

    found = await refused(crm, deal(name=None, stage="MAYBE", probability=2**40), deal(name="x" * 41))

    assert set(found) == {
        ("REQUIRED", "name", None),
        ("INVALID", "stage", None),
        ("OUT_OF_RANGE", "probability", None),
        ("TOO_LONG", "name", None),
    }


async def test_only_what_changes_is_checked_in_an_update(open_crm: OpenCrm) -> None:
    acme = kehu.Plugin("acme", requires=["core", "deals"])
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    await crm.store(deal())
    (stored,) = await crm.all(Deal)
    acme.custom_field(Deal, "region", str, required=True)

    stricter = await open_crm(acme)
    async with stricter.app.context() as ctx, ctx.write():
        (await ctx.get(Deal, stored.id)).name = "ink"

    assert [d.name for d in await crm.all(Deal)] == ["ink"]


async def test_a_decimal_is_rounded_before_hooks_see_it(open_crm: OpenCrm) -> None:
    acme, seen = kehu.Plugin("acme", requires=["core", "deals"]), list[Decimal | None]()

    @acme.before_write(Deal)
    async def look(_: kehu.Context, change: kehu.Change[Deal]) -> None:
        seen.append(change.obj.amount)

    crm = await open_crm(acme)
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    record = deal(amount=Decimal("1.00005"))
    await crm.store(record)

    assert seen == [Decimal("1.0000")]
    assert record.amount == Decimal("1.0000")


async def test_a_new_record_has_the_default_where_it_has_no_value(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    left_out, emptied = deal(), deal(tags=None)

    await crm.store(left_out, emptied)

    assert (left_out.tags, emptied.tags) == ([], [])


# --- custom fields ---
class Size(enum.Enum):
    SMALL = "S"
    LARGE = "L"


def sized() -> tuple[kehu.Plugin, dict[str, kehu.CustomField[Any, Any]]]:
    """A plugin with a custom field of each kind."""
    acme = kehu.Plugin("acme", requires=["core", "deals"])
    fields: dict[str, kehu.CustomField[Any, Any]] = {
        "region": acme.custom_field(Deal, "region", str, required=True, choices=["north", "south"]),
        "points": acme.custom_field(Deal, "points", int),
        "rebate": acme.custom_field(Deal, "rebate", Decimal),
        "size": acme.custom_field(Deal, "size", Size, default=Size.SMALL),
    }
    return acme, fields


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, ("REQUIRED", "region", "acme")),
        ({"region": None}, ("REQUIRED", "region", "acme")),
        ({"region": "west"}, ("INVALID", "region", "acme")),
        ({"region": "north", "points": 2**31}, ("OUT_OF_RANGE", "points", "acme")),
        ({"region": "north", "rebate": Decimal("1e14")}, ("OUT_OF_RANGE", "rebate", "acme")),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
async def test_a_custom_field_is_checked_like_a_column(
    open_crm: OpenCrm, values: dict[str, Any], reason: tuple[str, str | None, str | None]
) -> None:
    acme, fields = sized()
    crm = await open_crm(acme)
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    record = deal()
    for name, value in values.items():
        fields[name].set(record, value)

    assert await refused(crm, record) == [reason]


async def test_custom_values_come_back_as_what_they_were(open_crm: OpenCrm) -> None:
    acme, fields = sized()
    crm = await open_crm(acme)
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    record = deal(custom={"gone.key": [1, {"kept": None}]})
    given = {"region": "north", "points": -5, "rebate": Decimal("0.12345"), "size": Size.LARGE}
    for name, value in given.items():
        fields[name].set(record, value)
    await crm.store(record)

    (stored,) = await crm.all(Deal)
    assert {name: field.get(stored) for name, field in fields.items()} == {
        **given,
        "rebate": Decimal("0.1234"),
    }
    assert stored.custom["gone.key"] == [1, {"kept": None}]


async def test_a_custom_field_without_a_value_has_its_default(open_crm: OpenCrm) -> None:
    acme, fields = sized()
    crm = await open_crm(acme)
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    record = deal()
    fields["region"].set(record, "north")
    await crm.store(record)

    (stored,) = await crm.all(Deal)
    assert (fields["size"].get(stored), fields["points"].get(stored)) == (Size.SMALL, None)
