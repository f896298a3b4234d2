"""Core, complete: importing this module has run all of its declarations."""

from __future__ import annotations

from kehu.core_declarations import plugin
from kehu.people import actions, roles, rules

__all__ = ["actions", "plugin", "roles", "rules"]
