"""Watched sessions: who holds one for long, such as an open socket, is told within a second that it has ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa
import structlog

from kehu.platform.identity.models import SignInSession, User
from kehu.platform.identity.sign_in import is_good

if TYPE_CHECKING:
    from kehu.kernel.app import App

# What no node tells of is noticed by looking: the time that passes, and other programs on the same SQLite file.
LOOK_SECONDS = 0.5
# Who ends the session under which it asks is to have its answer first.
ANSWER_SECONDS = 0.05
AT_ONCE = 500

log = structlog.get_logger("kehu.sessions")

_sessions = cast(sa.Table, SignInSession.__table__)
_ENDING: frozenset[type[object]] = frozenset((SignInSession, User))


class SessionWatch:
    """The sessions that somebody in this process holds; looks after all of them together while there are any."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._ends: dict[str, set[asyncio.Event]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        app.broker.when_written(self.hear)

    @contextlib.contextmanager
    def watch(self, session: str | None) -> Iterator[asyncio.Event]:
        """What is set once `session`, the hash of its token, has ended; never, for None: nobody signed in for that."""
        ended = asyncio.Event()
        if session is None:
            yield ended
            return
        self._ends.setdefault(session, set()).add(ended)
        if self._looking is None or self._looking.done():
            self._news = asyncio.Event()
            self._looking = asyncio.create_task(self._look(), name="kehu watched sessions")
        try:
            yield ended
        finally:
            self._forget(session, ended)

    def hear(self, models: Iterable[type[object]]) -> None:
        """Look at once when something was written that can end a session."""
        if self._ends and any(model in _ENDING for model in models):
            self._news.set()

    async def close(self) -> None:
        """Look after nobody any more."""
        if self._looking is not None and not self._looking.done():
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    def _forget(self, session: str, ended: asyncio.Event) -> None:
        watching = self._ends[session]
        watching.discard(ended)
        if not watching:
            del self._ends[session]

    async def _look(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._app.cluster.connect()
        while self._ends:
            try:
                await self._tell_who_ended()
            except (sa.exc.SQLAlchemyError, OSError) as error:
                log.warning("watched sessions could not be looked at", error=str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._news.wait()
                await asyncio.sleep(ANSWER_SECONDS)
            self._news.clear()

    async def _tell_who_ended(self) -> None:
        sessions = list(self._ends)
        for begin in range(0, len(sessions), AT_ONCE):
            some = sessions[begin : begin + AT_ONCE]
            good = await self._good(some)
            for session in some:
                if session not in good:
                    for ended in self._ends.get(session, ()):
                        ended.set()

    async def _good(self, sessions: Sequence[str]) -> set[str]:
        async with self._app.context() as ctx:
            statement = (
                sa.select(_sessions.c.token_hash)
                .join(User, User.id == _sessions.c.user_id)
                .where(_sessions.c.token_hash.in_(sessions), *is_good(ctx.now()))
            )
            return set(await ctx.session.scalars(statement))
