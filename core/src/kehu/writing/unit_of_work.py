"""The one way to write: hooks, problems, SQL, more hooks, audit, outbox; then commit, then events.

before_write until nothing changes -> problems -> SQL -> after_write (may write more) -> audit and outbox -> commit
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from kehu.audit.models import AuditEntry
from kehu.errors import Conflict, KehuError, Refusal, Rejected
from kehu.events.trail import Emitted, outbox_rows, write_outbox
from kehu.ownership import Owned
from kehu.writing.changes import Change, Operation
from kehu.writing.checks import check_values
from kehu.writing.constraints import refusal_of
from kehu.writing.defaults import give_defaults
from kehu.writing.trail import audit_rows

if TYPE_CHECKING:
    from kehu.context import Context

_AUDIT = cast(sa.Table, AuditEntry.__table__)
ROUNDS = 10
DEPTH = 10

log = structlog.get_logger("kehu.writing")


class HooksDoNotSettle(KehuError):
    """Hooks keep changing records in turn; a bug of the plugins that are named."""


class UnitOfWork:
    """The pending writes of one transaction."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._done: list[Change[Any]] = []
        self._emitted: list[Emitted] = []
        self.has_news = False
        self.storing = False

    async def flush(self) -> None:
        """Store everything pending, with all hooks; may be called several times in a transaction."""
        for _ in range(DEPTH):
            changes = await self._prepare()
            if not changes:
                return
            await self._store(changes)
            for change in changes:
                await self._call("kehu_after_write", change)
        raise HooksDoNotSettle(
            f"after_write hooks keep writing more after {DEPTH} rounds: {self._names('kehu_after_write')}"
        )

    async def record(self) -> None:
        """Write the audit and outbox rows of everything stored so far, in as few statements as there are tables."""
        ctx = self._ctx
        audit = audit_rows(ctx, self._done)
        outbox = outbox_rows(ctx, self._done, self._emitted)
        if audit:
            await ctx.session.execute(sa.insert(_AUDIT).execution_options(kehu_unaudited=True), audit)
        if outbox:
            await write_outbox(ctx, outbox)
        self.has_news = bool(outbox)

    def emit(self, event: Emitted) -> None:
        """Keep an event for the outbox; what is written is told before what is emitted."""
        self._emitted.append(event)

    @property
    def done(self) -> list[Change[Any]]:
        """What was stored so far."""
        return self._done

    def take_done(self) -> list[Change[Any]]:
        """What was stored, once; empties the list."""
        done, self._done = self._done, []
        return done

    async def announce(self, changes: list[Change[Any]]) -> None:
        """Call the after_commit hooks; an error is logged, because the write has happened."""
        for change in changes:
            for implementation in self._ctx.app.hooks.of("kehu_after_commit", type(change.obj)):
                try:
                    result = implementation.call({"ctx": self._ctx, "change": change})
                    if inspect.isawaitable(result):
                        await result
                except Exception:
                    log.exception(
                        "after_commit hook failed", plugin=implementation.plugin, entity=change.entity.name
                    )

    # --- steps ---
    async def _prepare(self) -> list[Change[Any]]:
        """Run before_write until no hook changes anything; raise Rejected with every problem found."""
        changes: dict[int, Change[Any]] = {}
        for _ in range(ROUNDS):
            news = self._news(changes)
            if not news:
                break
            for change in news:
                change.errors.clear()
                await self._call("kehu_before_write", change)
        else:
            raise HooksDoNotSettle(
                f"before_write hooks keep changing records after {ROUNDS} rounds: {self._names('kehu_before_write')}"
            )
        problems = [
            problem for change in changes.values() for problem in [*check_values(change), *change.errors]
        ]
        if problems:
            raise Rejected(problems)
        return list(changes.values())

    def _news(self, known: dict[int, Change[Any]]) -> list[Change[Any]]:
        """Changes that no hook has seen yet: new ones, and those whose record changed since."""
        news = []
        entities = self._ctx.app.composition.entities
        session = self._ctx.session.sync_session
        for obj in [*session.new, *session.deleted, *(o for o in session.dirty if session.is_modified(o))]:
            entity = entities.get(type(obj))
            if entity is None:
                continue
            change = known.get(id(obj))
            if change is None:
                operation: Operation = (
                    "delete" if obj in session.deleted else "create" if obj in session.new else "update"
                )
                if operation == "create":
                    give_defaults(obj)
                    self._give_owner(obj)
                known[id(obj)] = change = Change(obj, operation, entity)
                news.append(change)
            elif change.look_again():
                news.append(change)
        return news

    def _give_owner(self, obj: Any) -> None:
        principal = self._ctx.principal
        if isinstance(obj, Owned):
            if obj.owner_id is None and obj.team_id is None:
                obj.owner_id = principal.id
            if obj.team_id is None and obj.owner_id == principal.id and principal.teams:
                obj.team_id = principal.teams[0]

    async def _store(self, changes: list[Change[Any]]) -> None:
        self.storing = True
        try:
            await self._ctx.session.flush()
        except StaleDataError:
            raise Conflict(
                "Somebody else changed this record meanwhile; read it again and repeat the change."
            ) from None
        except IntegrityError as error:
            raise refusal_of(error, changes) from error
        finally:
            self.storing = False
        self._done.extend(changes)

    async def _call(self, hook: str, change: Change[Any]) -> None:
        values = {"ctx": self._ctx, "change": change}
        for implementation in self._ctx.app.hooks.of(hook, type(change.obj)):
            change.heard_by(implementation.plugin)
            try:
                result = implementation.call(values)
                if inspect.isawaitable(result):
                    await result
                if hook == "kehu_before_write":
                    change.look_again()
            except Refusal as refusal:
                raise refusal.blamed_on(implementation.plugin) from None
            finally:
                change.heard_by(None)

    def _names(self, hook: str) -> str:
        return ", ".join(sorted({f"{i.plugin}:{i.function.__name__}" for i in self._ctx.app.hooks.of(hook)}))
