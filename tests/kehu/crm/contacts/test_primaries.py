"""One primary contact point and one primary address of a kind."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

import kehu
from tests.kehu.factories import changed, saved, stored


def point(customer: kehu.Customer, value: str, kind: str = "EMAIL") -> kehu.ContactPoint:
    return kehu.ContactPoint(customer_id=customer.id, kind=kind, value=value, is_primary=True)


async def primaries(app: kehu.App, model: type[kehu.ContactPoint] | type[kehu.Address]) -> int:
    async with app.context() as ctx:
        count = sa.select(sa.func.count()).select_from(model).where(model.is_primary)
        return await ctx.session.scalar(count) or 0


async def test_a_new_primary_contact_point_replaces_the_one_before(app: kehu.App) -> None:
    customer = await saved(app, kehu.Customer(name="Maple"))
    first = await saved(app, point(customer, "a@example.com"))
    second = await saved(app, point(customer, "b@example.com"))
    phone = await saved(app, point(customer, "+41 44 668 18 00", "PHONE"))
    assert [(await stored(app, each)).is_primary for each in (first, second, phone)] == [False, True, True]
    await changed(app, first, is_primary=True)
    assert [(await stored(app, each)).is_primary for each in (first, second)] == [True, False]


async def test_a_new_primary_address_replaces_the_one_before(app: kehu.App) -> None:
    customer = await saved(app, kehu.Customer(name="Maple"))
    first = await saved(app, kehu.Address(customer_id=customer.id, lines="One", is_primary=True))
    second = await saved(app, kehu.Address(customer_id=customer.id, lines="Two", is_primary=True))
    assert [(await stored(app, each)).is_primary for each in (first, second)] == [False, True]


async def test_two_in_one_transaction_leave_one_primary(app: kehu.App) -> None:
    customer = await saved(app, kehu.Customer(name="Maple"))
    async with app.context() as ctx, ctx.write():
        ctx.session.add_all([point(customer, "a@example.com"), point(customer, "b@example.com")])
    assert await primaries(app, kehu.ContactPoint) == 1


async def test_many_at_once_leave_one_primary(app: kehu.App) -> None:
    customer = await saved(app, kehu.Customer(name="Maple"))
    made = [saved(app, point(customer, f"{n}@example.com")) for n in range(4)]
    await asyncio.gather(*made, return_exceptions=True)
    assert await primaries(app, kehu.ContactPoint) == 1
