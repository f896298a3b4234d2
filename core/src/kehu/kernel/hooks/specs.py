"""Everything in kehu that a plugin can hook into: the table of contents of extension.

Implement a hook with the decorator of the same purpose (`@plugin.before_write(Customer)`), or with a method marked
`@kehu.hookimpl` of an object given to `plugin.hookimpl(...)`. Implementations may be `def` or `async def`, take any
subset of the arguments, and run one after the other in the order of plugins: core first, a consultant's files last.
`tryfirst=True` and `trylast=True` move one to an end. A hook that is not listed here is refused at start-up.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import sqlalchemy as sa

    from kehu.business.approvals.models import ApprovalRule
    from kehu.kernel.app import App
    from kehu.kernel.context import Context
    from kehu.kernel.writing.changes import Change
    from kehu.platform.feeds import Feed

hookspec = pluggy.HookspecMarker("kehu")
hookimpl = pluggy.HookimplMarker("kehu")


class HookSpecs:
    """The hooks of kehu. Each has a paragraph in docs/hooks.md and a test named after it."""

    @hookspec
    def kehu_before_write(self, ctx: Context, change: Change[Any]) -> None:
        """Check or complete a record before it is stored.

        Called for every create, update and delete of every entity, inside the transaction. Report what is wrong with
        `change.error("...", field=Customer.name)`: all errors of all plugins come back in one answer, and nothing is
        stored. Raise `kehu.veto(...)` to stop at once. Set attributes of `change.obj` to complete the record; the
        audit trail then says that your plugin did it. Called again when another hook changes the record afterwards.
        """

    @hookspec
    def kehu_after_write(self, ctx: Context, change: Change[Any]) -> None:
        """Write more because something was written, in the same transaction.

        The record has been stored, but nothing is committed: what you add with `ctx.add(...)` goes through all hooks
        too, and a refusal here undoes everything. Never call another system from here; use `kehu_after_commit`.
        """

    @hookspec
    def kehu_after_commit(self, ctx: Context, change: Change[Any]) -> None:
        """Act once the write is safe, for example tell another process.

        An error here is logged and changes nothing: the write has happened. It runs at most once, in the process that
        wrote; what must happen for certain belongs into an event or a job.
        """

    @hookspec
    def kehu_row_scope(self, ctx: Context, model: type[Any], entity: Any) -> sa.ColumnElement[bool] | None:
        """Hide records: return a SQL condition on `entity` (the class or an alias of it), or None for no condition.

        Added with AND to what the principal's grants already allow, in every query, count, relation, filter,
        aggregate and subscription. It can only hide, never show more. Must not be `async` and must be quick.
        """

    @hookspec
    def kehu_approval_rules(
        self, ctx: Context, record: Any, kind: str, measure: Decimal
    ) -> Sequence[ApprovalRule] | None:
        """Say who else must agree when `measure` of `kind` is asked for `record`, beside the rules kept as data.

        Return new `ApprovalRule` objects with a position that are in no session, or None. Called once for each kind of
        a request, in its transaction, before the steps are made.
        """

    @hookspec
    def kehu_feed(self, ctx: Context, name: str, token: str) -> Feed | None:
        """Answer `GET /feeds/<name>?token=<token>`, for programs that cannot sign in, such as calendars.

        `name` begins with the id of your plugin. Return the feed, None for a name that is not yours, or refuse: what
        is refused is not found. `ctx` is anonymous; the token is all that says whose feed it is, so make it long, keep
        only a hash of it, and let its owner revoke it.
        """

    @hookspec
    def kehu_demo_data(self, ctx: Context, chance: random.Random) -> None:
        """Add records for `kehu demo`; called once, in the order of plugins, inside one transaction.

        Use `chance` for anything random, so that the same seed gives the same data.
        """

    @hookspec
    def kehu_start(self, app: App) -> None:
        """A server or worker has started; open what lives as long as the process."""

    @hookspec
    def kehu_stop(self, app: App) -> None:
        """The server or worker is about to end; close what `kehu_start` opened."""
