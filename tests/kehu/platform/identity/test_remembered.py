"""A principal is remembered for a moment, and forgotten as soon as anything that it is made of is written."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Grant, Membership, Reach, Role, RoleAssignment
from kehu.platform.identity.principals import principal_of
from kehu.platform.identity.sign_in import end_sessions, open_session, principal_of_token, sign_out
from tests.crm import NOW
from tests.templates import Templates


class Firm:
    """An App whose clock is turned by hand, and a token of Ann."""

    def __init__(self, app: kehu.App) -> None:
        self.app, self.token, self.statements = app, "", 0
        sa.event.listen(app.engine.sync_engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1

    async def ann(self) -> kehu.Principal | None:
        return await principal_of_token(self.app, self.token)


class Clock:
    now = NOW

    def __call__(self) -> object:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def firm(database_url: str, clock: Clock, templates: Templates) -> AsyncIterator[Firm]:
    app = await templates.open(database_url, "core", clock=clock)
    async with app.context() as ctx, ctx.write():
        ann = ctx.add(kehu.User(id=kehu.uuid7(), name="Ann", email="ann@example.com"))
        await ctx.flush()
        token = (await open_session(ctx, ann)).token
    firm = Firm(app)
    firm.token = token
    yield firm
    await app.close()


async def test_the_second_request_within_a_second_asks_nothing(firm: Firm, clock: Clock) -> None:
    first = await firm.ann()
    asked = firm.statements
    assert await firm.ann() is first is not None
    assert firm.statements == asked
    clock.now = NOW + timedelta(seconds=1)
    assert await firm.ann() is first, "what was made for a principal that is still the same is found again"
    assert firm.statements > asked


async def test_a_new_right_holds_at_once(firm: Firm) -> None:
    ann = await firm.ann()
    assert ann is not None
    assert not ann.can("core.customer:read")
    async with firm.app.context() as ctx, ctx.write():
        role = ctx.add(Role(id=kehu.uuid7(), name="Reader"))
        await ctx.flush()
        ctx.add(Grant(role_id=role.id, permission="core.customer:read", level=Reach.OWN))
        assert ann.id is not None
        ctx.add(RoleAssignment(role_id=role.id, user_id=ann.id))
    changed = await firm.ann()
    assert changed is not None
    assert changed.can("core.customer:read")


async def test_who_signs_out_or_is_signed_out_is_unknown_at_once(firm: Firm) -> None:
    ann = await firm.ann()
    assert ann is not None
    async with firm.app.context(ann) as ctx:
        await sign_out(ctx)
    assert await firm.ann() is None


async def test_a_user_whose_sessions_end_is_unknown_at_once(firm: Firm) -> None:
    assert await firm.ann() is not None
    async with firm.app.context() as ctx, ctx.write():
        await end_sessions(ctx, (await ctx.session.scalars(sa.select(kehu.User))).one())
    assert await firm.ann() is None


async def test_a_user_who_is_deactivated_is_unknown_at_once(firm: Firm) -> None:
    assert await firm.ann() is not None
    async with firm.app.context() as ctx, ctx.write():
        (await ctx.session.scalars(sa.select(kehu.User))).one().is_active = False
    assert await firm.ann() is None


async def test_requests_at_the_same_time_read_once(firm: Firm) -> None:
    before = firm.statements
    first = await firm.ann()
    alone = firm.statements - before
    async with firm.app.context() as ctx, ctx.write():
        ctx.add(kehu.Team(name="Another"))
    before = firm.statements
    found = await asyncio.gather(*(firm.ann() for _ in range(5)))
    assert found == [first] * 5
    assert firm.statements - before == alone


async def test_what_another_process_took_away_is_gone_within_a_second(firm: Firm, clock: Clock) -> None:
    ann = await firm.ann()
    assert ann is not None
    async with firm.app.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE core_user SET name = 'Anna'"))
    assert await firm.ann() is ann
    clock.now = NOW + timedelta(seconds=1)
    anna = await firm.ann()
    assert anna is not None
    assert anna.name == "Anna"
    async with firm.app.engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM core_session"))
    clock.now = NOW + timedelta(seconds=2)
    assert await firm.ann() is None


async def test_a_principal_of_a_token_is_that_of_its_user(firm: Firm) -> None:
    async with firm.app.context() as ctx, ctx.write():
        user = (await ctx.session.scalars(sa.select(kehu.User))).one()
        top = ctx.add(kehu.Team(id=kehu.uuid7(), name="All"))
        role = ctx.add(Role(id=kehu.uuid7(), name="Reader"))
        await ctx.flush()
        ctx.add(kehu.Team(name="Some", parent_id=top.id))
        ctx.add(Membership(user_id=user.id, team_id=top.id))
        ctx.add(Grant(role_id=role.id, permission="core.customer:read", level=Reach.SUBTREE))
        ctx.add(RoleAssignment(role_id=role.id, user_id=user.id))
    ann = await firm.ann()
    async with firm.app.context() as ctx:
        of_user = await principal_of(ctx, (await ctx.session.scalars(sa.select(kehu.User))).one())
    assert ann is not None
    assert len(ann.subtree) == 2
    assert dataclasses.replace(ann, session=None) == of_user
    assert [type(key) for key in (ann.id, *ann.teams, *ann.subtree)] == [uuid.UUID] * 4
