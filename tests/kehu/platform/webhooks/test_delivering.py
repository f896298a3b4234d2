from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

import kehu
from kehu.platform.deliveries import ROUTES
from kehu.platform.outbox.distributor import distribute
from kehu.platform.webhooks.deliveries import LEASE, WebhookSender
from kehu.platform.webhooks.models import WebhookSubscription
from kehu.platform.webhooks.routing import WEBHOOKS
from kehu.platform.webhooks.sender import Limits, Sender
from kehu.platform.webhooks.signatures import verify
from tests.kehu.conftest import Clock
from tests.kehu.factories import changed, saved
from tests.kehu.platform.outbox.shop import Bought, emit
from tests.kehu.platform.outbox.waiting import until
from tests.kehu.platform.webhooks.receiver import Receiver, answer, receiving
from tests.kehu.platform.webhooks.subscriptions import customer, send_all, sent, subscribe

DOWN = answer("503 Service Unavailable")
ANN = uuid.UUID(int=1)


async def test_a_write_is_told_with_a_signature_that_the_receiver_can_verify(
    app: kehu.App, receiver: Receiver, clock: Clock
) -> None:
    subscription = await subscribe(app, receiver.url())
    aster = await saved(app, customer())

    await send_all(app)

    [request] = receiver.received
    [delivery] = await sent(app)
    secrets = subscription.secrets_at(clock.now)
    assert verify(secrets, request.headers, request.body, now=clock.now) == str(delivery.event_id)
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    message = request.message
    changed_fields = message["data"].pop("changed")
    assert message == {
        "type": "core.customer.created",
        "version": 1,
        "timestamp": "2026-03-02T09:00:00+00:00",
        "customerId": kehu.global_id("Customer", aster.id),
        "recordId": kehu.global_id("Customer", aster.id),
        "data": {},
    }
    assert {"kind", "name"} <= set(changed_fields)
    assert (delivery.status.name, delivery.attempts, delivery.last_status) == ("DONE", 1, 200)


async def test_the_fields_that_are_asked_for_are_sent(app: kehu.App, receiver: Receiver) -> None:
    await subscribe(app, receiver.url(), fields=["id", "name", "kind", "parentId", "archivedAt"])
    above = await saved(app, customer("Above"))
    below = customer("Below")
    below.parent_id = above.id
    await saved(app, below)

    await send_all(app)

    assert receiver.received[1].message["data"]["record"] == {
        "id": kehu.global_id("Customer", below.id),
        "name": "Below",
        "kind": "ORGANIZATION",
        "parentId": kehu.global_id("Customer", above.id),
        "archivedAt": None,
    }


async def test_a_filter_says_which_records_are_told(app: kehu.App, receiver: Receiver) -> None:
    await subscribe(app, receiver.url(), filter={"name": {"startsWith": "A"}}, fields=["name"])
    for name in ("Aster", "Birch", "Acorn"):
        await saved(app, customer(name))

    await send_all(app)

    assert [request.message["data"]["record"]["name"] for request in receiver.received] == ["Aster", "Acorn"]
    assert [delivery.status.name for delivery in await sent(app)] == ["DONE", "SKIPPED", "DONE"]


async def test_an_event_of_a_plugin_is_told_with_its_fields(app: kehu.App, receiver: Receiver) -> None:
    await subscribe(app, receiver.url(), events=["shop.bought"], filter={"total": {"gte": "10.0"}})
    await emit(app, Bought(1, Decimal("9.99")), Bought(2, Decimal("10.00")))

    await send_all(app)

    [request] = receiver.received
    assert request.message["type"] == "shop.bought"
    assert request.message["data"] == {"number": 2, "total": "10.00"}


async def test_a_failed_message_is_sent_again_with_the_same_id(
    app: kehu.App, receiver: Receiver, clock: Clock
) -> None:
    await subscribe(app, receiver.url())
    receiver.answers = [DOWN, DOWN]
    await saved(app, customer())

    await send_all(app)
    await send_all(app)
    assert len(receiver.received) == 1
    clock.advance(seconds=6)
    await send_all(app)
    clock.advance(minutes=6)
    await send_all(app)

    assert len(receiver.ids) == 3
    assert len(set(receiver.ids)) == 1
    assert len({request.headers["webhook-signature"] for request in receiver.received}) == 3
    [delivery] = await sent(app)
    assert (delivery.status.name, delivery.attempts, delivery.last_error) == ("DONE", 3, None)
    assert [line["status"] for line in delivery.log.values()] == [503, 503, 200]
    assert delivery.log["1"]["error"] == "answered 503"


async def test_attempts_go_on_for_a_day_and_then_it_is_parked(
    app: kehu.App, receiver: Receiver, clock: Clock
) -> None:
    await subscribe(app, receiver.url())
    receiver.answer = DOWN
    await saved(app, customer())
    began = clock.now
    await send_all(app)
    while (delivery := (await sent(app))[0]).status.name == "PENDING":
        clock.now = delivery.next_attempt_at
        await send_all(app)

    assert (delivery.status.name, delivery.attempts) == ("PARKED", 8)
    assert len(receiver.received) == 8
    assert timedelta(hours=18) < clock.now - began <= timedelta(hours=24)


async def test_messages_about_one_customer_wait_for_one_another(
    app: kehu.App, receiver: Receiver, clock: Clock
) -> None:
    await subscribe(app, receiver.url(), fields=["name"])
    receiver.answers = [DOWN]
    aster = await saved(app, customer())
    await changed(app, aster, name="Aster Ltd")
    await saved(app, customer("Birch"))

    await send_all(app)
    clock.advance(seconds=6)
    await send_all(app)

    told = [
        (request.message["type"], request.message["data"]["record"]["name"]) for request in receiver.received
    ]
    assert told[0][0] == "core.customer.created"
    assert told[1] == ("core.customer.created", "Birch")
    assert [kind for kind, _ in told[2:]] == ["core.customer.created", "core.customer.updated"]


async def test_one_receiver_that_is_down_does_not_delay_another(app: kehu.App, receiver: Receiver) -> None:
    async with receiving() as other:
        receiver.pause = 30.0
        await subscribe(app, receiver.url(), name="Down")
        await subscribe(app, other.url(), name="Up")
        for number in range(8):
            await saved(app, customer(f"Customer {number}"))
        while await distribute(app, ROUTES):
            pass
        postman = WebhookSender(app, Sender(allow_private=True, limits=Limits(silence_seconds=1.0)))

        while len(other.received) < 8:
            await postman.send()
            await asyncio.sleep(0.01)

        assert receiver.most_open <= 4
        await postman.finish()


async def test_a_worker_that_died_while_sending_leaves_the_message_to_the_next(
    app: kehu.App, receiver: Receiver, clock: Clock
) -> None:
    await subscribe(app, receiver.url())
    await saved(app, customer())
    await distribute(app, ROUTES)
    async with app.context() as dying, dying.write():
        assert await WEBHOOKS.lease_next(dying, LEASE) is not None

    await send_all(app)
    assert receiver.received == []
    clock.advance(seconds=61)
    await send_all(app)

    assert len(receiver.received) == 1


async def test_an_inactive_or_archived_subscription_is_told_nothing(
    app: kehu.App, receiver: Receiver
) -> None:
    sleeping = await subscribe(app, receiver.url())
    gone = await subscribe(app, receiver.url())
    await saved(app, customer())
    while await distribute(app, ROUTES):
        pass
    await changed(app, sleeping, is_active=False)
    async with app.context() as ctx, ctx.write():
        await ctx.delete(await ctx.get(WebhookSubscription, gone.id))
    await saved(app, customer("Birch"))

    await send_all(app)

    assert receiver.received == []
    assert [delivery.status.name for delivery in await sent(app)] == ["SKIPPED", "SKIPPED"]


async def test_a_receiver_that_answers_gone_is_told_nothing_more(app: kehu.App, receiver: Receiver) -> None:
    subscription = await subscribe(app, receiver.url())
    receiver.answer = answer("410 Gone")
    await saved(app, customer())
    await send_all(app)
    await saved(app, customer("Birch"))
    await send_all(app)

    assert len(receiver.received) == 1
    assert [delivery.status.name for delivery in await sent(app)] == ["PARKED"]
    async with app.context() as ctx:
        assert (await ctx.get(WebhookSubscription, subscription.id)).is_active is False


async def test_a_target_that_became_private_is_parked_at_once(app: kehu.App, receiver: Receiver) -> None:
    await subscribe(app, receiver.url())
    await saved(app, customer())
    while await distribute(app, ROUTES):
        pass
    strict = kehu.App(app.composition.plugins, engine=app.engine, clock=app.clock)
    postman = WebhookSender(strict)
    await postman.send()
    await postman.finish()

    [delivery] = await sent(app)
    assert (delivery.status.name, delivery.attempts) == ("PARKED", 1)
    assert receiver.connections == 0


@pytest.mark.parametrize("patterns", [["core.customer.created"], ["core.customer.*"], ["core.*"], ["*"]])
async def test_events_are_chosen_by_name_or_by_the_beginning_of_it(
    app: kehu.App, receiver: Receiver, patterns: list[str]
) -> None:
    await subscribe(app, receiver.url(), events=patterns)
    await saved(app, customer())

    await send_all(app)

    assert "core.customer.created" in [request.message["type"] for request in receiver.received]


async def test_the_running_loops_send_at_once(app: kehu.App, receiver: Receiver) -> None:
    await subscribe(app, receiver.url())
    async with app.platform.deliveries.running():
        await saved(app, customer())
        await until(lambda: receiver.received)

    assert [delivery.status.name for delivery in await sent(app)] == ["DONE"]
