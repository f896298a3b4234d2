"""Where the revisions of each plugin are, and how far a database has come along them."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

from kehu.kernel.app import App
from kehu.kernel.errors import SetupError
from kehu.kernel.plugin import Plugin
from kehu.ops.migrations.folders import folder_of, version_table


@dataclasses.dataclass(frozen=True)
class History:
    """The revisions of one plugin, which have a version table of their own: a plugin may leave any day."""

    plugin: str
    folder: Path

    @property
    def version_table(self) -> str:
        """The table that says how far the database has come."""
        return version_table(self.plugin)

    @functools.cached_property
    def scripts(self) -> ScriptDirectory:
        """Alembic's view of the folder."""
        return ScriptDirectory(str(self.folder), version_locations=[str(self.folder)])

    def context(self, connection: sa.Connection, **options: object) -> MigrationContext:
        """Alembic's context for this history on a connection."""
        mine = {"version_table": self.version_table, "script": self.scripts, **options}
        return MigrationContext.configure(connection, opts=mine)

    def current(self, connection: sa.Connection) -> str | None:
        """The revision that the database is at; None before the first.

        Raises SetupError for a revision that is not in this history, because its code is newer or another.
        """
        found = self.context(connection).get_current_revision()
        if found is not None and found not in {script.revision for script in self.revisions()}:
            raise SetupError(
                f"The database is at revision {found} of plugin {self.plugin!r}, which the installed version does "
                f"not have: install the version that made it, or restore a backup from before it."
            )
        return found

    def revisions(self) -> list[Script]:
        """All revisions, oldest first. Raises SetupError for a history with two ends or a gap."""
        try:
            heads = self.scripts.get_heads()
            found = list(self.scripts.walk_revisions())
        except Exception as error:
            raise SetupError(
                f"The revisions of plugin {self.plugin!r} in {self.folder} cannot be read: {error}"
            ) from error
        if len(heads) > 1:
            raise SetupError(
                f"The history of plugin {self.plugin!r} has {len(heads)} ends: {', '.join(sorted(heads))}. "
                f"Let one follow the other by its down_revision in {self.folder}."
            )
        return found[::-1]

    def pending(self, connection: sa.Connection) -> list[Script]:
        """The revisions that the database still lacks, oldest first."""
        current = self.current(connection)
        revisions = self.revisions()
        done = next((i + 1 for i, script in enumerate(revisions) if script.revision == current), 0)
        return revisions[done:]


def histories(app: App) -> list[History]:
    """The histories of the App's plugins, in the order in which they are upgraded: what is required comes first."""
    found = (history_of(plugin) for plugin in app.composition.plugins)
    return [history for history in found if history is not None]


def history_of(plugin: Plugin) -> History | None:
    """The history of a plugin: `migrations/versions` in its package; None for one without, such as a single file."""
    folder = folder_of(plugin)
    return None if folder is None else History(plugin.name, folder)


def needed_history(app: App, plugin: str) -> History:
    """The history of the plugin with this id. Raises SetupError where there is none."""
    known = {history.plugin: history for history in histories(app)}
    if plugin in known:
        return known[plugin]
    if any(each.name == plugin for each in app.composition.plugins):
        raise SetupError(
            f"Plugin {plugin!r} has no migrations: its package needs a folder migrations/versions, "
            f"with an __init__.py in both."
        )
    raise SetupError(f"Plugin {plugin!r} is not enabled; those with migrations are: {', '.join(known)}.")
