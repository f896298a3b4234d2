"""Databases: engines for SQLite and PostgreSQL, and the scoped session."""

from kehu.database.engine import forget_statements, open_direct, open_engine
from kehu.database.rows import Rows, open_rows
from kehu.database.session import AsyncScopedSession, BypassedWritePath
from kehu.database.stores import Bundle, NotStored, Stores, open_stores
from kehu.database.unscoped import UNTOLD, Unscoped

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
    "open_engine",
    "open_rows",
    "open_stores",
]
