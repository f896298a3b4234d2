"""Opening, closing and reading one's own calendar feed."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

import kehu
from kehu.platform.identity.principals import principal_of
from kehu_sfa.feeds.ical import Entry, calendar_text
from kehu_sfa.feeds.models import UserFeed, hash_of
from kehu_sfa.plugin import plugin

whoever_asks = kehu.Unscoped("who has the token reads the feed, signed in or not")

BACK, AHEAD = timedelta(days=30), timedelta(days=366)
MOST = 1000


class NoFeed(kehu.Refusal):
    """No feed has this token, or not any more."""

    code = "NO_FEED"


@plugin.mutation()
async def open_calendar_feed(ctx: kehu.Context) -> str:
    """A new secret token for your own calendar feed; shown once, and any earlier one no longer works.

    Calendar programs subscribe to `/feeds/sfa/calendar.ics?token=<token>` on this server.
    """
    if ctx.principal.id is None:
        raise kehu.Unauthenticated(kehu.text("Only a person has a calendar."))
    await _close(ctx)
    token = secrets.token_urlsafe(32)
    ctx.session.add(UserFeed(user_id=ctx.principal.id, token_hash=hash_of(token)))
    return token


@plugin.mutation()
async def close_calendar_feed(ctx: kehu.Context) -> None:
    """Your calendar feed can no longer be read, whoever has its token."""
    await _close(ctx)


@plugin.query(public=True)
async def calendar_feed(ctx: kehu.Context, token: str) -> str:
    """The interactions of whoever opened the feed, as an iCalendar text: 30 days back, a year ahead.

    It has what they may see themselves, and no more.
    """
    found = (
        sa.select(kehu.User)
        .join(UserFeed, UserFeed.user_id == kehu.User.id)
        .where(UserFeed.token_hash == hash_of(token), kehu.User.is_active, kehu.User.archived_at.is_(None))
    )
    user = (await whoever_asks.scalars(ctx, found)).one_or_none()
    if user is None:
        raise NoFeed(kehu.text("There is no such feed, or not any more."), field="token")
    reader = await principal_of(ctx, user)
    # Whoever reads a feed holds one connection at a time.
    await ctx.close()
    async with ctx.app.context(reader) as own:
        return calendar_text(user.name, await _entries(own))


async def _close(ctx: kehu.Context) -> None:
    closed = sa.delete(UserFeed).where(UserFeed.user_id == ctx.principal.id)
    await ctx.session.execute(closed.execution_options(kehu_unaudited=True))


async def _entries(ctx: kehu.Context) -> list[Entry]:
    i, now = kehu.Interaction, ctx.now()
    begins = sa.func.coalesce(i.started_at, i.planned_for, i.due_at)
    statement = (
        sa.select(i, kehu.Customer.name)
        .outerjoin(kehu.Customer, kehu.Customer.id == i.customer_id)
        .where(
            i.owner_id == ctx.principal.id,
            i.status != kehu.InteractionStatus.CANCELLED,
            i.archived_at.is_(None),
        )
        .where(begins >= now - BACK, begins <= now + AHEAD)
        .order_by(begins, i.id)
        .limit(MOST)
    )
    rows = await ctx.session.execute(statement)
    return [_entry(interaction, customer) for interaction, customer in rows]


def _entry(interaction: kehu.Interaction, customer: str | None) -> Entry:
    begins = interaction.started_at or interaction.planned_for or interaction.due_at
    assert begins is not None
    kind = interaction.kind.capitalize()
    return Entry(
        uid=f"{interaction.id}@kehu",
        changed_at=interaction.updated_at,
        begins=begins,
        ends=interaction.ended_at,
        summary=f"{kind}: {interaction.subject}" + (f" ({customer})" if customer else ""),
        description=interaction.outcome or "",
        sequence=interaction.version,
    )
