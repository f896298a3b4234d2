from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.crm.contacts.models import Contact, ContactRole
from kehu.crm.customers.models import Customer
from kehu.crm.interactions import actions, fields
from kehu.crm.interactions.models import Interaction, InteractionParticipant, InteractionStatus
from kehu.kernel.errors import FieldError
from tests.kehu.conftest import Clock
from tests.kehu.factories import make_user, refused, saved, stored


@pytest.fixture
async def acme(app: kehu.App) -> Customer:
    return await saved(app, Customer(name="Acme"))


async def completed(app: kehu.App, call: Interaction, **how: Any) -> None:
    async with app.context() as ctx, ctx.write():
        await actions.complete(await ctx.get(Interaction, call.id), ctx, **how)


async def test_an_interaction_concerns_somebody(app: kehu.App) -> None:
    errors = await refused(app, Interaction(subject="Call"))
    assert [(e.code, e.field) for e in errors] == [("REQUIRED", "customerId")]


async def test_the_only_customer_of_a_contact_is_filled_in(app: kehu.App, acme: Customer) -> None:
    ann = await saved(app, Contact(name="Ann"))
    await saved(app, ContactRole(contact_id=ann.id, customer_id=acme.id))
    assert (await saved(app, Interaction(subject="Call", contact_id=ann.id))).customer_id == acme.id
    other = await saved(app, Customer(name="Other"))
    await saved(app, ContactRole(contact_id=ann.id, customer_id=other.id))
    assert (await saved(app, Interaction(subject="Call", contact_id=ann.id))).customer_id is None


async def test_an_interaction_is_about_a_record_that_exists(app: kehu.App, acme: Customer) -> None:
    about = kehu.GlobalId(kehu.global_id("Customer", acme.id))
    assert (await saved(app, Interaction(subject="Call", regarding_id=about))).regarding_id == about
    nobody = kehu.GlobalId(kehu.global_id("Customer", kehu.uuid7()))
    unknown = kehu.GlobalId(kehu.global_id("Spaceship", acme.id))
    for missing, name in ((nobody, "Customer"), (unknown, "Spaceship")):
        assert await refused(app, Interaction(subject="Call", regarding_id=missing)) == (
            FieldError(
                "NOT_FOUND", f"There is no such {name}, or none that you may see.", "regardingId", "core"
            ),
        )
    errors = await refused(app, Interaction(subject="Call", regarding_id=kehu.GlobalId("garbage")))
    assert [(e.code, e.field) for e in errors] == [("BAD_ID", "regardingId")]


async def test_what_is_entered_as_done_has_begun(app: kehu.App, acme: Customer) -> None:
    call = await saved(app, Interaction(subject="Call", customer_id=acme.id, status=InteractionStatus.DONE))
    assert (call.started_at, call.ended_at) == (app.clock(), None)


async def test_everything_wrong_with_an_interaction_comes_back_at_once(app: kehu.App) -> None:
    call = Interaction(
        subject="Call", status=InteractionStatus.DONE, ended_at=app.clock() + timedelta(hours=1),
        answered_after_seconds=-1,
    )  # fmt: skip
    assert {(e.code, e.field) for e in await refused(app, call)} == {
        ("REQUIRED", "customerId"),
        ("INTERACTION_IN_FUTURE", "endedAt"),
        ("INVALID", "answeredAfterSeconds"),
    }


async def test_completing_plans_the_follow_up(app: kehu.App, acme: Customer, clock: Clock) -> None:
    call = await saved(app, Interaction(subject="Call", customer_id=acme.id, kind="CALL"))
    due = clock() + timedelta(days=7)
    await completed(app, call, outcome="interested", follow_up_subject="Visit", follow_up_due_at=due)
    done = await stored(app, call)
    assert (done.status, done.outcome, done.ended_at) == (InteractionStatus.DONE, "interested", clock())
    async with app.context() as ctx:
        led_to = (
            await ctx.session.scalars(sa.select(Interaction).where(Interaction.follow_up_of_id == call.id))
        ).one()
    assert (led_to.subject, led_to.status, led_to.due_at, led_to.customer_id) == (
        "Visit", InteractionStatus.PLANNED, due, acme.id,
    )  # fmt: skip


async def test_a_completion_in_the_future_is_refused(app: kehu.App, acme: Customer) -> None:
    call = await saved(app, Interaction(subject="Call", customer_id=acme.id))
    with pytest.raises(kehu.Refusal) as refusal:
        await completed(app, call, at=app.clock() + timedelta(days=1))
    assert [(e.code, e.field) for e in refusal.value.errors] == [("INTERACTION_IN_FUTURE", "at")]
    assert (await stored(app, call)).status is InteractionStatus.PLANNED


async def test_cancelling_keeps_the_reason(app: kehu.App, acme: Customer) -> None:
    call = await saved(app, Interaction(subject="Call", customer_id=acme.id))
    async with app.context() as ctx, ctx.write():
        await actions.cancel(await ctx.get(Interaction, call.id), ctx, reason="wrong number")
    cancelled = await stored(app, call)
    assert (cancelled.status, cancelled.outcome) == (InteractionStatus.CANCELLED, "wrong number")


async def test_is_overdue_looks_at_the_clock(app: kehu.App, acme: Customer, clock: Clock) -> None:
    call = await saved(
        app, Interaction(subject="Call", customer_id=acme.id, due_at=clock() + timedelta(hours=1))
    )
    async with app.context() as ctx:
        assert not fields.is_overdue(call, ctx)
        clock.advance(hours=2)
        assert fields.is_overdue(call, ctx)


async def test_a_participant_is_a_user_or_a_contact(app: kehu.App, acme: Customer) -> None:
    call = await saved(app, Interaction(subject="Call", customer_id=acme.id))
    user, contact = await make_user(app), await saved(app, Contact(name="Ben"))
    await saved(app, InteractionParticipant(interaction_id=call.id, user_id=user.id))
    await saved(app, InteractionParticipant(interaction_id=call.id, contact_id=contact.id))
    for wrong in ({}, {"user_id": user.id, "contact_id": contact.id}):
        errors = await refused(app, InteractionParticipant(interaction_id=call.id, **wrong))
        assert [e.code for e in errors] == ["REQUIRED"]


async def test_nobody_takes_part_twice(app: kehu.App, acme: Customer) -> None:
    call = await saved(app, Interaction(subject="Call", customer_id=acme.id))
    contact = await saved(app, Contact(name="Ben"))
    await saved(app, InteractionParticipant(interaction_id=call.id, contact_id=contact.id))
    errors = await refused(app, InteractionParticipant(interaction_id=call.id, contact_id=contact.id))
    assert [e.code for e in errors] == ["DUPLICATE"]
