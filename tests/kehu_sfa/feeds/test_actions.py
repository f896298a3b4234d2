"""A feed is opened, read by who has its token, and closed; on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import kehu
from kehu.platform.identity.models import Reach
from kehu_graphql import Api
from kehu_sfa.feeds.models import UserFeed
from tests.kehu.factories import changed, give_role, make_user, saved
from tests.kehu_sfa.conftest import Clock

OPEN = "mutation { openCalendarFeed { result userErrors { code } } }"
CLOSE = "mutation { closeCalendarFeed { userErrors { code } } }"


class Feeds:
    def __init__(self, app: kehu.App) -> None:
        self.api = Api(app)

    async def open(self, principal: kehu.Principal) -> str:
        answer = await self.api.execute(OPEN, principal=principal)
        token: str = answer["data"]["openCalendarFeed"]["result"]
        return token

    async def read(self, token: str) -> dict[str, Any]:
        return await self.api.execute(
            "query ($token: String!) { calendarFeed(token: $token) }",
            {"token": token},
            principal=kehu.ANONYMOUS,
        )

    async def lines_of(self, user: kehu.User) -> list[str]:
        """When the interactions in the feed of a user begin, and what they are about."""
        token = await self.open(kehu.Principal(user.id, user.name))
        text = (await self.read(token))["data"]["calendarFeed"]
        return [line for line in text.split("\r\n") if line.startswith(("SUMMARY", "DTSTART"))]

    async def refused(self, token: str) -> bool:
        answer = await self.read(token)
        return [error["extensions"]["code"] for error in answer["errors"]] == ["NO_FEED"]


async def visit(app: kehu.App, owner: kehu.User, subject: str, *, at: datetime) -> None:
    """A planned visit at Acme, which belongs to nobody."""
    customer = await saved(app, kehu.Customer(name="Acme"))
    planned = kehu.Interaction(owner_id=owner.id, subject=subject, kind="VISIT", planned_for=at)
    planned.customer_id = customer.id
    await saved(app, planned)


@pytest.fixture
def feeds(app: kehu.App) -> Feeds:
    return Feeds(app)


async def test_a_feed_shows_the_interactions_of_who_opened_it(
    app: kehu.App, feeds: Feeds, clock: Clock
) -> None:
    ann, bob = await make_user(app), await make_user(app, "Bob")
    await give_role(app, ann, core__interaction__read=Reach.OWN, core__customer__read=Reach.ALL)
    for owner, subject, days in ((ann, "Demo", 1), (ann, "Long ago", -40), (bob, "Bob's", 1)):
        await visit(app, owner, subject, at=clock.now + timedelta(days=days))

    assert await feeds.lines_of(ann) == ["DTSTART:20260303T200000Z", "SUMMARY:Visit: Demo (Acme)"]


async def test_a_feed_tells_nothing_that_its_owner_may_not_see(
    app: kehu.App, feeds: Feeds, clock: Clock
) -> None:
    ann, bob = await make_user(app), await make_user(app, "Bob")
    await give_role(app, ann, core__interaction__read=Reach.OWN, core__customer__read=Reach.OWN)
    for owner in (ann, bob):
        await visit(app, owner, "Demo", at=clock.now + timedelta(days=1))

    assert await feeds.lines_of(ann) == ["DTSTART:20260303T200000Z", "SUMMARY:Visit: Demo"]
    assert await feeds.lines_of(bob) == []


async def test_a_feed_is_closed_by_its_owner_by_a_new_one_and_by_leaving(app: kehu.App, feeds: Feeds) -> None:
    ann = await make_user(app)
    me = kehu.Principal(ann.id, "Ann")

    first, second = await feeds.open(me), await feeds.open(me)
    assert await feeds.refused(first)
    assert "data" in await feeds.read(second)

    await changed(app, ann, is_active=False)
    assert await feeds.refused(second)
    await changed(app, ann, is_active=True)
    await feeds.api.execute(CLOSE, principal=me)
    assert await feeds.refused(second)


async def test_the_token_itself_is_not_stored(app: kehu.App, feeds: Feeds) -> None:
    ann = await make_user(app)

    token = await feeds.open(kehu.Principal(ann.id, "Ann"))

    async with app.context() as ctx:
        stored = await ctx.session.get(UserFeed, ann.id)
    assert stored is not None
    assert len(token) >= 43
    assert token not in stored.token_hash


async def test_the_system_has_no_calendar(feeds: Feeds) -> None:
    answer = await feeds.api.execute(OPEN)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
