"""App: one set of plugins on one database. Everything hangs from it; nothing is global."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from kehu.access import SYSTEM, Principal
from kehu.broker import Broker
from kehu.composition import Composition, compose
from kehu.context import Context
from kehu.database import AsyncScopedSession, open_engine
from kehu.dispatch import Hooks
from kehu.jobs.embedded import EmbeddedJobs
from kehu.jobs.port import JobBackend
from kehu.model import utc_now
from kehu.plugin import Plugin
from kehu.reading.attributes import Catalogue
from kehu.reading.filters import Filters
from kehu.translating.catalogues import Catalogues


class App:
    """A composed system. Two Apps with different plugins live in one process without seeing each other.

    Raises CompositionError when the plugins do not fit together, SetupError for an unusable database address.
    """

    def __init__(
        self,
        plugins: Sequence[Plugin],
        database_url: str = "sqlite:///kehu.db",
        *,
        clock: Callable[[], datetime] = utc_now,
        engine: AsyncEngine | None = None,
    ) -> None:
        self.composition: Composition = compose(plugins)
        self.hooks = Hooks(self.composition.plugins)
        self.catalogue = Catalogue(self.composition)
        self.filters = Filters(self.catalogue)
        self.translations = Catalogues(self.composition.plugins)
        self.broker = Broker()
        self.jobs: JobBackend = EmbeddedJobs()
        self.clock = clock
        self.engine = engine or open_engine(database_url)
        self.is_postgresql = self.engine.dialect.name == "postgresql"
        self.write_lock = None if self.is_postgresql else asyncio.Lock()
        self.sessions = async_sessionmaker(
            self.engine, class_=AsyncScopedSession, expire_on_commit=False, autoflush=False
        )

    def context(self, principal: Principal = SYSTEM, *, request_id: str | None = None) -> Context:
        """A new context; use it with `async with`."""
        return Context(self, principal, request_id=request_id)

    async def close(self) -> None:
        """Close all database connections."""
        await self.engine.dispose()
