"""New records that nobody asks about are stored together with their trail; hooks, audit and events notice nothing."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.access import Level, row_scope
from kehu.kernel.access.scope import reaches
from kehu.kernel.db.locks import take_locks
from kehu.kernel.writing.constraints import DuplicateValue, MissingReference
from kehu.platform.audit.models import AuditEntry
from kehu.platform.outbox.models import OutboxEvent
from kehu.platform.outbox.rows import LANES, lane_locks
from tests.crm import Crm, OpenCrm
from tests.deals import Deal

ADA, BOB = uuid.UUID(int=1), uuid.UUID(int=2)
CREATE = """mutation ($customer: ID!, $name: String!) {
    createInteraction(input: {customerId: $customer, kind: CALL, subject: $name}) {
        interaction { id subject } userErrors { code field } } }"""


async def trail(crm: Crm) -> list[tuple[Any, ...]]:
    """What audit and outbox say, but for ids and times."""
    async with crm.app.context() as ctx:
        audit = await ctx.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
        told = await ctx.session.scalars(sa.select(OutboxEvent).order_by(OutboxEvent.position))
        return [
            *((a.principal, a.operation.name, a.entity, a.record_id, a.changes) for a in audit),
            *((o.name, o.lane, o.customer_id, o.record_id, o.depth, o.payload) for o in told),
        ]


def plugin_of(name: str, hook: Any) -> kehu.Plugin:
    made = kehu.Plugin(name, requires=["deals"])
    made.after_write(Deal)(hook)
    return made


async def with_customer(crm: Crm) -> None:
    await crm.store(kehu.Customer(id=ADA, name="Ada"))
    crm.statements.clear()


async def test_creating_takes_two_statements(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await with_customer(crm)
    variables = {"customer": kehu.global_id("Customer", ADA), "name": "Call"}

    created = (await crm.ask(CREATE, variables))["createInteraction"]

    assert created["userErrors"] == []
    # May she be seen; then the row, its audit and its event, which is one statement on PostgreSQL.
    assert len(crm.statements) == (2 if crm.app.is_postgresql else 4)
    assert [i.subject for i in await crm.all(kehu.Interaction)] == ["Call"]


async def test_the_trail_is_the_same_as_step_by_step(open_crm: OpenCrm) -> None:
    crm, slow = await open_crm(), await open_crm()
    slow.app.stores = None

    async def written(by: Crm) -> list[Any]:
        await by.store(
            kehu.Customer(id=ADA, name="Ada"),
            Deal(id=BOB, customer_id=ADA, name="Mill", tags=["a"]),
            kehu.Interaction(id=ADA, customer_id=ADA, subject="Call"),
        )
        records = [await by.all(model) for model in (kehu.Customer, Deal, kehu.Interaction)]
        found = [*await trail(by), *(_values(record) for (record,) in records)]
        async with by.app.engine.begin() as connection:
            for model in (kehu.Interaction, Deal, kehu.Customer, AuditEntry, OutboxEvent):
                await connection.execute(sa.delete(model))
        return found

    at_once, step_by_step = await written(crm), await written(slow)

    assert at_once == step_by_step
    assert [entry[0] for entry in at_once[3:6]] == [
        "core.customer.created",
        "deals.deal.created",
        "core.interaction.created",
    ]


async def test_changing_a_record_takes_few_statements(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ADA, name="Ada"), Deal(id=BOB, customer_id=ADA, name="Mill"))
    crm.statements.clear()

    async with crm.app.context() as ctx, ctx.write():
        (await ctx.get(Deal, BOB)).name = "Quarry"

    # The record, its change, the audit; then on PostgreSQL lock, event and notice are one.
    assert len(crm.statements) == 4
    assert [entry[0] for entry in await trail(crm)][-1] == "deals.deal.updated"


def _values(record: Any) -> dict[str, Any]:
    return {key: value for key, value in vars(record).items() if not key.startswith("_")}


async def test_several_records_are_stored_parents_first(open_crm: OpenCrm) -> None:
    crm = await open_crm()

    await crm.store(Deal(customer_id=ADA, name="Mill"), kehu.Customer(id=ADA, name="Ada"))

    assert [deal.name for deal in await crm.all(Deal)] == ["Mill"]
    assert len(await trail(crm)) == 4


async def test_who_asks_after_a_write_finds_it_stored(open_crm: OpenCrm) -> None:
    found: list[str] = []

    async def look(ctx: kehu.Context, _change: kehu.Change[Deal]) -> None:
        found.extend((await ctx.session.scalars(sa.select(Deal.name))).all())

    crm = await open_crm(plugin_of("asking", look))
    await with_customer(crm)

    await crm.store(Deal(customer_id=ADA, name="Mill"))

    assert found == ["Mill"]
    assert len(await trail(crm)) == 4


async def test_a_hook_may_change_what_waits(open_crm: OpenCrm) -> None:
    async def dearer(_ctx: kehu.Context, change: kehu.Change[Deal]) -> None:
        if change.creating:
            change.obj.probability = 50

    crm = await open_crm(plugin_of("changing", dearer))
    await with_customer(crm)

    await crm.store(Deal(customer_id=ADA, name="Mill"))

    (deal,) = await crm.all(Deal)
    assert (deal.probability, deal.version) == (50, 2)
    operations = [entry[1] for entry in await trail(crm) if entry[2] == "Deal"]
    assert operations == ["CREATE", "UPDATE"]


async def test_a_hook_may_add_more(open_crm: OpenCrm) -> None:
    async def call(ctx: kehu.Context, change: kehu.Change[Deal]) -> None:
        ctx.add(kehu.Interaction(customer_id=change.obj.customer_id, subject=f"About {change.obj.name}"))

    crm = await open_crm(plugin_of("adding", call))
    await with_customer(crm)

    await crm.store(Deal(customer_id=ADA, name="Mill"))

    assert [i.subject for i in await crm.all(kehu.Interaction)] == ["About Mill"]
    # Is the customer, whom nobody has read, archived; then on PostgreSQL everything is one statement.
    assert len(crm.statements) - 1 == (2 if crm.app.is_postgresql else 7)


async def test_nothing_is_stored_for_an_archived_record_that_nobody_has_read(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(*(kehu.Customer(id=key, name="Ada") for key in (ADA, BOB)))
    async with crm.app.context() as ctx, ctx.write():
        await ctx.archive(await ctx.get(kehu.Customer, BOB))

    with pytest.raises(kehu.Rejected) as caught:
        await crm.store(Deal(customer_id=ADA, name="Mill"), Deal(customer_id=BOB, name="Quarry"))

    assert [(error.code, error.field) for error in caught.value.errors] == [("ARCHIVED", "customerId")]
    assert await crm.all(Deal) == []


async def test_what_a_transaction_archives_gets_nothing_new_in_it(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await with_customer(crm)

    async def work_and_archive() -> None:
        async with crm.app.context() as ctx, ctx.write():
            ctx.add(Deal(customer_id=ADA, name="Mill"))
            await ctx.flush()
            await ctx.archive(await ctx.get(kehu.Customer, ADA))
            ctx.add(Deal(customer_id=ADA, name="Quarry"))

    with pytest.raises(kehu.Rejected):
        await work_and_archive()

    assert await crm.all(Deal) == []


async def test_a_veto_after_a_write_leaves_nothing(open_crm: OpenCrm) -> None:
    async def refuse(_ctx: kehu.Context, _change: kehu.Change[Deal]) -> None:
        raise kehu.veto("No.")

    crm = await open_crm(plugin_of("refusing", refuse))
    await with_customer(crm)

    with pytest.raises(kehu.Refusal):
        await crm.store(Deal(customer_id=ADA, name="Mill"))

    assert await crm.all(Deal) == []
    assert len(await trail(crm)) == 2


async def test_what_the_database_refuses_is_a_refusal(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await with_customer(crm)
    await crm.store(Deal(customer_id=ADA, name="Mill", code="A"))

    with pytest.raises(DuplicateValue) as twice:
        await crm.store(Deal(customer_id=ADA, name="Quarry", code="A"))
    with pytest.raises(MissingReference):
        await crm.store(Deal(customer_id=BOB, name="Quarry"))

    assert twice.value.errors[0].field == "code"
    assert [deal.name for deal in await crm.all(Deal)] == ["Mill"]
    assert len(await trail(crm)) == 4


async def test_the_session_knows_what_was_stored(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await with_customer(crm)

    async with crm.app.context() as ctx:
        async with ctx.write():
            deal = ctx.add(Deal(customer_id=ADA, name="Mill"))
        async with ctx.write():
            deal.name = "Quarry"
        assert (deal.version, deal.closed_on, await ctx.get(Deal, deal.id)) == (2, None, deal)

    assert [deal.name for deal in await crm.all(Deal)] == ["Quarry"]


async def test_a_savepoint_is_inside_of_the_transaction(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    async with crm.app.context() as ctx, ctx.write():
        async with ctx.session.begin_nested() as savepoint:
            ctx.add(kehu.Customer(id=ADA, name="Ada"))
            await ctx.flush()
            await savepoint.rollback()
        ctx.add(kehu.Customer(id=BOB, name="Bob"))

    assert [customer.id for customer in await crm.all(kehu.Customer)] == [BOB]


async def test_a_transaction_that_writes_nothing_asks_nothing(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    async with crm.app.context() as ctx, ctx.write():
        pass

    assert crm.statements == []


async def test_whoever_finds_a_lane_taken_waits_in_the_order_of_locks(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await with_customer(crm)
    if not crm.app.is_postgresql:
        pytest.skip("SQLite has one writer, and no lanes to wait for.")
    async with crm.app.context() as ctx:
        await take_locks(ctx.session, LANES, lane_locks([{"lane": ADA}]))
        writing = asyncio.create_task(crm.store(kehu.Interaction(customer_id=ADA, subject="Call")))
        await asyncio.sleep(0.3)
        assert not writing.done()
        await ctx.session.commit()
    await writing

    assert [i.subject for i in await crm.all(kehu.Interaction)] == ["Call"]
    assert [entry[0] for entry in await trail(crm)][-1] == "core.interaction.created"
    assert len(await trail(crm)) == 4


PEOPLE: Sequence[uuid.UUID | None] = (None, ADA, BOB)


@pytest.mark.parametrize("level", [Level.NONE, Level.OWN, Level.TEAM, Level.SUBTREE, Level.ALL])
async def test_python_says_of_owner_and_team_what_the_database_says(open_crm: OpenCrm, level: Level) -> None:
    crm = await open_crm()
    teams = [uuid.UUID(int=10 + i) for i in range(3)]
    await crm.store(*(kehu.Team(id=key, name=str(key)) for key in teams))
    await crm.store(*(kehu.User(id=key, name=str(key)) for key in (ADA, BOB)))
    rows = [
        kehu.Customer(name="x", owner_id=owner, team_id=team)
        for owner, team in itertools.product(PEOPLE, [None, *teams])
    ]
    await crm.store(*rows)
    for who in (ADA, None):
        principal = kehu.Principal(
            who,
            "somebody",
            teams=tuple(teams[:1]),
            subtree=tuple(teams[:2]),
            grants={"core.customer:create": level, "core.customer:read": Level.ALL},
        )
        async with crm.app.context(principal) as ctx:
            found = (await ctx.session.scalars(sa.select(kehu.Customer))).all()
            scope = row_scope(ctx, kehu.Customer, kehu.Customer, "create")
            condition = sa.true() if scope is None else scope
            reached = set(await ctx.session.scalars(sa.select(kehu.Customer.id).where(condition)))
            assert {c.id for c in found if reaches(ctx, kehu.Customer, c, "create")} == reached
