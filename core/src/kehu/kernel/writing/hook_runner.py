"""HookRunner: the hooks of a transaction, called one after the other, and who of them did what."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog

from kehu.kernel.errors import Refusal, blame
from kehu.kernel.hooks.dispatch import Implementation
from kehu.kernel.writing.changes import Change

if TYPE_CHECKING:
    from kehu.kernel.context import Context

log = structlog.get_logger("kehu.kernel.writing")


class HookRunner:
    """Calls the hooks of one transaction. `restless` names those that have changed something since it was emptied."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._authors: dict[int, str] = {}
        self._speaking: str | None = None
        self._sizes: tuple[int, ...] = (0, 0, 0)
        self._pending: set[Any] = set()
        self.restless: set[str] = set()

    @property
    def culprits(self) -> str:
        """The restless hooks, for a message."""
        return ", ".join(sorted(self.restless))

    def forget(self) -> None:
        """Everything pending has been stored; what comes now has new authors."""
        self._authors.clear()

    def author_of(self, obj: Any) -> str | None:
        """The plugin whose hook added, changed or deleted a record that nobody else had touched."""
        return self._authors.pop(id(obj), self._speaking)

    async def call(self, hook: str, change: Change[Any]) -> None:
        """Call every implementation of `hook` for this change. A refusal names the plugin that refused."""
        for implementation in self._ctx.app.hooks.of(hook, type(change.obj)):
            self._newly_pending()
            outer, self._speaking = self._speaking, implementation.plugin
            change.heard_by(implementation.plugin)
            try:
                await called(implementation, self._ctx, change)
                changed = hook == "kehu_before_write" and change.look_again()
            except Refusal as refusal:
                raise refusal.blamed_on(implementation.plugin).said_of(change.obj) from None
            finally:
                change.heard_by(None)
                self._speaking = outer
            others = [obj for obj in self._newly_pending() if obj is not change.obj]
            self._authors.update(dict.fromkeys(map(id, others), implementation.plugin))
            if others or changed:
                self.restless.add(implementation.name)

    def _newly_pending(self) -> list[Any]:
        """The records that have become pending since the last call.

        SQLAlchemy's `new`, `dirty` and `deleted` copy everything, which is too much to do after each hook of an import;
        so the sizes are looked at first, and the records only when these differ.
        """
        session = self._ctx.session.sync_session
        sources = (session._new, session.identity_map._modified, session._deleted)
        sizes = tuple(map(len, sources))
        if sizes == self._sizes:
            return []
        before, self._pending = self._pending, {state for source in sources for state in source}
        self._sizes = sizes
        return [state.obj() for state in self._pending - before]


async def called(implementation: Implementation, ctx: Context, change: Change[Any]) -> None:
    """Call one hook and await it; an exception that is no refusal is blamed on its plugin."""
    try:
        result = implementation.call({"ctx": ctx, "change": change})
        if inspect.isawaitable(result):
            await result
    except Refusal:
        raise
    except Exception as error:
        blame(error, implementation.plugin)
        raise


async def announce(ctx: Context, changes: Sequence[Change[Any]]) -> None:
    """Call the after_commit hooks, in a context of their own; an error is logged, because the write has happened."""
    hooks = ctx.app.hooks
    heard = [(change, i) for change in changes for i in hooks.of("kehu_after_commit", type(change.obj))]
    if not heard:
        return
    async with ctx.app.context(ctx.principal, request_id=ctx.request_id) as after:
        for change, implementation in heard:
            try:
                await called(implementation, after, change)
            except Exception:
                log.exception(
                    "after_commit hook failed", plugin=implementation.plugin, entity=change.entity.name
                )
                await after.session.rollback()
