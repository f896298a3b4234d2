"""The one way to write: hooks, problems, SQL, more hooks, audit, outbox; then commit, then events.

before_write until nothing changes -> problems -> SQL -> after_write (may write more) -> audit and outbox -> commit
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from kehu.kernel.access.owned import OwnedRecord
from kehu.kernel.access.scope import reaches
from kehu.kernel.db.bundles import MOST_ROWS, NotStored
from kehu.kernel.errors import Conflict, FieldError, KehuError, Refusal, Rejected
from kehu.kernel.model import Entity
from kehu.kernel.ports import Emitted, Row
from kehu.kernel.texts import text
from kehu.kernel.writing import deferred_rows
from kehu.kernel.writing.archived import Place, refuse_archived
from kehu.kernel.writing.changes import Change, Operation
from kehu.kernel.writing.checks import check_values
from kehu.kernel.writing.constraints import refusal_of
from kehu.kernel.writing.defaults import give_defaults, round_decimals
from kehu.kernel.writing.hook_runner import HookRunner
from kehu.kernel.writing.money import check_amounts
from kehu.kernel.writing.offers import refuse_unsold
from kehu.kernel.writing.shapes import shape_of

if TYPE_CHECKING:
    from kehu.kernel.context import Context

_UNAUDITED = {"kehu_unaudited": True}
ROUNDS = 10
DEPTH = 10


class HooksDoNotSettle(KehuError):
    """Hooks keep changing records in turn; a bug of the plugins that are named."""


class InnerWriteFailed(KehuError):
    """A transaction goes on after a part of it has failed; a bug of the code that caught the failure."""


class UnitOfWork:
    """The pending writes of one transaction."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._done: list[Change[Any]] = []
        self._emitted: list[Emitted] = []
        self._owed: list[tuple[type[Any], Entity, str]] = []
        self.has_news = False
        self._hearing = HookRunner(ctx)
        self._waiting: list[deferred_rows.Row] = []
        self.current: set[Place] = set()
        self._is_preparing = self._has_failed = self._is_ending = False
        self.storing = False

    @functools.cached_property
    def moment(self) -> datetime:
        """When this transaction happens: the time at which somebody first asked, after the wait for its turn."""
        return self._ctx.app.clock()

    @contextlib.contextmanager
    def joined(self) -> Iterator[None]:
        """An inner write; whoever catches its failure cannot store the half of it."""
        try:
            yield
        except BaseException:
            self._has_failed = True
            raise

    async def flush(self) -> None:
        """Store everything pending, with all hooks; may be called several times in a transaction."""
        self._check_may_flush()
        for _ in range(DEPTH):
            changes = await self._prepare()
            if not changes:
                await self._check_reach()
                return
            await self._store(changes)
            self._hearing.restless.clear()
            for change in changes:
                await self._hearing.call("kehu_after_write", change)
        raise HooksDoNotSettle(
            f"after_write hooks keep writing more after {DEPTH} rounds: {self._hearing.culprits}"
        )

    async def end(self) -> None:
        """Like `flush`, when nothing comes after it: rows of new records may wait to be stored with their trail."""
        self._is_ending = True
        await self.flush()

    async def settle(self) -> None:
        """Store the rows that wait, because somebody is about to ask the database."""
        rows, self._waiting = self._waiting, []
        try:
            for table, row in rows:
                await self._ctx.session.execute(sa.insert(table), row, execution_options=_UNAUDITED)
        except IntegrityError as error:
            raise refusal_of(error, self._done) from error

    async def commit_at_once(self) -> bool:
        """Store all of the transaction, and commit; False where that takes several steps."""
        ctx, stores = self._ctx, self._ctx.app.stores
        if not self._waiting or stores is None:
            return False
        audit, outbox = self._trail()
        if len(self._waiting) + len(audit) + len(outbox) > MOST_ROWS:
            return False
        platform = ctx.app.platform
        table = platform.audit.audit_table()
        bundle = platform.outbox.bundle_of(outbox, [*self._waiting, *((table, row) for row in audit)])
        try:
            await stores.store(bundle)
        except NotStored:
            return False
        ctx.session.sync_session.commit()
        self.has_news = True
        return True

    async def record(self) -> None:
        """Write the audit and outbox rows of everything stored so far, in as few statements as there are tables."""
        ctx = self._ctx
        platform = ctx.app.platform
        audit, outbox = self._trail()
        if audit:
            table = platform.audit.audit_table()
            await ctx.session.execute(sa.insert(table), audit, execution_options=_UNAUDITED)
        self.has_news = bool(outbox)
        if outbox:
            await platform.outbox.write_outbox(ctx, outbox)

    def _trail(self) -> tuple[list[Row], list[Row]]:
        """The audit and the outbox rows of everything stored so far."""
        ctx, platform = self._ctx, self._ctx.app.platform
        return (
            platform.audit.audit_rows(ctx, self._done),
            platform.outbox.outbox_rows(ctx, self._done, self._emitted),
        )

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

    def owe(self, model: type[Any], record: Entity, verb: str) -> None:
        """Refuse, once the record is stored, unless the principal's grant for `verb` reaches it."""
        self._owed.append((model, record, verb))

    # --- steps ---
    def _check_may_flush(self) -> None:
        if self._has_failed:
            raise InnerWriteFailed(
                "An inner write() has failed, so that nothing of this one is stored either."
            )
        if self._is_preparing:
            raise RuntimeError(
                "A before_write hook called flush(); what comes later belongs into after_write."
            )

    async def _check_reach(self) -> None:
        owed, self._owed = self._owed, []
        for model, record, verb in owed:
            # A record whose row waits is looked at here, which says yes where the database would.
            if not (self._waiting and reaches(self._ctx, model, record, verb)):
                await self._ctx.require_on(model, record, verb)

    async def _prepare(self) -> list[Change[Any]]:
        """Run before_write until no hook changes anything; raise Rejected with every problem found."""
        changes: dict[int, Change[Any]] = {}
        self._is_preparing = True
        try:
            await self._settle(changes)
            await check_amounts(self._ctx, [*changes.values()])
            await refuse_archived(self._ctx, [*changes.values()], self.current)
            await refuse_unsold(self._ctx, [*changes.values()])
        except Refusal as refusal:
            problems = _problems(changes)
            if problems:
                last = zip(refusal.errors, refusal.about, strict=True)
                raise _rejected([*problems, *last]) from refusal
            raise
        finally:
            self._is_preparing = False
        problems = _problems(changes)
        if problems:
            raise _rejected(problems)
        return [change for change in changes.values() if not change.is_void]

    async def _settle(self, changes: dict[int, Change[Any]]) -> None:
        for _ in range(ROUNDS):
            news = self._news(changes)
            if not news:
                return
            self._hearing.restless.clear()
            for change in news:
                change.errors.clear()
            await self._ctx.app.platform.owners.follow_owners(self._ctx, news)
            for change in news:
                change.is_news = False
                await self._hearing.call("kehu_before_write", change)
        raise HooksDoNotSettle(
            f"before_write hooks keep changing records after {ROUNDS} rounds: {self._hearing.culprits}"
        )

    def _news(self, known: dict[int, Change[Any]]) -> list[Change[Any]]:
        """Changes that not every hook has seen: new ones, and those whose record changed since."""
        entities = self._ctx.app.composition.entities
        for change in known.values():
            round_decimals(change.obj, change.shape)
            change.look_again()
        for obj in _pending(self._ctx.session.sync_session):
            if type(obj) in entities and id(obj) not in known:
                known[id(obj)] = self._change_of(obj)
        return [change for change in known.values() if change.is_news]

    def _change_of(self, obj: Any) -> Change[Any]:
        session = self._ctx.session.sync_session
        operation: Operation = (
            "delete" if obj in session.deleted else "create" if obj in session.new else "update"
        )
        entity = self._ctx.app.composition.entities[type(obj)]
        shape = entity.derived(shape_of)
        if operation == "create":
            give_defaults(obj, shape, self._ctx.now())
            self._give_owner(obj)
        round_decimals(obj, shape)
        change = Change(obj, operation, entity)
        author = self._hearing.author_of(obj)
        if author is not None:
            change.made_by(author)
        return change

    def _give_owner(self, obj: Any) -> None:
        principal = self._ctx.principal
        if isinstance(obj, OwnedRecord):
            if obj.owner_id is None and obj.team_id is None:
                obj.owner_id = principal.id
            if obj.team_id is None and obj.owner_id == principal.id and principal.teams:
                obj.team_id = principal.teams[0]

    async def _store(self, changes: list[Change[Any]]) -> None:
        if self._is_ending and deferred_rows.fits(self._ctx, changes):
            self._waiting += deferred_rows.wait(self._ctx, changes)
        else:
            await self._flush(changes)
        self._hearing.forget()
        self._done.extend(changes)

    async def _flush(self, changes: list[Change[Any]]) -> None:
        for change in changes:
            if change.op == "update":
                change.obj.updated_at = self._ctx.now()
        self.storing = True
        try:
            await self._ctx.session.flush()
        except StaleDataError:
            raise Conflict(
                text("Somebody else changed this record meanwhile; read it again and repeat the change.")
            ) from None
        except IntegrityError as error:
            raise refusal_of(error, changes) from error
        finally:
            self.storing = False


def _pending(session: Session) -> list[Any]:
    """The records that are new, deleted or changed; most transactions have none of two of these kinds.

    SQLAlchemy's `new`, `deleted` and `dirty` copy everything, so they are asked only where there is something.
    """
    found = [*session.new] if session._new else []
    if session._deleted:
        found += session.deleted
    if session.identity_map._modified:
        found += [obj for obj in session.dirty if session.is_modified(obj)]
    return found


def _rejected(problems: list[tuple[FieldError, object]]) -> Rejected:
    return Rejected([error for error, _ in problems]).said_of(*(record for _, record in problems))


def _problems(changes: dict[int, Change[Any]]) -> list[tuple[FieldError, object]]:
    return [(problem, change.obj) for change in changes.values() for problem in _problems_of(change)]


def _problems_of(change: Change[Any]) -> list[FieldError]:
    """What the columns find wrong, except with fields that a hook has spoken of already; then what the hooks find."""
    blamed = {error.field for error in change.errors}
    return [*(error for error in check_values(change) if error.field not in blamed), *change.errors]
