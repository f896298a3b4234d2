"""Databases: engines for SQLite and PostgreSQL, and the scoped session."""

from kehu.database.engine import forget_statements, open_engine
from kehu.database.rows import Rows, open_rows
from kehu.database.session import AsyncScopedSession, BypassedWritePath, unscoped

__all__ = [
    "AsyncScopedSession",
    "BypassedWritePath",
    "Rows",
    "forget_statements",
    "open_engine",
    "open_rows",
    "unscoped",
]
