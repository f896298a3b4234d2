"""People and their sessions, interactions and contacts, files, jobs, and the systems that kehu talks to."""

from __future__ import annotations

from datetime import UTC, datetime

from kehu.platform.inbound.handlers import handle_messages
from kehu.platform.outbox.catalogue import EventCatalogue
from kehu.platform.outbox.handlers import handle
from kehu.platform.webhooks.signatures import signed_headers
from kehu_sfa.forecasts.actions import keep_forecasts
from tests.kehu.factories import PASSWORD
from tests.kehu.platform.webhooks.subscriptions import send_all
from tests.kehu_graphql.mutations.records import Records

AGENT = "Service Agent"


async def people_come_and_go(records: Records) -> None:
    """Somebody gets a password, signs in and out."""
    firm, boss = records.firm, records.firm.boss
    email = "visitor@example.com"
    made = await boss.do("createUser", "user { id }", input={"name": "Visitor", "email": email})
    key = made["user"]["id"]
    done = await boss.do("setPasswordUsers", "results { id }", ids=[key], password=PASSWORD)
    assert done == {"results": [{"id": key}]}
    visitor = await firm.enter("nobody", key, email)
    signed_in = await visitor.do("signIn", "result { token }", email=email, password=PASSWORD)
    assert len(signed_in["result"]["token"]) > 40
    await visitor.do("signOut")
    assert (await visitor.http.get("/session")).json() == {"user": None}


async def calls_are_made_or_not(records: Records) -> None:
    """A call that was made leads to the next one; others are not made."""
    agent = await records.firm.person(AGENT)
    for many in (False, True):
        call, other = [await records.new("Interaction", agent) for _ in range(2)]
        shown = "status outcome followUps { nodes { subject } }"
        told = {"outcome": "Wants an offer", "followUpSubject": "Call back"}
        assert await agent.act("complete", "Interaction", call, shown, many=many, **told) == {
            "status": "DONE",
            "outcome": "Wants an offer",
            "followUps": {"nodes": [{"subject": "Call back"}]},
        }
        cancelled = await agent.act("cancel", "Interaction", other, many=many, reason="Gone")
        assert cancelled == {"status": "CANCELLED"}


async def one_role_is_the_primary(records: Records) -> None:
    """The main person at a customer changes."""
    agent = await records.firm.person(AGENT)
    customer = await records.some("Customer", agent)
    roles = [await records.new("ContactRole", agent, customerId=customer) for _ in range(2)]
    for many, role in enumerate(roles):
        shown = await agent.act("makePrimary", "ContactRole", role, "isPrimary", many=bool(many))
        assert shown == {"isPrimary": True}
    assert await agent.see("contactRole", roles[0], "isPrimary") == {"isPrimary": False}


async def files_are_attached(records: Records) -> None:
    """An offer comes as a file."""
    agent = await records.firm.person(AGENT)
    file = await agent.attach(await records.some("Customer", agent))
    assert await agent.see("attachment", file, "name size") == {"name": "offer.pdf", "size": 4}


async def jobs_wait(records: Records) -> None:
    """Jobs are taken out of the queue and put back."""
    boss, app = records.firm.boss, records.firm.app
    async with app.context() as ctx, ctx.write():
        await ctx.enqueue(keep_forecasts)
    found = await boss.ask("{ jobs(filter: {state: {eq: QUEUED}}, last: 1) { nodes { id } } }")
    key = found["jobs"]["nodes"][0]["id"]
    for many in (False, True):
        assert await boss.act("cancel", "Job", key, "state", many=many) == {"state": "CANCELLED"}
        assert await boss.act("retry", "Job", key, "state", many=many) == {"state": "QUEUED"}


async def handlers_are_told_again(records: Records) -> None:
    """A handler hears of an order that was confirmed, and of it again."""
    firm, boss = records.firm, records.firm.boss
    seller = await firm.person("Salesperson")
    before = datetime.now(UTC).isoformat()
    order = await records.new("Order", seller)
    line = {"description": "Pilot", "quantity": "1", "unitPrice": "100"}
    await seller.do("setLinesOrder", id=order, lines=[line])
    await seller.do("confirmOrder", id=order)
    await _work(records)
    found = await boss.ask("{ eventDeliveries(last: 1) { nodes { id status } } }")
    (delivery,) = found["eventDeliveries"]["nodes"]
    assert delivery["status"] == "DONE"
    for many in (False, True):
        again = await boss.act("retry", "EventDelivery", delivery["id"], many=many)
        assert again == {"status": "PENDING"}
        await _work(records)
    (handler,) = firm.app.composition.derived(EventCatalogue).handlers
    assert await boss.do("replayEvents", "result", handler=handler, since=before) == {"result": 1}


async def webhooks_are_sent(records: Records) -> None:
    """Another system is pinged, and told of what happened before it was there, with a new secret."""
    boss = records.firm.boss
    before = datetime.now(UTC).isoformat()
    await records.new("Customer", boss)
    await _work(records)
    hook = await records.new("WebhookSubscription", boss)
    first = await boss.do("revealSecretWebhookSubscription", "result", id=hook)
    second = await boss.do("rotateSecretWebhookSubscription", "result", id=hook, overlapHours=1)
    assert await boss.do("revealSecretWebhookSubscription", "result", id=hook) == second != first
    pinged = await boss.do("pingWebhookSubscription", "result { id status }", id=hook)
    assert pinged["result"]["status"] == "PENDING"
    await _work(records)
    for many in (False, True):
        await _work(records)
        assert await boss.see("webhookDelivery", pinged["result"]["id"], "attempts") == {"attempts": 1}
        key = pinged["result"]["id"]
        assert await boss.act("resend", "WebhookDelivery", key, "attempts", many=many) == {"attempts": 0}
    replayed = await boss.do("replayWebhookSubscription", "result", id=hook, since=before)
    assert replayed == {"result": 1}


async def messages_come_in(records: Records) -> None:
    """Another system sends a signed message over HTTP, which is handled twice."""
    boss = records.firm.boss
    endpoint = await records.new("InboundEndpoint", boss)
    first = await boss.do("revealSecretInboundEndpoint", "result", id=endpoint)
    secret = await boss.do("rotateSecretInboundEndpoint", "result", id=endpoint, overlapHours=1)
    assert secret != first
    body = b'{"from": "Ann"}'
    headers = signed_headers([secret["result"]], "call-1", datetime.now(UTC), body)
    sent = await boss.http.post("/inbound/listener/calls", content=body, headers=headers)
    assert sent.json() == {"status": "accepted"}
    await _work(records)
    found = await boss.ask("{ inboundMessages(last: 1) { nodes { id status } } }")
    (message,) = found["inboundMessages"]["nodes"]
    assert message["status"] == "DONE"
    for many in (False, True):
        again = await boss.act("replay", "InboundMessage", message["id"], many=many)
        assert again == {"status": "PENDING"}
        await _work(records)


async def _work(records: Records) -> None:
    """What waits is done: handlers hear of events, webhooks are sent, messages are handled."""
    await send_all(records.firm.app)
    while await handle(records.firm.app) or await handle_messages(records.firm.app):
        pass


STORIES = (
    people_come_and_go,
    calls_are_made_or_not,
    one_role_is_the_primary,
    files_are_attached,
    jobs_wait,
    handlers_are_told_again,
    webhooks_are_sent,
    messages_come_in,
)
