"""Databases: engines for SQLite and PostgreSQL, and the scoped session."""

from kehu.kernel.db.bundles import Bundle, NotStored, Stores, open_stores
from kehu.kernel.db.driver_pool import Rows, open_driver_pool
from kehu.kernel.db.engine import forget_statements, open_direct, open_engine
from kehu.kernel.db.session import AsyncScopedSession, BypassedWritePath
from kehu.kernel.db.unscoped import UNTOLD, Unscoped

__all__ = [
    "UNTOLD",
    "AsyncScopedSession",
    "Bundle",
    "BypassedWritePath",
    "NotStored",
    "Rows",
    "Stores",
    "Unscoped",
    "forget_statements",
    "open_direct",
    "open_driver_pool",
    "open_engine",
    "open_stores",
]
