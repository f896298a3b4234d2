"""Databases: engines for SQLite and PostgreSQL, and the scoped session."""

from kehu.database.engine import open_engine
from kehu.database.session import AsyncScopedSession, BypassedWritePath, unscoped

__all__ = ["AsyncScopedSession", "BypassedWritePath", "open_engine", "unscoped"]
