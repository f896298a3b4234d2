"""before_write: hooks check, complete and refuse, until nothing changes any more."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.errors import plugin_to_blame
from kehu.kernel.writing.unit_of_work import HooksDoNotSettle
from kehu.platform.audit.models import AuditEntry
from tests.crm import NOW, OpenCrm, reasons
from tests.deals import Deal


def plugin(name: str = "acme") -> kehu.Plugin:
    return kehu.Plugin(name, requires=["core", "deals"])


def customer(name: str = "Ada") -> kehu.Customer:
    return kehu.Customer(name=name)


async def test_a_hook_completes_a_record(open_crm: OpenCrm) -> None:
    acme = plugin()

    @acme.before_write(kehu.Customer)
    async def complete(ctx: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        change.obj.source = f"seen on {ctx.today()}"

    crm = await open_crm(acme)
    await crm.store(customer())

    (ada,) = await crm.all(kehu.Customer)
    assert ada.source == "seen on 2026-03-02"


async def test_a_hook_sees_defaults_and_the_new_id(open_crm: OpenCrm) -> None:
    acme, seen = plugin(), list[object]()

    @acme.before_write(Deal)
    async def look(_: kehu.Context, change: kehu.Change[Deal]) -> None:
        deal = change.obj
        seen.append((change.op, isinstance(deal.id, uuid.UUID), deal.stage, deal.tags, deal.created_at))

    crm = await open_crm(acme)
    ada = customer()
    await crm.store(ada)
    await crm.store(Deal(name="paper", customer_id=ada.id))

    assert seen == [("create", True, "OPEN", [], NOW)]


async def test_hooks_run_again_when_another_one_changes_the_record(open_crm: OpenCrm) -> None:
    first, second, seen = plugin("a"), plugin("b"), list[str | None]()

    @first.before_write(kehu.Customer)
    async def watch(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        seen.append(change.obj.source)

    @second.before_write(kehu.Customer)
    async def complete(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        change.obj.source = "fair"

    crm = await open_crm(first, second)
    await crm.store(customer())

    assert seen == [None, "fair"]


async def test_hooks_run_for_records_that_hooks_add_or_change(open_crm: OpenCrm) -> None:
    acme, seen = plugin(), list[tuple[str, str]]()

    @acme.before_write(Deal)
    async def touch_customer(ctx: kehu.Context, change: kehu.Change[Deal]) -> None:
        owner = await ctx.get(kehu.Customer, change.obj.customer_id)
        owner.lifecycle = "ACTIVE"

    @acme.before_write(kehu.Customer)
    async def watch(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        seen.append((change.op, change.obj.lifecycle))

    crm = await open_crm(acme)
    ada = customer()
    await crm.store(ada)
    await crm.store(Deal(name="paper", customer_id=ada.id))

    assert seen[0] == ("create", "PROSPECT")
    assert seen[-1] == ("update", "ACTIVE")
    assert [c.lifecycle for c in await crm.all(kehu.Customer)] == ["ACTIVE"]


async def test_what_a_hook_took_back_was_touched_all_the_same(open_crm: OpenCrm) -> None:
    acme, seen = plugin(), list[bool]()

    @acme.before_write(kehu.Customer)
    async def take_back(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        if not change.creating:
            change.obj.source = change.old(kehu.Customer.source)
            seen.append(change.touches(kehu.Customer.source))

    crm = await open_crm(acme)
    ada = customer()
    await crm.store(ada)
    async with crm.app.context() as ctx, ctx.write():
        (await ctx.get(kehu.Customer, ada.id)).source = "fair"

    # It is called again because it has changed the record.
    assert seen == [True, True]
    assert [c.source for c in await crm.all(kehu.Customer)] == [None]


async def test_hooks_that_never_settle_are_named(open_crm: OpenCrm) -> None:
    restless, quiet = plugin("restless"), plugin("quiet")

    @restless.before_write(kehu.Customer)
    async def grow(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        change.obj.name += "!"

    @quiet.before_write(kehu.Customer)
    async def look(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        change.touches(kehu.Customer.name)

    crm = await open_crm(restless, quiet)
    with pytest.raises(HooksDoNotSettle, match=r"after 10 rounds: restless:grow$"):
        await crm.store(customer())

    assert await crm.count(kehu.Customer) == 0


async def test_what_all_plugins_find_wrong_comes_back_together(open_crm: OpenCrm) -> None:
    first, second = plugin("a"), plugin("b")

    @first.before_write(kehu.Customer)
    async def wants_source(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        change.error("Say where from.", field=kehu.Customer.source)

    @second.before_write(kehu.Customer)
    async def wants_notes(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        change.error("Say more.", field="notes", code="TOO_SHORT")
        change.error("And be nice.")

    crm = await open_crm(first, second)
    with pytest.raises(kehu.Rejected) as refusal:
        await crm.store(kehu.Customer(name="x" * 201), customer("Bob"))

    noted = [("INVALID", "source", "a"), ("TOO_SHORT", "notes", "b"), ("INVALID", None, "b")]
    assert reasons(refusal.value.errors) == [("TOO_LONG", "name", None), *noted, *noted]
    assert await crm.count(kehu.Customer) == 0


async def test_an_error_that_is_mended_in_a_later_round_is_forgotten(open_crm: OpenCrm) -> None:
    first, second = plugin("a"), plugin("b")

    @first.before_write(kehu.Customer)
    async def wants_source(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        if change.obj.source is None:
            change.error("Say where from.")

    @second.before_write(kehu.Customer)
    async def complete(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        change.obj.source = "fair"

    crm = await open_crm(first, second)
    await crm.store(customer())

    assert await crm.count(kehu.Customer) == 1


async def test_a_veto_names_its_plugin_its_field_and_its_code(open_crm: OpenCrm) -> None:
    acme = plugin()

    @acme.before_write(Deal)
    async def no_gifts(_: kehu.Context, change: kehu.Change[Deal]) -> None:
        if change.obj.amount == 0:
            raise kehu.veto("Nothing is free.", field=Deal.amount, code="NO_GIFTS")

    crm = await open_crm(acme)
    ada = customer()
    await crm.store(ada)
    with pytest.raises(kehu.Refusal, match=r"^Nothing is free\.$") as refusal:
        await crm.store(Deal(name="gift", customer_id=ada.id, amount=Decimal(0)))

    assert reasons(refusal.value.errors) == [("NO_GIFTS", "amount", "acme")]
    assert await crm.count(Deal) == 0


async def test_a_refusal_of_the_business_keeps_its_class(open_crm: OpenCrm) -> None:
    acme = plugin()

    class Blocked(kehu.Refusal):
        code = "BLOCKED"

    @acme.before_write(kehu.Customer)
    async def block(*_: object) -> None:
        raise Blocked("Not this one.")

    crm = await open_crm(acme)
    with pytest.raises(Blocked) as refusal:
        await crm.store(customer())

    assert reasons(refusal.value.errors) == [("BLOCKED", None, "acme")]


async def test_a_veto_does_not_hide_what_was_found_wrong_before(open_crm: OpenCrm) -> None:
    first, second = plugin("a"), plugin("b")

    @first.before_write(kehu.Customer)
    async def wants_source(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        change.error("Say where from.", field=kehu.Customer.source)

    @second.before_write(kehu.Customer)
    async def no(*_: object) -> None:
        raise kehu.veto("Never.")

    crm = await open_crm(first, second)
    with pytest.raises(kehu.Rejected) as refusal:
        await crm.store(kehu.Customer(name="x" * 201))

    assert reasons(refusal.value.errors) == [
        ("TOO_LONG", "name", None),
        ("INVALID", "source", "a"),
        ("VETO", None, "b"),
    ]


async def test_a_refusal_is_noted_for_the_field_in_question(open_crm: OpenCrm) -> None:
    acme = plugin()
    also = kehu.veto("Nor that.", field=kehu.Customer.notes, code="BAD_NOTES")

    @acme.before_write(kehu.Customer)
    async def check(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        for problem, field in ((kehu.veto("No such site."), kehu.Customer.website), (also, None)):
            with change.noting(field=field):
                raise problem

    crm = await open_crm(acme)
    with pytest.raises(kehu.Rejected) as refusal:
        await crm.store(customer())

    assert reasons(refusal.value.errors) == [("VETO", "website", "acme"), ("BAD_NOTES", "notes", "acme")]


async def test_a_change_that_a_hook_takes_back_is_no_change(open_crm: OpenCrm) -> None:
    acme = plugin()

    @acme.before_write(kehu.Customer)
    async def keep_name(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        if not change.creating:
            change.obj.name = change.old(kehu.Customer.name) or ""

    crm = await open_crm(acme)
    ada = customer()
    await crm.store(ada)
    async with crm.app.context() as ctx, ctx.write():
        (await ctx.get(kehu.Customer, ada.id)).name = "Eva"

    (stored,) = await crm.all(kehu.Customer)
    assert (stored.name, stored.version) == ("Ada", 1)
    assert await crm.count(AuditEntry) == 1


async def test_a_hook_of_one_entity_is_not_called_for_another(open_crm: OpenCrm) -> None:
    acme = plugin()

    @acme.before_write(Deal)
    async def never(*_: object) -> None:
        raise AssertionError("called for a customer")

    crm = await open_crm(acme)
    await crm.store(customer())

    assert await crm.count(kehu.Customer) == 1


async def test_flush_inside_of_before_write_is_refused(open_crm: OpenCrm) -> None:
    acme = plugin()

    @acme.before_write(kehu.Customer)
    async def impatient(ctx: kehu.Context, _: kehu.Change[kehu.Customer]) -> None:
        await ctx.flush()

    crm = await open_crm(acme)
    with pytest.raises(RuntimeError, match="before_write"):
        await crm.store(customer())


async def test_a_bug_in_a_hook_is_blamed_on_its_plugin(open_crm: OpenCrm) -> None:
    acme = plugin()

    @acme.before_write(kehu.Customer)
    async def buggy(*_: object) -> None:
        raise ZeroDivisionError

    crm = await open_crm(acme)
    with pytest.raises(ZeroDivisionError) as bug:
        await crm.store(customer())

    assert plugin_to_blame(bug.value) == "acme"
    assert await crm.count(kehu.Customer) == 0


async def test_a_hook_reads_what_was_before(open_crm: OpenCrm) -> None:
    acme, seen = plugin(), list[object]()

    @acme.before_write(kehu.Customer)
    async def look(_: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
        name = kehu.Customer.name
        seen.append((change.op, change.creating, change.deleting, change.old(name), change.touches(name)))

    crm = await open_crm(acme)
    ada = customer()
    await crm.store(ada)
    async with crm.app.context() as ctx, ctx.write():
        (await ctx.get(kehu.Customer, ada.id)).notes = "nice"
    async with crm.app.context() as ctx, ctx.write():
        await ctx.session.execute(sa.select(1))
        (await ctx.get(kehu.Customer, ada.id)).name = "Eva"

    assert seen == [
        ("create", True, False, None, True),
        ("create", True, False, None, True),
        ("update", False, False, "Ada", False),
        ("update", False, False, "Ada", True),
        ("update", False, False, "Ada", True),
    ]
