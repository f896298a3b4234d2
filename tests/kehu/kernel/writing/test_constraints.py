"""What the database refuses comes back as a refusal with a field, never in the database's own words."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Membership
from tests.crm import OpenCrm, reasons
from tests.deals import Deal, Line

ADA = uuid.UUID(int=1)

DATABASE_WORDS = (
    "constraint",
    "UNIQUE",
    "duplicate key",
    "deals_deal",
    "core_",
    "uq_",
    "fk_",
    "violat",
    "SQL",
)


def assert_in_plain_words(refusal: kehu.Refusal) -> None:
    assert [word for word in DATABASE_WORDS if word in str(refusal)] == []


async def test_a_value_that_must_be_unique_is_a_duplicate_of_its_field(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    await crm.store(Deal(customer_id=ADA, name="a", code="X1"))

    with pytest.raises(kehu.Refusal) as refusal:
        await crm.store(Deal(customer_id=ADA, name="b", code="X1"))

    assert reasons(refusal.value.errors) == [("DUPLICATE", "code", None)]
    assert str(refusal.value) == "Another Deal has this Code already."
    assert [deal.name for deal in await crm.all(Deal)] == ["a"]


async def test_the_last_column_of_a_pair_that_must_be_unique_is_to_blame(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    user, team = kehu.User(id=uuid.UUID(int=2), name="Ann"), kehu.Team(id=uuid.UUID(int=3), name="North")
    await crm.store(user, team)
    await crm.store(Membership(user_id=user.id, team_id=team.id))

    with pytest.raises(kehu.Refusal) as refusal:
        await crm.store(Membership(user_id=user.id, team_id=team.id))

    assert reasons(refusal.value.errors) == [("DUPLICATE", "teamId", None)]
    assert_in_plain_words(refusal.value)


async def test_a_key_whose_name_is_too_long_for_the_database_is_known_by_its_columns(
    open_crm: OpenCrm,
) -> None:
    crm = await open_crm()
    prices, product = kehu.PriceList(name="2026", currency="CNY"), kehu.Product(code="P", name="Paper")
    await crm.store(prices, product)
    same = {"price_list_id": prices.id, "product_id": product.id, "valid_from_on": None}
    async with crm.app.context() as ctx:
        today = ctx.today()
    await crm.store(kehu.PriceListItem(**{**same, "valid_from_on": today}, price=1))

    with pytest.raises(kehu.Refusal) as refusal:
        await crm.store(kehu.PriceListItem(**{**same, "valid_from_on": today}, price=2))

    assert refusal.value.errors[0].code == "DUPLICATE"
    assert_in_plain_words(refusal.value)


async def test_the_same_id_twice_is_a_duplicate(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))

    with pytest.raises(kehu.Refusal) as refusal:
        await crm.store(kehu.Customer(id=ADA, name="Eva"))

    assert reasons(refusal.value.errors) == [("DUPLICATE", "id", None)]


async def test_a_record_that_others_point_at_is_not_deleted(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    deal = Deal(id=uuid.UUID(int=5), customer_id=ADA, name="a")
    await crm.store(deal)
    await crm.store(Line(deal_id=deal.id, text="paper"))

    with pytest.raises(kehu.Refusal) as refusal:
        async with crm.app.context() as ctx, ctx.write():
            await ctx.session.delete(await ctx.get(Deal, deal.id))

    assert reasons(refusal.value.errors) == [("STILL_REFERENCED", None, None)]
    assert_in_plain_words(refusal.value)
    assert await crm.count(Deal) == 1


async def test_a_record_does_not_point_at_one_that_does_not_exist(open_crm: OpenCrm) -> None:
    crm = await open_crm()

    with pytest.raises(kehu.Refusal) as refusal:
        await crm.store(Deal(customer_id=uuid.UUID(int=99), name="a"))

    assert refusal.value.errors[0].code == "NOT_FOUND"
    assert_in_plain_words(refusal.value)
    assert await crm.count(Deal) == 0


async def test_what_the_database_refuses_leaves_nothing_behind(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    await crm.store(Deal(customer_id=ADA, name="a", code="X1"))

    async def add_both() -> None:
        async with crm.app.context() as ctx, ctx.write():
            ctx.add(kehu.Customer(name="Eva"))
            await ctx.flush()
            ctx.add(Deal(customer_id=ADA, name="b", code="X1"))

    with pytest.raises(kehu.Refusal):
        await add_both()

    async with crm.app.context() as ctx:
        names = (await ctx.session.scalars(sa.select(kehu.Customer.name))).all()
    assert names == ["Ada"]
