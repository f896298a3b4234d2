"""Open WebSockets and streams have the rights of the moment, and end with the session that they were opened under.

On PostgreSQL whatever ends a session happens on another node.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import httpx2
import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.model import utc_now
from kehu.platform.identity.models import Grant, Reach, Role, RoleAssignment, SignInSession
from kehu.platform.identity.sign_in import sign_in
from kehu_graphql import Api
from tests.kehu.factories import PASSWORD, changed, make_user, saved
from tests.kehu_graphql.server.live import COMPLETE, Listener, asked_on, listening, serving, socket_of
from tests.templates import Templates

EMAIL = "ann@example.com"
LISTEN = "subscription { customerChanged { operation customer { name } } }"
COUNT = "{ customers { totalCount } }"
CREATE = 'mutation { createCustomer(input: {name: "Acme", kind: ORGANIZATION}) { userErrors { code } } }'
HOW = ["websocket", "events"]


class Clock:
    """The time of the server that is listened to."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


class Firm:
    """The node that is listened to, and the one where something happens; on SQLite they are one."""

    def __init__(self, here: kehu.App, there: kehu.App, clock: Clock) -> None:
        self.here, self.there, self.clock = here, there, clock
        self.where, self.token = "", ""
        self.ann, self.assignment = uuid.UUID(int=0), uuid.UUID(int=0)

    async def prepare(self) -> None:
        """Ann, who may do everything as long as she has her role, and Bob, so that she is not the last who can."""
        ann, bob = await make_user(self.there, "Ann", email=EMAIL), await make_user(self.there, "Bob")
        role = await saved(self.there, Role(name="Everything"))
        await saved(self.there, Grant(role_id=role.id, permission="*", level=Reach.ALL))
        await saved(self.there, RoleAssignment(role_id=role.id, user_id=bob.id))
        assignment = await saved(self.there, RoleAssignment(role_id=role.id, user_id=ann.id))
        self.ann, self.assignment = ann.id, assignment.id
        self.token = await self.sign_in()

    async def sign_in(self) -> str:
        """The token of a new session of Ann."""
        async with self.there.context(kehu.ANONYMOUS) as ctx:
            return (await sign_in(ctx, EMAIL, PASSWORD)).token

    async def heard(self, listener: Listener) -> None:
        """Return once the listener has heard that a customer was made."""
        until = time.monotonic() + 20
        hearing = asyncio.create_task(listener.next())
        while not hearing.done() and time.monotonic() < until:
            await self.customer("Heard")
            await asyncio.wait({hearing}, timeout=0.1)
        assert hearing.result()["data"]["customerChanged"]["customer"]["name"] == "Heard"

    async def customer(self, name: str) -> None:
        """Make a customer, on the other node."""
        await saved(self.there, kehu.Customer(kind=kehu.CustomerKind.ORGANIZATION, name=name))

    async def take_role(self) -> None:
        """Take away the only role that Ann has."""
        async with self.there.context() as ctx, ctx.write():
            await ctx.delete(await ctx.get(RoleAssignment, self.assignment))


@pytest.fixture
async def firm(database_url: str, templates: Templates) -> AsyncIterator[Firm]:
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    clock = Clock()
    here = there = await templates.open(database_url, "core", clock=clock)
    if here.is_postgresql:
        there = kehu.App(here.composition, database_url, clock=clock)
    firm = Firm(here, there, clock)
    await firm.prepare()
    async with serving(Api(here)) as firm.where:
        yield firm
    await there.close()


async def signed_out(firm: Firm) -> None:
    async with AsyncExitStack() as stack:
        node = firm.where
        if firm.there is not firm.here:
            node = await stack.enter_async_context(serving(Api(firm.there)))
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=30))
        answer = await http.post(
            f"http://{node}/graphql",
            json={"query": "mutation { signOut { userErrors { code } } }"},
            headers={"Authorization": f"Bearer {firm.token}"},
        )
    assert answer.json() == {"data": {"signOut": {"userErrors": []}}}


async def disabled(firm: Firm) -> None:
    async with firm.there.context() as ctx:
        await changed(firm.there, await ctx.get(kehu.User, firm.ann), is_active=False)


async def archived(firm: Firm) -> None:
    async with firm.there.context() as ctx, ctx.write():
        await ctx.delete(await ctx.get(kehu.User, firm.ann))


async def given_a_new_password(firm: Firm) -> None:
    document = 'mutation ($id: ID!) { setPasswordUser(id: $id, password: "%s") { userErrors { code } } }'
    answer = await Api(firm.there).execute(
        document % "entirely different words", {"id": kehu.global_id("User", firm.ann)}
    )
    assert answer == {"data": {"setPasswordUser": {"userErrors": []}}}


async def idle(firm: Firm) -> None:
    firm.clock.ahead = timedelta(hours=8, minutes=1)


async def used_for_two_weeks(firm: Firm) -> None:
    later = timedelta(days=14, seconds=-30)
    async with firm.there.engine.begin() as connection:
        await connection.execute(sa.update(SignInSession).values(seen_at=utc_now() + later))
    firm.clock.ahead = later + timedelta(minutes=1)


async def ended_without_a_word(firm: Firm) -> None:
    async with firm.there.engine.begin() as connection:
        await connection.execute(sa.delete(SignInSession))


ENDS = [signed_out, disabled, archived, given_a_new_password, idle, used_for_two_weeks, ended_without_a_word]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("end", ENDS)
async def test_a_listener_is_sent_away_within_a_second_after_its_session_ended(
    firm: Firm, end: Callable[[Firm], Awaitable[None]], how: str
) -> None:
    before = firm.here.broker.listeners
    async with listening(how, firm.where, firm.token, LISTEN) as listener, asyncio.timeout(30):
        await firm.heard(listener)
        leaving = asyncio.create_task(last_words(listener))
        await end(firm)
        ended_at = time.monotonic()
        assert await leaving == (4401 if how == "websocket" else COMPLETE)
        assert time.monotonic() - ended_at < 1
        while firm.here.broker.listeners > before:  # noqa: ASYNC110  # the broker has no event for the sake of tests
            await asyncio.sleep(0.01)


async def last_words(listener: Listener) -> object:
    """How it ended, after the events that still came."""
    while isinstance(said := await listener.next(), dict) and "data" in said:
        pass
    return said


async def test_other_sessions_of_the_same_person_go_on(firm: Firm) -> None:
    async with socket_of(firm.where, await firm.sign_in()) as socket, asyncio.timeout(30):
        await signed_out(firm)
        await asyncio.sleep(1)
        assert await asked_on(socket, COUNT) == {"data": {"customers": {"totalCount": 0}}}


async def test_who_signs_out_over_a_socket_is_answered_first(firm: Firm) -> None:
    async with socket_of(firm.where, firm.token) as socket, asyncio.timeout(30):
        answer = await asked_on(socket, "mutation { signOut { userErrors { code } } }")
        assert answer == {"data": {"signOut": {"userErrors": []}}}
        await socket.wait_closed()
        assert socket.close_code == 4401


async def test_the_next_operation_of_a_socket_misses_a_role_that_was_taken_away(firm: Firm) -> None:
    async with socket_of(firm.where, firm.token) as socket, asyncio.timeout(30):
        assert await asked_on(socket, CREATE) == {"data": {"createCustomer": {"userErrors": []}}}
        await firm.take_role()
        if firm.there is not firm.here:
            await asyncio.sleep(0.2)  # The other node's word is on its way.
        refused = {"data": {"createCustomer": {"userErrors": [{"code": "FORBIDDEN"}]}}}
        assert await asked_on(socket, CREATE) == refused
        assert await asked_on(socket, COUNT) == {"data": {"customers": {"totalCount": 0}}}


@pytest.mark.parametrize("how", HOW)
async def test_the_next_event_misses_a_role_that_was_taken_away(firm: Firm, how: str) -> None:
    async with listening(how, firm.where, firm.token, LISTEN) as listener, asyncio.timeout(30):
        await firm.heard(listener)
        await firm.take_role()
        await firm.customer("Secret")
        while "errors" not in (told := await listener.next()):
            assert told["data"]["customerChanged"]["customer"]["name"] == "Heard"
        assert told["data"] is None
        assert [error["extensions"]["code"] for error in told["errors"]] == ["FORBIDDEN"]
        assert await listener.next() == COMPLETE


async def test_events_do_not_keep_a_session_from_being_idle_but_operations_do(firm: Firm) -> None:
    async with (
        listening("websocket", firm.where, firm.token, LISTEN) as listener,
        socket_of(firm.where, firm.token) as socket,
        asyncio.timeout(30),
    ):
        await firm.heard(listener)
        firm.clock.ahead = timedelta(hours=5)
        await asked_on(socket, COUNT)
        firm.clock.ahead = timedelta(hours=10)
        await firm.heard(listener)
        firm.clock.ahead = timedelta(hours=14)
        assert await last_words(listener) == 4401
