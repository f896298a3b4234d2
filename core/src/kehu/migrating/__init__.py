"""Migrations: every plugin has revisions of its own, and the database follows the set of plugins."""

from kehu.migrating.connecting import address_of, reached
from kehu.migrating.planning import PendingRevision, PluginPlan, check, plan, require_current
from kehu.migrating.purging import Remains, purge, remains_of
from kehu.migrating.revising import revision
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
