"""write() is all or nothing, joins the one around it, and cannot be gone around."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import cast

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.db import BypassedWritePath
from kehu.platform.audit.models import AuditEntry
from kehu.platform.outbox.models import OutboxEvent
from tests.crm import NOW, Crm, OpenCrm
from tests.deals import Deal

CUSTOMERS = cast(sa.Table, kehu.Customer.__table__)
ADA, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


async def names(crm: Crm) -> list[str]:
    return [customer.name for customer in await crm.all(kehu.Customer)]


async def traces(crm: Crm) -> tuple[int, int]:
    """How many audit rows and how many outbox rows there are."""
    async with crm.app.context() as ctx:
        count = sa.select(sa.func.count())
        return (
            await ctx.session.scalar(count.select_from(AuditEntry)) or 0,
            await ctx.session.scalar(count.select_from(OutboxEvent)) or 0,
        )


class Stop(Exception):
    """Something that goes wrong in the middle of a transaction."""


async def test_a_block_that_raises_leaves_nothing(open_crm: OpenCrm) -> None:
    crm = await open_crm()

    async def stop_after_flush() -> None:
        async with crm.app.context() as ctx, ctx.write():
            ctx.add(kehu.Customer(name="Ada"))
            await ctx.flush()
            ctx.add(kehu.Customer(name="Bob"))
            raise Stop

    with pytest.raises(Stop):
        await stop_after_flush()

    assert await names(crm) == []
    assert await traces(crm) == (0, 0)


async def test_a_cancelled_block_leaves_nothing(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    stored = asyncio.Event()

    async def wait_in_the_middle() -> None:
        async with crm.app.context() as ctx, ctx.write():
            ctx.add(kehu.Customer(name="Ada"))
            await ctx.flush()
            stored.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(wait_in_the_middle())
    await stored.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert await names(crm) == []
    await crm.store(kehu.Customer(name="Bob"))
    assert await names(crm) == ["Bob"]


async def test_a_write_inside_of_another_joins_it(open_crm: OpenCrm) -> None:
    crm = await open_crm()

    async with crm.app.context() as ctx, ctx.write():
        async with ctx.write():
            ctx.add(kehu.Customer(id=ADA, name="Ada"))
        assert await names(crm) == []
        ctx.add(kehu.Customer(id=BOB, name="Bob"))

    assert await names(crm) == ["Ada", "Bob"]


async def test_a_write_inside_of_another_that_fails_undoes_the_whole(open_crm: OpenCrm) -> None:
    crm = await open_crm()

    async def fail_inside() -> None:
        async with crm.app.context() as ctx, ctx.write():
            ctx.add(kehu.Customer(name="Ada"))
            async with ctx.write():
                ctx.add(kehu.Customer(name="Bob"))
                raise Stop

    with pytest.raises(Stop):
        await fail_inside()

    assert await names(crm) == []


async def test_who_catches_the_failure_of_an_inner_write_cannot_keep_half_of_it(open_crm: OpenCrm) -> None:
    crm = await open_crm()

    async def catch_inside() -> None:
        async with crm.app.context() as ctx, ctx.write():
            ctx.add(kehu.Customer(name="Ada"))
            with contextlib.suppress(Stop):
                async with ctx.write():
                    ctx.add(kehu.Customer(name="Bob"))
                    raise Stop

    with pytest.raises(kehu.KehuError, match="inner write"):
        await catch_inside()

    assert await names(crm) == []


async def test_a_context_writes_again_after_a_refusal(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    async with crm.app.context() as ctx:
        with pytest.raises(kehu.Refusal):
            await write(ctx, kehu.Customer(name=""))
        await write(ctx, kehu.Customer(name="Ada"))

    assert await names(crm) == ["Ada"]


async def write(ctx: kehu.Context, record: kehu.Entity) -> None:
    async with ctx.write():
        ctx.add(record)


async def test_a_second_write_of_the_same_task_is_refused_instead_of_waiting_for_ever(
    open_crm: OpenCrm,
) -> None:
    crm = await open_crm()
    if crm.app.is_postgresql:
        return

    async def write_within_a_write() -> None:
        async with crm.app.context() as outer, outer.write():
            await crm.store(kehu.Customer(name="Ada"))

    with pytest.raises(RuntimeError, match="same task"):
        await asyncio.wait_for(write_within_a_write(), 5)


async def test_flush_outside_of_write_is_refused(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    async with crm.app.context() as ctx:
        with pytest.raises(RuntimeError, match="outside"):
            await ctx.flush()


# --- what goes around ---
def rename(_: kehu.Context, ada: kehu.Customer) -> None:
    ada.name = "Eva"


def add(ctx: kehu.Context, _: kehu.Customer) -> None:
    ctx.add(kehu.Customer(name="Bob"))


def delete(ctx: kehu.Context, ada: kehu.Customer) -> None:
    ctx.session.sync_session.delete(ada)


@pytest.mark.parametrize("change", [rename, add, delete])
@pytest.mark.parametrize("method", ["flush", "commit"])
async def test_a_bare_flush_or_commit_is_refused(
    open_crm: OpenCrm, change: Callable[[kehu.Context, kehu.Customer], None], method: str
) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    async with crm.app.context() as ctx:
        change(ctx, await ctx.get(kehu.Customer, ADA))
        with pytest.raises(BypassedWritePath, match=r"ctx\.write"):
            await getattr(ctx.session, method)()

    assert await names(crm) == ["Ada"]


async def test_a_bare_flush_is_refused_inside_of_write_too(open_crm: OpenCrm) -> None:
    crm = await open_crm()

    async def flush_the_session() -> None:
        async with crm.app.context() as ctx, ctx.write():
            ctx.add(kehu.Customer(name="Ada"))
            await ctx.session.flush()

    with pytest.raises(BypassedWritePath):
        await flush_the_session()

    assert await names(crm) == []


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(kehu.Customer).values(name="Eva"),
        sa.update(CUSTOMERS).values(name="Eva"),
        sa.delete(kehu.Customer),
        sa.delete(CUSTOMERS),
        sa.insert(kehu.Customer).values(name="Bob"),
        sa.insert(CUSTOMERS).values(name="Bob"),
    ],
    ids=["update", "update table", "delete", "delete table", "insert", "insert table"],
)
async def test_a_bulk_statement_is_refused(open_crm: OpenCrm, statement: sa.Executable) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))

    async def execute() -> None:
        async with crm.app.context() as ctx, ctx.write():
            await ctx.session.execute(statement)

    with pytest.raises(BypassedWritePath, match="skips hooks and audit"):
        await execute()

    assert await names(crm) == ["Ada"]


async def test_what_was_changed_before_write_began_is_not_lost_in_silence(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"))

    async def change_too_early() -> None:
        async with crm.app.context() as ctx:
            (await ctx.get(kehu.Customer, ADA)).name = "Eva"
            async with ctx.write():
                pass

    with pytest.raises(BypassedWritePath):
        await change_too_early()


# --- what a transaction reads ---
async def test_a_transaction_finds_what_it_has_flushed(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    async with crm.app.context() as ctx, ctx.write():
        assert await ctx.find(kehu.Customer, ADA) is None
        ctx.add(kehu.Customer(id=ADA, name="Ada"))
        await ctx.flush()
        assert (await ctx.get(kehu.Customer, ADA)).name == "Ada"


async def test_nobody_else_sees_what_is_not_committed(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    async with crm.app.context() as ctx, ctx.write():
        ctx.add(kehu.Customer(name="Ada"))
        await ctx.flush()
        assert await names(crm) == []

    assert await names(crm) == ["Ada"]


async def test_records_stay_readable_after_the_commit(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    customer = kehu.Customer(name="Ada")
    deal = Deal(name="paper")
    async with crm.app.context() as ctx, ctx.write():
        ctx.add(customer)
        await ctx.flush()
        deal.customer_id = customer.id
        ctx.add(deal)

    assert (customer.name, customer.version, deal.customer_id, deal.stage) == ("Ada", 1, customer.id, "OPEN")


def seconds() -> Iterator[datetime]:
    """A clock that never shows the same twice, as no real one does."""
    return (NOW + timedelta(seconds=passed) for passed in itertools.count())


async def test_a_transaction_is_one_moment(open_crm: OpenCrm) -> None:
    clock = seconds()
    crm = await open_crm(clock=lambda: next(clock))

    async with crm.app.context() as ctx:
        async with ctx.write():
            first = ctx.now()
            ctx.add(kehu.Customer(id=ADA, name="Ada"))
            await ctx.flush()
            async with ctx.write():
                assert ctx.now() == first
        async with ctx.write():
            second = ctx.now()
        assert first < second < ctx.now() < ctx.now()

    [ada] = await crm.all(kehu.Customer)
    assert (ada.created_at, ada.updated_at) == (first, first)


async def test_a_hook_may_set_the_time_in_every_round(open_crm: OpenCrm) -> None:
    plugin, clock = kehu.Plugin("acme", requires=["core", "deals"]), seconds()

    @plugin.before_write(Deal)
    async def note(ctx: kehu.Context, change: kehu.Change[Deal]) -> None:
        change.obj.closed_at = ctx.now()

    crm = await open_crm(plugin, clock=lambda: next(clock))
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    await crm.store(Deal(name="Pumps", customer_id=ADA))

    [deal] = await crm.all(Deal)
    assert deal.closed_at == deal.created_at
