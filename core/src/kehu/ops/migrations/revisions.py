"""Writing a revision: the difference between what the revisions of a plugin make and what it maps, frozen in a file."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import DowngradeOps, MigrationScript, UpgradeOps

from kehu.kernel.app import App
from kehu.kernel.errors import SetupError
from kehu.ops.migrations.comparison import comparing_context
from kehu.ops.migrations.connection import reached
from kehu.ops.migrations.histories import History, needed_history
from kehu.ops.migrations.rendering import render_item

TEMPLATE = '''"""{message}"""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {down_revision}


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''

POSTGRESQL = "from sqlalchemy.dialects import postgresql\n"


async def revision(app: App, plugin: str, message: str) -> Path | None:
    """Write the next revision of a plugin and return its file; None when there is nothing to write.

    The App's database must have all revisions; `kehu db revision` makes a fresh one from them. Compose the App of the
    plugin and what it requires, no more: what other plugins add does not belong into this one's history.
    Raises SetupError for a plugin without a folder migrations/versions and for a database that lacks revisions.
    """
    history = needed_history(app, plugin)
    async with reached(app.direct_engine) as connection:
        script = await connection.run_sync(_compared, app, history)
    upgrades, downgrades = script.upgrade_ops, script.downgrade_ops
    assert upgrades is not None
    assert downgrades is not None
    if upgrades.is_empty():
        return None
    return _write(history, message, upgrades, downgrades)


def _compared(connection: sa.Connection, app: App, history: History) -> MigrationScript:
    if history.pending(connection):
        raise SetupError(
            "A revision is made against a database that has all earlier ones: run `kehu db upgrade` first."
        )
    return produce_migrations(comparing_context(connection, app, history.plugin), app.composition.metadata)


def _write(history: History, message: str, upgrades: UpgradeOps, downgrades: DowngradeOps) -> Path:
    earlier = [script.revision for script in history.revisions()]
    number = f"{len(earlier) + 1:04}"
    upgrade, downgrade = _code(upgrades), _code(downgrades)
    text = TEMPLATE.format(
        message=_docstring(message),
        imports=POSTGRESQL if "postgresql." in upgrade + downgrade else "",
        revision=number,
        down_revision=f'"{earlier[-1]}"' if earlier else None,
        upgrade=upgrade,
        downgrade=downgrade,
    )
    file = history.folder / f"{number}_{_slug(message)}.py"
    file.write_text(text, encoding="utf-8")
    _format(file)
    return file


def _code(operations: UpgradeOps | DowngradeOps) -> str:
    """The operations as Python; in batches, without which SQLite can hardly alter a table."""
    text = render_python_code(operations, render_as_batch=True, render_item=render_item)
    lines = [line for line in text.splitlines() if not line.strip().startswith("# ###")]
    return "\n".join(lines).strip()


def _docstring(message: str) -> str:
    sentence = message.strip().replace('"', "'").replace("\\", "/")
    return sentence if sentence.endswith(".") else f"{sentence}."


def _slug(message: str) -> str:
    return re.sub(r"\W+", "_", message.lower()).strip("_")[:40].rstrip("_") or "revision"


def _format(file: Path) -> None:
    """Format the file where ruff is at hand; Alembic's own layout is correct, only hard to read."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is not None:
        subprocess.run([ruff, "format", "--quiet", str(file)], check=False)  # noqa: S603  # Both paths are ours.
