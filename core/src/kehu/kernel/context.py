"""Context: one operation on behalf of one principal. Resolvers, actions, hooks and commands all get it."""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import pydantic
import sqlalchemy as sa

from kehu.kernel.access import ANONYMOUS, Principal, row_scope
from kehu.kernel.broker import RecordChange
from kehu.kernel.db import AsyncScopedSession, Unscoped
from kehu.kernel.db.sqlite import begin_immediate
from kehu.kernel.errors import Forbidden, NotFound, Unauthenticated
from kehu.kernel.jobs import RunningJob, enqueue
from kehu.kernel.model import Archivable, Entity
from kehu.kernel.ports import Cause
from kehu.kernel.reading.batch_loader import BatchLoader
from kehu.kernel.texts import out_of_reach, text, type_label
from kehu.kernel.writing.archived import check_current
from kehu.kernel.writing.changes import Change
from kehu.kernel.writing.hook_runner import announce
from kehu.kernel.writing.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.platform.idempotency.keys import Idempotency

whoever_asks = Unscoped("the verb is asked for, and not reading")

S = TypeVar("S", bound=pydantic.BaseModel)
T = TypeVar("T", bound=Entity)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Context:
    """One operation: who asks, which database session, and what is about to be written.

    Use it as `async with app.context(principal) as ctx:`; one context is never shared between operations. `address`
    is the network address that the operation comes from, `language` what its client likes to be answered in.
    """

    def __init__(
        self,
        app: App,
        principal: Principal,
        *,
        request_id: str | None = None,
        running_job: RunningJob | None = None,
    ) -> None:
        self.app, self.principal, self.running_job = app, principal, running_job
        self.request_id = request_id or uuid.uuid4().hex
        self._loaders: dict[Hashable, BatchLoader[Any, Any]] = {}
        self._unit: UnitOfWork | None = None
        self._announcements: list[RecordChange] = []
        self.cause: Cause | None = None
        self.idempotency: Idempotency | None = None
        self.address: str | None = None
        self.language: str | None = None

    async def __aenter__(self) -> Context:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the database connection back."""
        if "session" not in self.__dict__:
            return
        if self.session.in_transaction():
            await self.session.close()
        else:
            # It has no connection, so nobody has to wait.
            self.session.sync_session.close()

    @functools.cached_property
    def session(self) -> AsyncScopedSession:
        """The database session of this operation, made when it is used for the first time."""
        session = self.app.sessions()
        session.sync_session.info["ctx"] = self
        return session

    # --- time, settings and rights ---
    def now(self) -> datetime:
        """The present moment (UTC), from the App's clock.

        In a transaction it is one moment, that of the first call inside the outermost `write()`, so that hooks which
        run again, and inner writes, see the same. Outside of one every call looks at the clock.
        """
        return self.app.clock() if self._unit is None else self._unit.moment

    def today(self) -> date:
        """The date it is for the principal."""
        return self.now().astimezone(ZoneInfo(self.principal.time_zone)).date()

    @property
    def locale(self) -> str:
        """The language to answer in: a person's own, and of whoever has none that of the client."""
        own = self.principal.locale
        return own if self.principal.id is not None else self.language or own

    def settings(self, settings_class: type[S]) -> S:
        """The settings of a plugin, as an object of the class it declared with `@plugin.settings`."""
        return self.app.settings_of(settings_class)

    def can(self, permission: str) -> bool:
        """Whether the principal has the permission at any level."""
        return self.principal.can(permission)

    def require(self, permission: str, *, field: object = None) -> None:
        """Raise Forbidden unless the principal has the permission; Unauthenticated when nobody is signed in."""
        if self.can(permission):
            return
        self.require_signed_in()
        message = text("You need the permission {permission}.", permission=permission)
        raise Forbidden(message, field=field)

    def require_signed_in(self) -> None:
        """Raise Unauthenticated when nobody is signed in."""
        if self.principal is ANONYMOUS:
            raise Unauthenticated(text("Sign in first."))

    async def require_on(self, model: type[Any], record: Entity, verb: str) -> None:
        """Raise Forbidden unless the principal's grant for `verb` reaches this stored record."""
        definition = self.app.composition.entities[model]
        self.require(definition.permission(verb))
        criterion = row_scope(self, model, model, verb)
        if criterion is None:
            return
        reached = sa.select(model.id).where(model.id == record.id, criterion)
        if not await whoever_asks.exists(self, reached):
            raise Forbidden(out_of_reach(definition.name))

    def require_once_stored(self, model: type[Any], record: Entity, verb: str) -> None:
        """Like `require_on`, of a record that is only about to be stored. Only inside `write()`."""
        if self._unit is None:
            raise RuntimeError("require_once_stored() outside of `async with ctx.write():`")
        self._unit.owe(model, record, verb)

    # --- reading ---
    async def find(self, model: type[T], key: uuid.UUID) -> T | None:
        """The record with this key, or None where there is none that the principal may see."""
        return await self.load(model, key)

    async def get(self, model: type[T], key: uuid.UUID, *, verb: str = "read", field: object = "id") -> T:
        """The record with this key. Raises NotFound, or Forbidden where it may be seen but not used so."""
        name = self.app.composition.entities[model].name
        record = await self.find(model, key)
        if record is None:
            message = text("There is no such {entity}, or none that you may see.", entity=type_label(name))
            raise NotFound(message, field=field)
        if verb != "read":
            await self.require_on(model, record, verb)
        return record

    async def get_current(self, model: type[T], key: uuid.UUID, *, field: object = "id") -> T:
        """Like `get`, of a record for which something new is made. Raises RecordArchived as well."""
        record = await self.get(model, key, field=field)
        check_current(record, self.app.composition.entities[model].name, field=field)
        return record

    async def sees(self, model: type[T], key: uuid.UUID) -> bool:
        """Whether there is surely such a record, not archived, that the principal may see; else `get` says why not.

        Asked beside the transaction of `write()`, and therefore only as long as nothing was asked or stored in it.
        """
        is_untouched = self._unit is not None and self.session.first_use is not None
        seeing = self.app.seeing
        if not is_untouched or seeing is None or not await seeing.sees(self, model, key):
            return False
        if self._unit is not None:
            self._unit.current.add((model, key))
        return True

    def load(self, model: type[T], key: uuid.UUID) -> Awaitable[T | None]:
        """Like `find`, together with all keys asked for at the same time: one statement for many records."""

        async def fetch(keys: Sequence[uuid.UUID]) -> Sequence[T | None]:
            rows = (await self.session.scalars(sa.select(model).where(model.id.in_(keys)))).all()
            found = {row.id: row for row in rows}
            return [found.get(k) for k in keys]

        return self.loader(("key", model), fetch).load(key)

    def loader(
        self, name: Hashable, fetch: Callable[[Sequence[K]], Awaitable[Sequence[V]]]
    ) -> BatchLoader[K, V]:
        """The batch loader of this name, made with `fetch` when it is asked for the first time."""
        found = self._loaders.get(name)
        if found is None:
            found = self._loaders[name] = BatchLoader(fetch)
        return found

    def forget(self) -> None:
        """Drop what has been loaded, so that the next reads see the database as it is."""
        self._loaders.clear()
        self.session.expunge_all()

    # --- writing ---
    @property
    def is_storing(self) -> bool:
        """The write path itself is at work; session flushes are its own."""
        return self._unit is not None and self._unit.storing

    @property
    def is_writing(self) -> bool:
        """Whether a transaction of `write()` is open."""
        return self._unit is not None

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[None]:
        """One transaction: hooks, audit, outbox, commit, events. Inside another it joins that one.

        Everything is rolled back when the block, a hook or the database refuses, or when an inner write fails.
        """
        if self._unit is not None:
            with self._unit.joined():
                yield
            return
        async with self._write_lock():
            unit = self._unit = UnitOfWork(self)
            try:
                await self._begin()
                yield
                news = await self._complete(unit)
            except BaseException:
                await self.session.rollback()
                raise
            finally:
                self._unit = self.session.first_use = None
                self._loaders.clear()
                self._announcements = []
        self.app.broker.publish(news)
        self.app.cluster.tell(news)
        if unit.has_news:
            self.app.platform.deliveries.wake_for_events()
        await announce(self, unit.take_done())

    async def flush(self) -> None:
        """Store what is pending now, with hooks, because what follows needs to read it. Only inside `write()`."""
        if self._unit is None:
            raise RuntimeError("flush() outside of `async with ctx.write():`")
        await self._unit.flush()
        self._loaders.clear()

    async def enqueue(
        self,
        job: Callable[..., Awaitable[None]],
        arguments: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        run_at: datetime | None = None,
    ) -> uuid.UUID:
        """Have a job run once this transaction is committed, not before `run_at`; returns the job's id.

        While a job of the same `key` waits there is no second one: its id is returned, and its arguments stay.
        Only inside `write()`. Raises NotAJob for a function that is none, or that does not take these arguments.
        """
        if self._unit is None:
            raise RuntimeError("enqueue() outside of `async with ctx.write():`")
        return await enqueue(self, job, arguments or {}, key=key, run_at=run_at)

    async def progress(self, done: int, total: int) -> None:
        """Tell how far the job of this context is: `done` of `total`. Does nothing outside of a job."""
        if self.running_job is not None:
            await self.running_job.progress(self, 100 * done // total if total else 100)

    def announce(self, change: RecordChange) -> None:
        """Tell subscribers, once this transaction is committed, of a record that was not written by way of hooks."""
        self._announcements.append(change)

    def emit(
        self, event: object, *, customer_id: uuid.UUID | None = None, record: Entity | None = None
    ) -> uuid.UUID:
        """Tell of an event once this transaction is committed, at least once, to whoever handles it; returns its id.

        `event` is of a class declared with `@plugin.event`. Events about one customer are told in the order of
        commits: name the customer, or the `record` that has one. Only inside `write()`. Raises UnknownEvent, and
        EventsGoInCircles in a handler at the end of a chain of ten.
        """
        if self._unit is None:
            raise RuntimeError("emit() outside of `async with ctx.write():`")
        outbox = self.app.platform.outbox
        news = outbox.emitted(self, event, customer_id=customer_id, record=record)
        self._unit.emit(news)
        return news.id

    def add(self, record: T) -> T:
        """Put a new record into the transaction."""
        self.session.add(record)
        return record

    async def archive(self, record: Archivable) -> None:
        """Archive a record: it leaves lists and stays reachable by its id."""
        record.archived_at = record.archived_at or self.now()

    async def delete(self, record: Entity) -> None:
        """Delete an entity; archivable ones are archived."""
        if isinstance(record, Archivable):
            await self.archive(record)
        else:
            await self.session.delete(record)

    # --- helpers ---
    @contextlib.asynccontextmanager
    async def _write_lock(self) -> AsyncIterator[None]:
        """SQLite has one writer; within a process they queue here instead of blocking the event loop."""
        if self.app.write_lock is None:
            yield
            return
        async with self.app.write_lock:
            yield

    async def _complete(self, unit: UnitOfWork) -> list[RecordChange]:
        """Store what is pending and its trail, and commit; what subscribers are to be told of."""
        await unit.end()
        if self.running_job is not None:
            await self.running_job.confirm(self)
        news = self._news(unit.done)
        if not await unit.commit_at_once():
            await unit.record()
            await self.session.commit()
        return news

    def _news(self, changes: Sequence[Change[Any]]) -> list[RecordChange]:
        return [*(RecordChange.of(change) for change in changes), *self._announcements]

    async def _begin(self) -> None:
        """End what was only read; the transaction begins with the first use of the session, if there is any."""
        if self.session.in_transaction():
            await self.session.commit()
        self.session.first_use = self._begin_writing

    async def _begin_writing(self) -> None:
        if self.app.write_lock is not None:
            connection = await self.session.connection(execution_options={"kehu_writing": True})
            await begin_immediate(connection)
        if self._unit is not None:
            await self._unit.settle()
