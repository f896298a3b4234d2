"""App: one set of plugins on one database. Everything hangs from it; nothing is global."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import pydantic
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from kehu.kernel.access import SYSTEM, Principal
from kehu.kernel.broker import Broker
from kehu.kernel.cluster import ClusterNotifier
from kehu.kernel.composition import Composition, compose
from kehu.kernel.context import Context
from kehu.kernel.db import (
    AsyncScopedSession,
    Rows,
    Stores,
    forget_statements,
    open_direct,
    open_driver_pool,
    open_engine,
    open_stores,
)
from kehu.kernel.db.sqlite import WriteLock
from kehu.kernel.errors import SetupError
from kehu.kernel.hooks.dispatch import Hooks
from kehu.kernel.model import utc_now
from kehu.kernel.plugin import Plugin
from kehu.kernel.ports import Platform
from kehu.kernel.reading.attributes import Catalogue
from kehu.kernel.reading.filters import Filters
from kehu.kernel.reading.visibility import VisibilityCheck

S = TypeVar("S", bound=pydantic.BaseModel)
T = TypeVar("T")


class App:
    """A composed system. Two Apps with different plugins live in one process without seeing each other.

    Many Apps with the same plugins, such as those of tenants, are begun sooner and take less memory when they are
    given one `kehu.compose(plugins)` instead of the plugins.

    `direct_url` is for an address that leads through a pooler such as PgBouncer, which gives each transaction any of
    its connections: the address of the same database without it, for what needs a connection of its own.

    `settings` are those of plugins, one object of each class that is not to be as it is by default.
    Raises CompositionError when the plugins do not fit together, SetupError for an unusable database address.
    """

    def __init__(
        self,
        plugins: Sequence[Plugin] | Composition,
        database_url: str = "sqlite:///kehu.db",
        *,
        clock: Callable[[], datetime] = utc_now,
        engine: AsyncEngine | None = None,
        direct_url: str | None = None,
        settings: Sequence[pydantic.BaseModel] = (),
    ) -> None:
        self.composition = plugins if isinstance(plugins, Composition) else compose(plugins)
        self.hooks = Hooks(self.composition.plugins)
        self.catalogue = self.composition.derived(Catalogue)
        self.filters = Filters(self.catalogue)
        self._settings = {type(each): each for each in settings}
        self.clock = clock
        is_pooled = direct_url is not None
        self.engine = engine or open_engine(database_url, is_pooled=is_pooled)
        self.direct_engine = self.engine if direct_url is None else open_direct(direct_url, self.engine)
        self.rows: Rows | None = open_driver_pool(self.engine, is_pooled=is_pooled)
        self.seeing = None if self.rows is None else VisibilityCheck(self.rows)
        self.stores: Stores | None = open_stores(self.engine, is_pooled=is_pooled)
        self.is_postgresql = self.engine.dialect.name == "postgresql"
        self._services: dict[Callable[[App], Any], Any] = {}
        self.platform = self._supplied()
        self.cluster = ClusterNotifier(self)
        self.broker = Broker(before_listening=self.cluster.connect)
        self.write_lock = None if self.is_postgresql else WriteLock()
        self.sessions = async_sessionmaker(
            self.engine, class_=AsyncScopedSession, expire_on_commit=False, autoflush=False
        )

    def context(self, principal: Principal = SYSTEM, *, request_id: str | None = None) -> Context:
        """A new context; use it with `async with`."""
        return Context(self, principal, request_id=request_id)

    def settings_of(self, settings_class: type[S]) -> S:
        """The settings of a plugin: those the App was given, or the defaults of the class."""
        found = self._settings.get(settings_class)
        return found if isinstance(found, settings_class) else settings_class()

    def service(self, make: Callable[[App], T]) -> T:
        """The one that `make`, mostly a class, makes of this App: made when it is first asked for, and kept.

        One with `async def close(self)` is closed with the App.
        """
        if make not in self._services:
            self._services[make] = make(self)
        return cast(T, self._services[make])

    async def close(self) -> None:
        """Close all database connections, and keep nothing of this App."""
        for service in self._services.values():
            if hasattr(service, "close"):
                await service.close()
        await self.cluster.close()
        for opened in (self.rows, self.stores):
            if opened is not None:
                await opened.close()
        await self.engine.dispose()
        await self.direct_engine.dispose()
        forget_statements(self.engine, self.composition.entities)

    def _supplied(self) -> Platform:
        for plugin in self.composition.plugins:
            if plugin.platform_factory is not None:
                return plugin.platform_factory(self)
        raise SetupError("No enabled plugin supplies audit, outbox and jobs, as core does.")
