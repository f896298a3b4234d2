from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.audit.models import AuditEntry
from kehu.platform.identity.models import Reach
from kehu.platform.identity.principals import principal_of
from kehu.platform.webhooks.models import WebhookSubscription
from kehu.platform.webhooks.signatures import verify
from kehu_graphql import Api
from tests.kehu.conftest import Clock
from tests.kehu.factories import changed, give_role, make_user, saved
from tests.kehu.platform.outbox.shop import Bought, emit
from tests.kehu.platform.webhooks.receiver import Receiver, answer
from tests.kehu.platform.webhooks.subscriptions import customer, send_all, sent, subscribe

CREATE = """mutation ($input: CreateWebhookSubscriptionInput!) {
  createWebhookSubscription(input: $input) {
    webhookSubscription { id name url events isActive author { name } } userErrors { code field message }
  }
}"""
UPDATE = """mutation ($input: UpdateWebhookSubscriptionInput!) {
  updateWebhookSubscription(input: $input) { webhookSubscription { author { name } } userErrors { code } }
}"""

Execute = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def execute(app: kehu.App) -> Execute:
    api = Api(app)

    async def run(document: str, principal: kehu.Principal = kehu.SYSTEM, **variables: Any) -> dict[str, Any]:
        result = await api.execute(document, variables, principal=principal)
        assert "errors" not in result, result["errors"]
        data: dict[str, Any] = result["data"]
        return data

    return run


async def person(app: kehu.App, name: str, **grants: Reach) -> kehu.Principal:
    user = await make_user(app, name)
    await give_role(app, user, **grants)
    async with app.context() as ctx:
        return await principal_of(ctx, user)


def managing() -> dict[str, Reach]:
    verbs = ("read", "create", "update", "ping", "rotateSecret", "revealSecret", "replay")
    return {f"core__webhook_subscription__{verb}": Reach.ALL for verb in verbs}


def asked(receiver: Receiver, **values: Any) -> dict[str, Any]:
    return {"name": "Shop", "url": receiver.url(), "events": ["core.customer.*"]} | values


async def test_a_subscription_is_made_through_the_api(execute: Execute, receiver: Receiver) -> None:
    answered = await execute(CREATE, input=asked(receiver))

    made = answered["createWebhookSubscription"]
    assert made["userErrors"] == []
    assert made["webhookSubscription"]["isActive"] is True
    assert made["webhookSubscription"]["author"] is None


async def test_who_may_not_manage_webhooks_is_refused(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    ann = await person(app, "Ann", core__customer__read=Reach.ALL)

    answered = await execute(CREATE, ann, input=asked(receiver))

    assert [error["code"] for error in answered["createWebhookSubscription"]["userErrors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"url": "ftp://example.com"}, "TARGET_REFUSED", "url"),
        ({"events": ["core.nothing.created"]}, "UNKNOWN_EVENT", "events"),
        ({"fields": ["colour"]}, "BAD_USER_INPUT", "fields"),
        ({"filter": {"colour": {"eq": "red"}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"name": {"like": "A%"}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"name": "A"}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"createdAt": {"gt": "soon"}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"parentId": {"eq": "no id"}}}, "BAD_ID", "filter"),
        ({"filter": ["name"]}, "BAD_USER_INPUT", "filter"),
        (
            {"events": ["core.price_list_item.*"], "filter": {"price": {"gt": "many"}}},
            "BAD_USER_INPUT",
            "filter",
        ),
        (
            {"events": ["core.price_list_item.*"], "filter": {"price": {"gt": True}}},
            "BAD_USER_INPUT",
            "filter",
        ),
        (
            {"events": ["core.price_list_item.*"], "filter": {"price": {"in": [1, "many"]}}},
            "BAD_USER_INPUT",
            "filter",
        ),
        (
            {"events": ["core.price_list_item.*"], "filter": {"price": {"contains": "1"}}},
            "BAD_USER_INPUT",
            "filter",
        ),
        ({"filter": {"kind": {"eq": "ROBOT"}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"kind": {"in": ["PERSON", "ROBOT"]}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"kind": {"startsWith": "P"}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"contactPoints": {"some": {"kind": {"eq": "PIGEON"}}}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"name": {"eq": 5}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"name": {"isNull": "yes"}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"parentId": {"eq": 5}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"createdAt": {"gt": "2026-03-02T09:00:00"}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"createdAt": {"gt": "0001-01-01T00:00:00+08:00"}}}, "BAD_USER_INPUT", "filter"),
        ({"filter": {"createdAt": {"within": {"unit": "AGE"}}}}, "BAD_USER_INPUT", "filter"),
        (
            {"filter": {"createdAt": {"within": {"unit": "DAY", "from": "long ago"}}}},
            "BAD_USER_INPUT",
            "filter",
        ),
        ({"filter": {"or": [{"name": {"eq": "a"}}] * 1_000}}, "BAD_USER_INPUT", "filter"),
        ({"events": ["shop.bought"], "filter": {"total": {"gte": "many"}}}, "BAD_USER_INPUT", "filter"),
        ({"events": ["shop.bought"], "filter": {"colour": {"eq": 1}}}, "BAD_USER_INPUT", "filter"),
        ({"events": ["shop.bought"], "fields": ["name"]}, "BAD_USER_INPUT", "fields"),
    ],
)
async def test_what_cannot_be_sent_is_refused_when_it_is_asked_for(
    app: kehu.App, execute: Execute, receiver: Receiver, wrong: dict[str, Any], code: str, field: str
) -> None:
    answered = await execute(CREATE, input=asked(receiver, **wrong))

    errors = answered["createWebhookSubscription"]["userErrors"]
    assert [(error["code"], error["field"]) for error in errors] == [(code, field)]
    async with app.context() as ctx:
        assert (await ctx.session.scalars(sa.select(WebhookSubscription))).all() == []


async def test_a_filter_may_look_through_relations_and_combine_conditions(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    conditions = {
        "or": [
            {"parent": {"name": {"eq": "Above"}}},
            {"subsidiaries": {"some": {"name": {"in": ["Below"]}}}},
        ],
        "not": {"archivedAt": {"isNull": False}},
        "kind": {"in": ["ORGANIZATION", "PERSON"]},
        "createdAt": {"gt": "2026-01-01T00:00:00Z", "within": {"unit": "YEAR", "from": -1}},
    }
    answered = await execute(CREATE, input=asked(receiver, filter=conditions, fields=["name"]))
    assert answered["createWebhookSubscription"]["userErrors"] == []
    above = await saved(app, customer("Above"))
    below = customer("Below")
    below.parent_id = above.id
    await saved(app, below)
    await saved(app, customer("Elsewhere"))

    await send_all(app)

    assert {request.message["data"]["record"]["name"] for request in receiver.received} == {"Above", "Below"}


async def test_a_webhook_sends_what_its_author_may_see(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    ann = await person(app, "Ann", core__customer__read=Reach.OWN, **managing())
    await execute(CREATE, ann, input=asked(receiver, fields=["name"]))
    mine, other = customer("Mine"), customer("Other")
    mine.owner_id = ann.id
    await saved(app, mine)
    await saved(app, other)

    await send_all(app)

    assert [request.message["data"]["record"]["name"] for request in receiver.received] == ["Mine"]


async def test_who_changes_where_a_webhook_goes_becomes_its_author(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    subscription = await subscribe(app, receiver.url("localhost"), fields=["name"])
    ann = await person(app, "Ann", core__customer__read=Reach.OWN, **managing())
    key = kehu.global_id("WebhookSubscription", subscription.id)

    renamed = await execute(UPDATE, ann, input={"id": key, "name": "Still the system's"})
    redirected = await execute(UPDATE, ann, input={"id": key, "url": receiver.url()})
    await saved(app, customer("Secret"))
    await send_all(app)

    assert renamed["updateWebhookSubscription"]["webhookSubscription"]["author"] is None
    assert redirected["updateWebhookSubscription"]["userErrors"] == []
    assert (await _stored(app, subscription)).author_id == ann.id
    assert receiver.received == []


async def test_when_the_author_has_left_nothing_is_sent(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    ann = await person(app, "Ann", core__customer__read=Reach.ALL, **managing())
    await execute(CREATE, ann, input=asked(receiver))
    assert ann.id is not None
    async with app.context() as ctx, ctx.write():
        (await ctx.get(kehu.User, ann.id)).is_active = False
    await saved(app, customer())

    await send_all(app)

    assert receiver.received == []
    [delivery] = await sent(app)
    assert delivery.status.name == "PARKED"
    assert "author" in str(delivery.last_error)


async def test_an_event_of_a_plugin_needs_its_own_permission(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    ann = await person(app, "Ann", core__customer__read=Reach.OWN, **managing())
    ben = await person(app, "Ben", core__customer__read=Reach.OWN, shop__event__read=Reach.ALL, **managing())
    wanted = asked(receiver, events=["shop.bought"])
    await execute(CREATE, ann, input=wanted)
    await execute(CREATE, ben, input=wanted)
    hidden = await saved(app, customer("Not Ben's"))
    await emit(app, Bought(1))
    await emit(app, Bought(2), customer_id=hidden.id)

    await send_all(app)

    assert [request.message["data"]["number"] for request in receiver.received] == [1]


async def test_a_ping_is_sent_after_the_answer_also_to_an_inactive_subscription(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    subscription = await subscribe(app, receiver.url(), is_active=False)
    key = kehu.global_id("WebhookSubscription", subscription.id)

    answered = await execute(
        "mutation ($id: ID!) { pingWebhookSubscription(id: $id) { result { id status event } userErrors { code } } }",
        id=key,
    )
    assert receiver.received == []
    await send_all(app)

    assert answered["pingWebhookSubscription"]["result"]["status"] == "PENDING"
    [request] = receiver.received
    assert request.message["type"] == "core.webhook.ping"
    assert [delivery.status.name for delivery in await sent(app)] == ["DONE"]


async def test_a_rotated_secret_signs_beside_the_old_one_until_its_time_is_over(
    app: kehu.App, execute: Execute, receiver: Receiver, clock: Clock
) -> None:
    subscription = await subscribe(app, receiver.url())
    key = kehu.global_id("WebhookSubscription", subscription.id)
    [old] = subscription.secrets_at(clock.now)

    answered = await execute(
        "mutation ($id: ID!) { rotateSecretWebhookSubscription(id: $id, overlapHours: 2) { result } }", id=key
    )
    new = answered["rotateSecretWebhookSubscription"]["result"]
    revealed = await execute(
        "mutation ($id: ID!) { revealSecretWebhookSubscription(id: $id) { result } }", id=key
    )
    await saved(app, customer("During"))
    await send_all(app)
    during = clock.now
    clock.advance(hours=3)
    await saved(app, customer("After"))
    await send_all(app)

    first, second = receiver.received
    assert revealed["revealSecretWebhookSubscription"]["result"] == new
    for secret in (old, new):
        assert verify([secret], first.headers, first.body, now=during)
    assert verify([new], second.headers, second.body, now=clock.now)
    assert len(second.headers["webhook-signature"].split()) == 1


async def test_secrets_are_not_in_the_audit_trail(app: kehu.App, receiver: Receiver, clock: Clock) -> None:
    subscription = await subscribe(app, receiver.url())
    async with app.context() as ctx:
        entries = (await ctx.session.scalars(sa.select(AuditEntry))).all()

    assert entries
    assert all(subscription.secrets_at(clock.now)[0] not in str(entry.changes) for entry in entries)


async def test_a_parked_message_can_be_sent_again(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    receiver.answers = [answer("410 Gone")]
    subscription = await subscribe(app, receiver.url())
    await saved(app, customer())
    await send_all(app)
    await changed(app, subscription, is_active=True)
    [parked] = await sent(app)

    answered = await execute(
        """mutation ($id: ID!) { resendWebhookDelivery(id: $id) {
          webhookDelivery { status subscription { name } } userErrors { code } } }""",
        id=kehu.global_id("WebhookDelivery", parked.id),
    )
    await send_all(app)

    assert answered["resendWebhookDelivery"]["webhookDelivery"] == {
        "status": "PENDING",
        "subscription": {"name": "Shop"},
    }
    assert receiver.ids == [str(parked.event_id)] * 2
    [delivery] = await sent(app)
    assert (delivery.status.name, sorted(delivery.log)) == ("DONE", ["1", "2"])


async def test_a_replay_sends_everything_since_a_moment_with_the_ids_it_had(
    app: kehu.App, execute: Execute, receiver: Receiver, clock: Clock
) -> None:
    await saved(app, customer("Before the moment"))
    clock.advance(hours=1)
    since = clock.now
    await saved(app, customer("Before the subscription"))
    clock.advance(hours=1)
    await send_all(app)
    subscription = await subscribe(app, receiver.url(), fields=["name"])
    await saved(app, customer("After"))
    await send_all(app)
    assert len(receiver.received) == 1

    answered = await execute(
        "mutation ($id: ID!, $since: DateTime!) { replayWebhookSubscription(id: $id, since: $since) { result } }",
        id=kehu.global_id("WebhookSubscription", subscription.id),
        since=(since - timedelta(seconds=1)).isoformat(),
    )
    await send_all(app)

    assert answered["replayWebhookSubscription"]["result"] == 2
    names = [request.message["data"]["record"]["name"] for request in receiver.received]
    assert names == ["After", "Before the subscription", "After"]
    assert receiver.ids[0] == receiver.ids[2]


async def test_an_overlap_of_more_than_a_week_is_refused(
    app: kehu.App, execute: Execute, receiver: Receiver
) -> None:
    subscription = await subscribe(app, receiver.url())

    answered = await execute(
        """mutation ($id: ID!) {
          rotateSecretWebhookSubscription(id: $id, overlapHours: 1000) { result userErrors { code field } } }""",
        id=kehu.global_id("WebhookSubscription", subscription.id),
    )

    errors = answered["rotateSecretWebhookSubscription"]["userErrors"]
    assert [(error["code"], error["field"]) for error in errors] == [("BAD_USER_INPUT", "overlapHours")]
    assert len((await _stored(app, subscription)).secrets) == 1


async def _stored(app: kehu.App, subscription: WebhookSubscription) -> WebhookSubscription:
    key: uuid.UUID = subscription.id
    async with app.context() as ctx:
        return await ctx.get(WebhookSubscription, key)
