"""`kehu backup` and `kehu restore`."""

from __future__ import annotations

from pathlib import Path

import click

from kehu.ops.backups.backup import backup
from kehu.ops.backups.restore import restore, tables_in_the_way
from kehu.ops.cli.context import CommandContext


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup_command(command: CommandContext, file: Path) -> None:
    """Write the whole database, as it is at one moment, into the new file FILE; servers go on meanwhile."""
    manifest = command.run(backup(command.app(), file))
    click.echo(f"Wrote {file}: {len(manifest.counts)} tables, {manifest.rows} rows, of {manifest.made_at}.")


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace what the database has, without asking.")
@click.pass_obj
def restore_command(command: CommandContext, file: Path, *, yes: bool) -> None:
    """Replace the whole database by the backup FILE, and check that everything is there. Stop the servers first."""
    app = command.app()

    async def run() -> None:
        tables = await tables_in_the_way(app)
        if tables and not yes:
            address = app.engine.url.render_as_string()
            click.confirm(f"{address} has {len(tables)} tables already. Replace all of it?", abort=True)
        manifest, notes = await restore(app, file)
        click.echo(f"Restored {len(manifest.counts)} tables, {manifest.rows} rows, of {manifest.made_at}.")
        for note in notes:
            click.echo(note)

    command.run(run())
