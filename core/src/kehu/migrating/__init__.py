"""Migrations: every plugin has revisions of its own, and the database follows the set of plugins.

A name is imported when it is first used: a server asks `require_current` only, which does without Alembic.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kehu.migrating.connecting import address_of, reached
    from kehu.migrating.planning import PendingRevision, PluginPlan, check, plan
    from kehu.migrating.purging import Remains, purge, remains_of
    from kehu.migrating.revising import revision
    from kehu.migrating.standing import require_current
    from kehu.migrating.upgrading import Applied, downgrade, downgrade_all, upgrade

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
    "kehu.migrating.connecting": ("address_of", "reached"),
    "kehu.migrating.planning": ("PendingRevision", "PluginPlan", "check", "plan"),
    "kehu.migrating.purging": ("Remains", "purge", "remains_of"),
    "kehu.migrating.revising": ("revision",),
    "kehu.migrating.standing": ("require_current",),
    "kehu.migrating.upgrading": ("Applied", "downgrade", "downgrade_all", "upgrade"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name from its module, once."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
