"""Migrations: every plugin has revisions of its own, and the database follows the set of plugins.

A name is imported when it is first used: a server asks `require_current` only, which does without Alembic.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kehu.ops.migrations.connection import address_of, reached
    from kehu.ops.migrations.plans import PendingRevision, PluginPlan, check, plan
    from kehu.ops.migrations.removal import Remains, purge, remains_of
    from kehu.ops.migrations.revisions import revision
    from kehu.ops.migrations.status import require_current
    from kehu.ops.migrations.upgrades import Applied, downgrade, downgrade_all, upgrade

__all__ = [
    "Applied",
    "PendingRevision",
    "PluginPlan",
    "Remains",
    "address_of",
    "check",
    "downgrade",
    "downgrade_all",
    "plan",
    "purge",
    "reached",
    "remains_of",
    "require_current",
    "revision",
    "upgrade",
]

_HOMES = {
    "kehu.ops.migrations.connection": ("address_of", "reached"),
    "kehu.ops.migrations.plans": ("PendingRevision", "PluginPlan", "check", "plan"),
    "kehu.ops.migrations.removal": ("Remains", "purge", "remains_of"),
    "kehu.ops.migrations.revisions": ("revision",),
    "kehu.ops.migrations.status": ("require_current",),
    "kehu.ops.migrations.upgrades": ("Applied", "downgrade", "downgrade_all", "upgrade"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name from its module, once."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
