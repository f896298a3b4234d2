"""The session: row scope injected into every statement, and no way to write around the write path."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Container
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction
from sqlalchemy.orm import ORMExecuteState, Session, unitofwork, with_loader_criteria
from sqlalchemy.sql import visitors

from kehu.kernel.access import row_scope
from kehu.kernel.errors import KehuError

if TYPE_CHECKING:
    from kehu.kernel.context import Context

# The steps of a flush, which SQLAlchemy has no public name for.
_saving: Any = unitofwork._SaveUpdateAll
_deleting: Any = unitofwork._DeleteAll


class BypassedWritePath(KehuError):
    """Code tried to write without hooks and audit; a bug of the plugin that did."""


class ScopedSession(Session):
    """The synchronous half; listeners are registered once on this class and find their context in `info`.

    A listener that closed over an App would keep that App alive for ever.
    """


class AsyncScopedSession(AsyncSession):
    """A session that concurrent resolvers may share: its calls wait for one another, re-entrant within a task.

    `first_use`, where it is set, is awaited once, before the next call that comes to the database.
    """

    sync_session_class = ScopedSession

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first_use: Callable[[], Awaitable[None]] | None = None
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    @contextlib.asynccontextmanager
    async def my_turn(self) -> AsyncIterator[None]:
        """Wait until no other task uses the session."""
        task = asyncio.current_task()
        if self._holder is task:
            yield
            return
        async with self._turn:
            self._holder = task
            try:
                yield
            finally:
                self._holder = None

    def begin_nested(self) -> AsyncSessionTransaction:
        """A savepoint, inside of the transaction that is begun with the first use."""
        return _Savepoint(self, nested=True)

    async def use(self) -> None:
        """What has to be done before the first use."""
        first, self.first_use = self.first_use, None
        if first is None:
            return
        try:
            await first()
        except BaseException as error:
            self.first_use = functools.partial(_raise, error)
            raise


async def _raise(error: BaseException) -> None:
    """What failed before the first use has failed for all that come after it."""
    raise error


class _Savepoint(AsyncSessionTransaction):
    async def start(self, is_ctxmanager: bool = False) -> AsyncSessionTransaction:  # noqa: FBT001, FBT002  # SQLAlchemy's
        session = self.session
        assert isinstance(session, AsyncScopedSession)
        await session.use()
        return await super().start(is_ctxmanager)


def _taking_turns(name: str) -> Any:
    original = getattr(AsyncSession, name)

    async def method(self: AsyncScopedSession, *args: Any, **kwargs: Any) -> Any:
        async with self.my_turn():
            if self.first_use is not None and name not in _ENDS:
                await self.use()
            return await original(self, *args, **kwargs)

    method.__name__, method.__doc__ = name, original.__doc__
    return method


_ENDS = frozenset(("commit", "rollback", "close"))

for _name in (
    "execute",
    "scalar",
    "scalars",
    "stream",
    "stream_scalars",
    "get",
    "get_one",
    "flush",
    "refresh",
    "run_sync",
    "delete",
    "merge",
    "connection",
    *_ENDS,
):
    setattr(AsyncScopedSession, _name, _taking_turns(_name))


@event.listens_for(ScopedSession, "do_orm_execute")
def _scope_statement(state: ORMExecuteState) -> None:
    """Add the row scope to every occurrence of every entity in the statement.

    One criterion per occurrence, alias by alias: `include_aliases=True` would put the condition of the unaliased
    table on an alias to the right of a JOIN. Aliases of subqueries are left out, because the inner SELECT is scoped.
    Targets of relationships are added, because joinedload() makes its alias only when the statement is compiled.
    """
    ctx: Context | None = state.session.info.get("ctx")
    if ctx is None:
        return
    if _writes_in_bulk(state, ctx):
        raise BypassedWritePath(
            "A bulk INSERT, UPDATE or DELETE skips hooks and audit; add records, or load and change them."
        )
    if not state.is_select or state.execution_options.get("kehu_unscoped"):
        return
    criteria = []
    for model, entity in occurrences(state.statement, ctx.app.composition.entities):
        criterion = row_scope(ctx, model, entity)
        if criterion is not None:
            criteria.append(with_loader_criteria(entity, criterion))
    if criteria:
        state.statement = state.statement.options(*criteria)


def _writes_in_bulk(state: ORMExecuteState, ctx: Context) -> bool:
    """Whether the statement changes records of an entity; tables that are none, such as sessions, have no audit."""
    is_write = state.is_insert or state.is_update or state.is_delete
    if not is_write or state.execution_options.get("kehu_unaudited"):
        return False
    table = getattr(state.statement, "table", None)
    return table is not None and table.name in ctx.app.composition.models_by_table


def occurrences(statement: Any, entities: Container[type[Any]]) -> list[tuple[type[Any], Any]]:
    """The classes of entities and their aliases that a statement reads, each once, with their classes."""
    return [
        (occurrence.mapper.class_, occurrence.entity)
        for occurrence in _occurrences(statement)
        if occurrence.mapper.class_ in entities
    ]


def _occurrences(statement: Any) -> list[Any]:
    found: dict[Any, None] = {}
    for element in visitors.iterate(statement):
        entity = element._annotations.get("parententity")
        if entity is None or entity in found or _is_alias_of_subquery(entity):
            continue
        found[entity] = None
        _add_related(entity.mapper, found)
    return list(found)


def _add_related(mapper: Any, found: dict[Any, None]) -> None:
    """Every mapper that can be reached from this one by relationships, which joined loading may follow."""
    for relationship in mapper.relationships:
        if relationship.mapper not in found:
            found[relationship.mapper] = None
            _add_related(relationship.mapper, found)


def _is_alias_of_subquery(entity: Any) -> bool:
    if not entity.is_aliased_class:
        return False
    return not (
        isinstance(entity.selectable, sa.Alias) and entity.selectable.element is entity.mapper.local_table
    )


@event.listens_for(ScopedSession, "before_flush")
def _refuse_unseen_writes(session: Session, flush_context: Any, instances: Any) -> None:
    ctx: Context | None = session.info.get("ctx")
    if ctx is None or ctx.is_storing:
        return
    entities = ctx.app.composition.entities
    pending = [*session.new, *session.deleted, *(o for o in session.dirty if session.is_modified(o))]
    unseen = next((type(obj).__name__ for obj in pending if type(obj) in entities), None)
    if unseen is not None:
        raise BypassedWritePath(
            f"{unseen} would be written without hooks and audit; use `async with ctx.write():` or `await ctx.flush()`."
        )


@event.listens_for(ScopedSession, "before_flush")
def _store_parents_first(session: Session, flush_context: Any, instances: Any) -> None:
    """Insert records before those that point at them, and delete them after.

    SQLAlchemy orders tables by relationships, of which kehu has none; the foreign keys say the same.
    """
    ctx: Context | None = session.info.get("ctx")
    if ctx is None:
        return
    touched = {type(obj) for obj in [*session.new, *session.dirty, *session.deleted]}
    rank = {name: place for place, name in enumerate(ctx.app.composition.tables_in_order)}
    mappers = sorted(
        (sa.inspect(cls) for cls in touched), key=lambda mapper: rank.get(mapper.local_table.name, -1)
    )
    for parent, child in itertools.pairwise(mappers):
        saves = _saving(flush_context, parent), _saving(flush_context, child)
        deletes = _deleting(flush_context, child), _deleting(flush_context, parent)
        flush_context.dependencies.update((saves, deletes))
