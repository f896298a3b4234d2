from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.crm.customers.models import Customer, CustomerKind
from kehu.crm.customers.queries import stands_below
from kehu.kernel.errors import FieldError
from tests.kehu.factories import change_refused, changed, refused, saved, stored


async def below(app: kehu.App, customer: Customer) -> list[str]:
    async with app.context() as ctx:
        statement = (
            sa.select(Customer.name).where(stands_below(Customer, customer.path)).order_by(Customer.name)
        )
        return list(await ctx.session.scalars(statement))


async def test_a_customer_sorts_by_its_name_in_pinyin(app: kehu.App) -> None:
    customer = await saved(app, Customer(name=" 张三 ", kind=CustomerKind.PERSON))
    assert (customer.name, customer.sorting_name, customer.pinyin_initials) == ("张三", "zhang san", "zs")
    renamed = await changed(app, customer, name="李四")
    assert (renamed.sorting_name, renamed.pinyin_initials) == ("li si", "ls")


async def test_what_is_known_of_a_customer_is_kept_in_one_form(app: kehu.App) -> None:
    customer = await saved(
        app,
        Customer(
            name="Acme",
            website="Example.COM",
            country="China",
            preferred_language="zh-cn",
            registered_number="91350100 M000100Y43",
            tags=["key", " key ", "", "vip"],
            annual_revenue_currency=" cny ",
        ),
    )
    kept = await stored(app, customer)
    assert kept.website == "https://example.com/"
    assert kept.country == "CN"
    assert kept.preferred_language == "zh_CN"
    assert kept.registered_number == "91350100M000100Y43"
    assert kept.tags == ["key", "vip"]
    assert kept.annual_revenue_currency == "CNY"


async def test_everything_wrong_with_a_customer_comes_back_at_once(app: kehu.App) -> None:
    errors = await refused(
        app,
        Customer(
            name="Acme", kind=CustomerKind.PERSON, website="no address", country="Atlantis", birthday_month=2,
            birthday_day=30, employees=-1, preferred_language="klingonese",
        ),
    )  # fmt: skip
    assert {(e.code, e.field, e.plugin) for e in errors} == {
        ("INVALID_URL", "website", "core"),
        ("INVALID", "country", "core"),
        ("UNKNOWN_LANGUAGE", "preferredLanguage", "core"),
        ("INVALID", "birthdayDay", "core"),
        ("INVALID", "employees", "core"),
    }
    async with app.context() as ctx:
        assert await ctx.session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 0


async def test_a_new_customer_is_an_organization_and_a_prospect(app: kehu.App) -> None:
    customer = await saved(app, Customer(name="Acme"))
    assert (customer.kind, customer.lifecycle, customer.tags) == (CustomerKind.ORGANIZATION, "PROSPECT", [])


async def test_customers_do_not_stand_in_a_circle(app: kehu.App) -> None:
    top = await saved(app, Customer(name="Top"))
    middle = await saved(app, Customer(name="Middle", parent_id=top.id))
    bottom = await saved(app, Customer(name="Bottom", parent_id=middle.id))
    errors = await change_refused(app, top, parent_id=bottom.id)
    assert errors == (FieldError("CUSTOMER_CYCLE", "Top cannot stand below itself.", "parentId", "core"),)
    kept = await stored(app, top)
    assert (kept.parent_id, kept.path) == (None, top.id.hex)


async def test_a_customer_is_not_its_own_parent(app: kehu.App) -> None:
    customer = await saved(app, Customer(name="Acme"))
    assert [e.code for e in await change_refused(app, customer, parent_id=customer.id)] == ["CUSTOMER_CYCLE"]


async def test_two_customers_moved_at_once_do_not_make_a_circle(app: kehu.App) -> None:
    one, other = await saved(app, Customer(name="One")), await saved(app, Customer(name="Other"))
    async with app.context() as ctx:
        try:
            async with ctx.write():
                (await ctx.get(Customer, one.id)).parent_id = other.id
                (await ctx.get(Customer, other.id)).parent_id = one.id
        except kehu.Refusal as refusal:
            codes = {error.code for error in refusal.errors}
    assert codes == {"CUSTOMER_CYCLE"}
    assert [(await stored(app, one)).parent_id, (await stored(app, other)).parent_id] == [None, None]


async def test_parent_and_child_may_be_created_together(app: kehu.App) -> None:
    parent = Customer(id=kehu.uuid7(), name="Parent")
    child = Customer(id=kehu.uuid7(), name="Child", parent_id=parent.id)
    async with app.context() as ctx, ctx.write():
        ctx.session.add_all([parent, child])
    assert (await stored(app, child)).path == parent.id.hex + child.id.hex


async def test_who_moves_takes_along_all_below(app: kehu.App) -> None:
    old_top, new_top = await saved(app, Customer(name="Old")), await saved(app, Customer(name="New"))
    moved = await saved(app, Customer(name="Moved", parent_id=old_top.id))
    child = await saved(app, Customer(name="Child", parent_id=moved.id))
    grandchild = await saved(app, Customer(name="Grandchild", parent_id=child.id))
    assert await below(app, old_top) == ["Child", "Grandchild", "Moved"]

    await changed(app, moved, parent_id=new_top.id)

    assert await below(app, old_top) == []
    assert await below(app, new_top) == ["Child", "Grandchild", "Moved"]
    kept = await stored(app, grandchild)
    assert kept.path == "".join(c.id.hex for c in (new_top, moved, child, grandchild))
    assert kept.version == grandchild.version


async def test_loaded_customers_follow_when_their_parent_moves(app: kehu.App) -> None:
    top, moved = await saved(app, Customer(name="Top")), await saved(app, Customer(name="Moved"))
    child = await saved(app, Customer(name="Child", parent_id=moved.id))
    async with app.context() as ctx, ctx.write():
        loaded = await ctx.get(Customer, child.id)
        (await ctx.get(Customer, moved.id)).parent_id = top.id
        await ctx.flush()
        loaded.notes = "changed after the move"
    kept = await stored(app, child)
    assert (kept.path, kept.notes) == (top.id.hex + moved.id.hex + child.id.hex, "changed after the move")


async def test_this_customer_and_all_below_is_a_filter(app: kehu.App) -> None:
    top = await saved(app, Customer(name="Top"))
    await saved(app, Customer(name="Child", parent_id=top.id))
    await saved(app, Customer(name="Stranger"))
    async with app.context() as ctx:
        conditions = app.filters.listed(ctx, Customer, {"path": {"startsWith": top.path}})
        names = set(await ctx.session.scalars(sa.select(Customer.name).where(*conditions)))
    assert names == {"Top", "Child"}
