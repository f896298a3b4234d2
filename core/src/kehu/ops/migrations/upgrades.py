"""Running revisions: up to the newest, or down to an older one; everything in one transaction, or nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep, StampStep
from alembic.util import CommandError

from kehu.kernel.app import App
from kehu.kernel.errors import SetupError
from kehu.ops.migrations import relation_indexes
from kehu.ops.migrations.connection import changing_schema
from kehu.ops.migrations.histories import History, histories, needed_history
from kehu.ops.migrations.references import check_nothing_refers_to
from kehu.platform.ledger.records import forget_plugin, record_plugins

Steps = Callable[[Any], Sequence[RevisionStep | StampStep]]


@dataclasses.dataclass(frozen=True, slots=True)
class Applied:
    """A revision that was run, up or down."""

    plugin: str
    revision: str
    message: str


async def upgrade(app: App) -> list[Applied]:
    """Bring the database to what the App's plugins need; what is required comes first.

    Raises SetupError, with the database as it was, when it cannot be reached, is newer than the code, or when a
    revision fails.
    """
    async with changing_schema(app) as connection:
        return await connection.run_sync(_upgrade, app)


async def downgrade(app: App, plugin: str, target: str = "base") -> list[Applied]:
    """Take one plugin back to the revision `target`, or to nothing, which drops its tables and what is in them.

    Raises SetupError, with the database as it was, for an unknown target, for a plugin that others still stand on,
    and when a revision fails.
    """
    async with changing_schema(app) as connection:
        return await connection.run_sync(_downgrade, app, plugin, target)


async def downgrade_all(app: App) -> list[Applied]:
    """Take every plugin of the App back to nothing, those that require others first."""
    async with changing_schema(app) as connection:
        return await connection.run_sync(_downgrade_all, app)


def _upgrade(connection: sa.Connection, app: App) -> list[Applied]:
    known = histories(app)
    relation_indexes.drop_outdated(connection, app)
    applied = [done for history in known for done in _run(connection, history, _up(history))]
    relation_indexes.create_missing(connection, app)
    record_plugins(connection, app)
    return applied


def _downgrade_all(connection: sa.Connection, app: App) -> list[Applied]:
    return [
        done
        for history in histories(app)[::-1]
        for done in _downgrade(connection, app, history.plugin, "base")
    ]


def _downgrade(connection: sa.Connection, app: App, plugin: str, target: str) -> list[Applied]:
    history = needed_history(app, plugin)
    _check_target(history, target)
    if target == "base":
        _check_nothing_stands_on(connection, app, history)
    relation_indexes.drop_of(connection, app, plugin)
    applied = _run(connection, history, _down(history, target))
    if target == "base":
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{history.version_table}"')
        forget_plugin(connection, plugin)
    return applied


def _up(history: History) -> Steps:
    return lambda current: history.scripts._upgrade_revs("head", current)


def _down(history: History, target: str) -> Steps:
    return lambda current: history.scripts._downgrade_revs(target, current)


def _run(connection: sa.Connection, history: History, steps: Steps) -> list[Applied]:
    """Run the steps of one history; says which one failed."""
    history.current(connection)
    applied: list[Applied] = []

    def one_by_one(current: Any, _: MigrationContext) -> Iterator[RevisionStep | StampStep]:
        for step in steps(current):
            applied.append(_description(history, step))
            yield step

    context = history.context(connection, fn=one_by_one, render_as_batch=connection.dialect.name == "sqlite")
    try:
        with Operations.context(context):
            context.run_migrations()
    except CommandError as error:
        raise SetupError(f"The history of plugin {history.plugin!r} cannot be followed: {error}.") from error
    except Exception as error:
        failed = applied[-1] if applied else None
        raise SetupError(_failure(history, failed, error)) from error
    return applied


def _description(history: History, step: RevisionStep | StampStep) -> Applied:
    assert isinstance(step, RevisionStep)
    return Applied(history.plugin, step.revision.revision, step.revision.doc.rstrip("."))


def _failure(history: History, failed: Applied | None, error: Exception) -> str:
    what = f"Revision {failed.revision} ({failed.message or 'no message'})" if failed else "Migrating"
    reason = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
    return (
        f"{what} of plugin {history.plugin!r} failed: {type(error).__name__}: {reason[0]}. "
        f"The database is as it was before; tell whoever makes the plugin."
    )


def _check_target(history: History, target: str) -> None:
    known = [script.revision for script in history.revisions()]
    if target != "base" and target not in known:
        raise SetupError(
            f"Plugin {history.plugin!r} has no revision {target!r}; "
            f"it has {', '.join(known) or 'none'}, and `base` for nothing at all."
        )


def _check_nothing_stands_on(connection: sa.Connection, app: App, history: History) -> None:
    standing = [
        other.plugin
        for other in histories(app)
        if history.plugin in _hard_requirements(app, other.plugin) and other.current(connection) is not None
    ]
    if standing:
        names = ", ".join(standing[::-1])
        raise SetupError(
            f"Plugin {history.plugin!r} is required by {names}; downgrade what requires it first."
        )
    tables = [name for name, owner in app.composition.table_owners.items() if owner == history.plugin]
    check_nothing_refers_to(connection, history.plugin, tables)


def _hard_requirements(app: App, name: str) -> set[str]:
    """What a plugin requires directly, without those others that it only makes use of where they are."""
    plugin = app.composition.plugin(name)
    return set(plugin.requires) - {other for other, _ in plugin.conditional}
