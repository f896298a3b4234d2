"""What an upgrade would do, and whether the database fits the code."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa

from kehu.kernel.app import App
from kehu.ops.migrations import relation_indexes
from kehu.ops.migrations.comparison import differences
from kehu.ops.migrations.connection import reached
from kehu.ops.migrations.histories import History, histories


@dataclasses.dataclass(frozen=True, slots=True)
class PendingRevision:
    """A revision that the database lacks."""

    revision: str
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class PluginPlan:
    """Where the database is on the way of one plugin, and which revisions an upgrade would run, oldest first."""

    plugin: str
    current: str | None
    pending: Sequence[PendingRevision]


async def plan(app: App) -> list[PluginPlan]:
    """The plan for each plugin that has migrations, in the order of an upgrade; nothing is changed.

    Raises SetupError for a database that cannot be reached or is newer than the code.
    """
    async with reached(app.direct_engine) as connection:
        return await connection.run_sync(_plan, app)


async def check(app: App) -> list[str]:
    """What is wrong with the database, in sentences that say what to do; none when it fits the code.

    Raises SetupError for a database that cannot be reached or is newer than the code.
    """
    async with reached(app.direct_engine) as connection:
        plans = await connection.run_sync(_plan, app)
        pending = [sentence for plan in plans for sentence in _about(plan)]
        return pending or await connection.run_sync(_drifted, app)


async def lacking(app: App) -> list[str]:
    """What the database lacks, in sentences that say what to do. Raises SetupError as `plan` does."""
    return [sentence for plan in await plan(app) for sentence in _about(plan)]


def _plan(connection: sa.Connection, app: App) -> list[PluginPlan]:
    return [_plan_of(connection, history) for history in histories(app)]


def _plan_of(connection: sa.Connection, history: History) -> PluginPlan:
    pending = [
        PendingRevision(script.revision, script.doc.rstrip(".")) for script in history.pending(connection)
    ]
    return PluginPlan(history.plugin, history.current(connection), pending)


def _about(plan: PluginPlan) -> list[str]:
    if not plan.pending:
        return []
    count = len(plan.pending)
    named = ", ".join(pending.revision for pending in plan.pending)
    what = f"{count} revision(s) of plugin {plan.plugin!r} ({named})"
    return [f"The database lacks {what}: run `kehu db upgrade`."]


def _drifted(connection: sa.Connection, app: App) -> list[str]:
    lacking = [str(index.name) for index in relation_indexes.missing(connection, app)]
    sentences = [f"Index {name} is missing: run `kehu db upgrade`." for name in lacking]
    for plugin, difference in differences(connection, app):
        advice = f"If the code is right, `kehu db revision {plugin} -m ...` writes a revision; if not, undo the change."
        sentences.append(f"{difference} {advice}")
    return sentences
