from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.audit.models import AuditEntry
from kehu.platform.identity.models import Reach
from kehu.platform.inbound.models import InboundEndpoint
from kehu.platform.inbound.receipts import Receipt, receive
from kehu.platform.webhooks.signatures import SignatureInvalid, new_secret, signed_headers
from kehu_graphql import Api
from tests.kehu.conftest import Clock
from tests.kehu.factories import changed, give_role, make_user
from tests.kehu.platform.inbound.telephone import Telephone, callers, endpoint, handle_all, messages, send
from tests.kehu.platform.outbox.waiting import until


@pytest.fixture
def telephone() -> Telephone:
    return Telephone()


@pytest.fixture
async def app(database_url: str, clock: Clock, telephone: Telephone) -> AsyncIterator[kehu.App]:
    app = kehu.App([core, telephone.plugin], database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


async def test_a_signed_message_is_kept_and_then_handled(app: kehu.App, telephone: Telephone) -> None:
    exchange = await endpoint(app)

    assert await send(app, exchange) is Receipt.ACCEPTED
    assert telephone.calls == []
    await handle_all(app)

    assert await callers(app) == ["Ann"]
    [message] = await messages(app)
    assert (message.status.name, message.body, message.message_id) == ("DONE", '{"from": "Ann"}', "call-1")
    assert message.headers["content-type"] == "application/json"


async def test_the_same_message_twice_has_its_effect_once(app: kehu.App) -> None:
    exchange = await endpoint(app)

    receipts = [await send(app, exchange) for _ in range(3)]
    await handle_all(app)

    assert receipts == [Receipt.ACCEPTED, Receipt.DUPLICATE, Receipt.DUPLICATE]
    assert await callers(app) == ["Ann"]


async def test_two_senders_may_use_the_same_id(app: kehu.App) -> None:
    for name in ("Exchange", "Other"):
        assert await send(app, await endpoint(app, name=name), caller=name) is Receipt.ACCEPTED
    await handle_all(app)

    assert await callers(app) == ["Exchange", "Other"]


async def test_a_message_that_fails_is_kept_and_tried_again(
    app: kehu.App, telephone: Telephone, clock: Clock
) -> None:
    exchange = await endpoint(app)
    telephone.is_broken = True
    await send(app, exchange)
    await handle_all(app)
    assert await callers(app) == []
    telephone.is_broken = False
    clock.advance(seconds=2)

    await handle_all(app)

    assert await callers(app) == ["Ann"]
    assert [(m.status.name, m.attempts, m.last_error) for m in await messages(app)] == [("DONE", 2, None)]


async def test_a_message_that_cannot_be_understood_is_parked_and_can_be_replayed(
    app: kehu.App, clock: Clock
) -> None:
    exchange = await endpoint(app)
    await send(app, exchange, body=b"{not json")
    for _ in range(12):
        await handle_all(app)
        clock.advance(hours=1)
    [message] = await messages(app)
    assert message.status.name == "PARKED"
    assert "is no JSON" in str(message.last_error)

    answered = await Api(app).execute(
        """mutation ($id: ID!) { replayInboundMessage(id: $id) {
          inboundMessage { status attempts } userErrors { code } } }""",
        {"id": kehu.global_id("InboundMessage", message.id)},
    )

    assert answered["data"]["replayInboundMessage"] == {
        "inboundMessage": {"status": "PENDING", "attempts": 0},
        "userErrors": [],
    }


@pytest.mark.parametrize("body", [b"\xff\xfe\x00binary", b"text\x00with nul"])
async def test_a_body_that_is_no_text_is_kept_as_it_came(app: kehu.App, body: bytes) -> None:
    exchange = await endpoint(app)
    await send(app, exchange, body=body)

    [message] = await messages(app)
    assert (message.is_base64, message.content) == (True, body)


async def test_a_message_signed_with_another_secret_is_refused_and_not_kept(
    app: kehu.App, clock: Clock
) -> None:
    await endpoint(app)
    headers = signed_headers([new_secret()], "call-1", clock.now, b"{}")
    with pytest.raises(SignatureInvalid):
        await receive(app, "telephone.calls", headers, b"{}")

    assert await messages(app) == []


async def test_an_old_message_is_refused(app: kehu.App, clock: Clock) -> None:
    exchange = await endpoint(app)
    headers = signed_headers(exchange.secrets_at(clock.now), "call-1", clock.now, b"{}")
    clock.advance(minutes=6)
    with pytest.raises(SignatureInvalid, match="five minutes"):
        await receive(app, "telephone.calls", headers, b"{}")


async def test_an_inactive_endpoint_takes_nothing(app: kehu.App) -> None:
    exchange = await endpoint(app, is_active=False)
    with pytest.raises(SignatureInvalid, match="No active endpoint"):
        await send(app, exchange)


async def test_a_kind_that_nobody_handles_is_not_found(app: kehu.App) -> None:
    with pytest.raises(kehu.NotFound):
        await receive(app, "telephone.faxes", {}, b"")


async def test_an_endpoint_is_of_a_kind_that_somebody_handles(app: kehu.App) -> None:
    with pytest.raises(kehu.Rejected) as refusal:
        await endpoint(app, kind="telephone.faxes")

    [error] = refusal.value.errors
    assert (error.code, error.field) == ("UNKNOWN_KIND", "kind")
    assert "there are: telephone.calls" in error.message


async def test_a_message_is_handled_with_the_rights_and_in_the_name_of_the_author(app: kehu.App) -> None:
    ann = await make_user(app, "Ann")
    may = kehu.Principal(ann.id, "Ann", grants={"core.inbound_endpoint:create": kehu.Level.ALL})
    exchange = await endpoint(app, may)
    await send(app, exchange)

    await handle_all(app)

    [message] = await messages(app)
    assert message.status.name == "PENDING"
    assert str(message.last_error).startswith("Forbidden")
    assert await callers(app) == []


async def test_what_a_message_does_is_audited_under_its_author(app: kehu.App) -> None:
    ann = await make_user(app, "Ann")
    await give_role(app, ann, core__customer__create=Reach.ALL, core__customer__read=Reach.ALL)
    exchange = await endpoint(app, kehu.Principal(ann.id, "Ann"))
    await send(app, exchange)
    await handle_all(app)

    async with app.context() as ctx:
        entry = (
            await ctx.session.scalars(sa.select(AuditEntry).where(AuditEntry.entity == "Customer"))
        ).one()
    assert (entry.user_id, entry.principal) == (ann.id, "Ann")


async def test_a_rotated_secret_is_taken_beside_the_old_one_until_its_time_is_over(
    app: kehu.App, clock: Clock
) -> None:
    old = await endpoint(app)
    async with app.context() as ctx, ctx.write():
        fresh = await ctx.get(InboundEndpoint, old.id)
        fresh.rotate_secret(at=ctx.now(), overlap_hours=1)

    assert await send(app, old, "during") is Receipt.ACCEPTED
    assert await send(app, fresh, "new") is Receipt.ACCEPTED
    clock.advance(hours=2)
    with pytest.raises(SignatureInvalid):
        await send(app, old, "after")


async def test_the_running_loops_handle_at_once(app: kehu.App) -> None:
    exchange = await endpoint(app)
    async with app.platform.deliveries.running():
        await send(app, exchange)
        await until(lambda: callers(app))

    assert await callers(app) == ["Ann"]


async def test_an_endpoint_whose_author_left_does_nothing(app: kehu.App) -> None:
    ann = await make_user(app, "Ann")
    exchange = await endpoint(app, kehu.Principal(ann.id, "Ann"))
    await send(app, exchange)
    await changed(app, ann, is_active=False)

    await handle_all(app)

    assert await callers(app) == []
    [message] = await messages(app)
    assert "has left" in str(message.last_error)
