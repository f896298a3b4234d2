"""Crm: an App with its API on a database of its own, for tests that ask and look at the SQL that was sent."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.errors import FieldError
from kehu_graphql import Api
from tests import deals
from tests.templates import composed

Clock = Callable[[], datetime]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Crm:
    """One App, its API, and every statement that its database has been sent."""

    def __init__(self, app: kehu.App) -> None:
        self.app = app
        self.statements: list[str] = []
        sa.event.listen(app.engine.sync_engine, "before_cursor_execute", self._note)

    @functools.cached_property
    def api(self) -> Api:
        """The API, composed when it is used for the first time."""
        return Api(self.app)

    async def answer(
        self, document: str, variables: Mapping[str, Any] | None = None, *, to: kehu.Principal = kehu.SYSTEM
    ) -> dict[str, Any]:
        """What the API answers, errors and all."""
        return await self.api.execute(document, variables, principal=to)

    async def ask(
        self, document: str, variables: Mapping[str, Any] | None = None, *, to: kehu.Principal = kehu.SYSTEM
    ) -> Any:
        """The data of an answer without errors."""
        answer = await self.answer(document, variables, to=to)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def codes(
        self, document: str, variables: Mapping[str, Any] | None = None, *, to: kehu.Principal = kehu.SYSTEM
    ) -> list[str]:
        """The codes of the errors of an answer."""
        answer = await self.answer(document, variables, to=to)
        return [error["extensions"]["code"] for error in answer.get("errors", [])]

    async def store(self, *records: kehu.Entity, as_: kehu.Principal = kehu.SYSTEM) -> None:
        """Write the records through the write path, in one transaction."""
        async with self.app.context(as_) as ctx, ctx.write():
            for record in records:
                ctx.add(record)

    async def all(self, model: type[Any], *conditions: Any) -> Sequence[Any]:
        """The records as the database has them now, in the order of their keys."""
        async with self.app.context() as ctx:
            statement = sa.select(model).where(*conditions).order_by(model.id)
            return (await ctx.session.scalars(statement)).all()

    async def count(self, model: type[Any]) -> int:
        """How many records there are."""
        async with self.app.context() as ctx:
            return await ctx.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0

    def _note(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            self.statements.append(statement)


@contextlib.asynccontextmanager
async def crm_of(*plugins: kehu.Plugin, url: str, clock: Clock = lambda: NOW) -> AsyncIterator[Crm]:
    """Core and these plugins on an empty database, which gets their tables."""
    app = kehu.App([core, *plugins], url, clock=clock)
    try:
        async with app.engine.begin() as connection:
            await connection.run_sync(app.composition.metadata.create_all)
        yield Crm(app)
    finally:
        await app.close()


class OpenCrm(Protocol):
    """Opens core, deals and further plugins on a database with their tables and nothing in them."""

    async def __call__(self, *plugins: kehu.Plugin, clock: Clock = lambda: NOW) -> Crm: ...


@pytest.fixture(scope="module")
async def tables(shared_database_url: str) -> AsyncIterator[Crm]:
    """A database with the tables of core and deals, shared by the tests of a module."""
    async with crm_of(deals.plugin, url=shared_database_url) as crm:
        yield crm


@pytest.fixture
async def open_crm(tables: Crm, shared_database_url: str) -> AsyncIterator[OpenCrm]:
    """Gives core, deals and the plugins it is called with, which may not have tables, on empty tables."""
    async with contextlib.AsyncExitStack() as stack:

        async def opened(*plugins: kehu.Plugin, clock: Clock = lambda: NOW) -> Crm:
            composition = (
                kehu.compose([core, deals.plugin, *plugins]) if plugins else composed(core, deals.plugin)
            )
            app = kehu.App(composition, shared_database_url, clock=clock)
            stack.push_async_callback(app.close)
            return Crm(app)

        async with tables.app.engine.begin() as connection:
            await _empty(connection, tables.app)
        yield opened


async def _empty(connection: AsyncConnection, app: kehu.App) -> None:
    """Delete every row; without looking at foreign keys, which is what makes it quick."""
    if app.is_postgresql:
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for table in reversed(app.composition.metadata.sorted_tables):
        await connection.exec_driver_sql(f"DELETE FROM {table.name}")


def reasons(errors: Sequence[FieldError]) -> list[tuple[str, str | None, str | None]]:
    """Code, field and plugin of each reason for a refusal."""
    return [(error.code, error.field, error.plugin) for error in errors]
