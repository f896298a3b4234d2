"""`kehu plugin`: which plugins there are, and getting rid of what a former one left behind."""

from __future__ import annotations

import importlib.metadata

import click

from kehu.kernel.plugin import Plugin, installed_names
from kehu.ops.cli.context import CommandContext
from kehu.ops.migrations import Remains, address_of, purge, remains_of
from kehu.ops.settings import enabled_plugins
from kehu.platform.ledger.records import distribution_of

HEADINGS = ("id", "version", "distribution", "enabled", "requires")


@click.group("plugin")
def plugins() -> None:
    """See which plugins there are; remove what one left behind."""


@plugins.command("list")
@click.pass_obj
def list_command(command: CommandContext) -> None:
    """List the plugins: those that are enabled, and those that are only installed."""
    enabled = {plugin.name: plugin for plugin in enabled_plugins(command.settings)}
    disabled = [name for name in installed_names() if name not in enabled]
    rows = [HEADINGS, *map(_enabled_row, enabled.values()), *map(_disabled_row, disabled)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(map(str.ljust, row, widths)).rstrip())


@plugins.command("purge")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def purge_command(command: CommandContext, name: str, *, yes: bool) -> None:
    """Drop the tables, grants and custom fields that plugin NAME left in the database when it was disabled."""
    app = command.app()
    remains = command.run(remains_of(app, name))
    click.echo(_described(remains))
    if not yes:
        click.confirm(f"Drop all of it from {address_of(app.engine)}, for good?", abort=True)
    command.run(purge(app, name))
    click.echo(f"Nothing of plugin {name!r} is left.")


def _enabled_row(plugin: Plugin) -> tuple[str, ...]:
    distribution = plugin.local_file or distribution_of(plugin.name) or "-"
    return plugin.name, plugin.version or "-", distribution, "yes", ", ".join(plugin.requires) or "-"


def _disabled_row(name: str) -> tuple[str, ...]:
    """What is known without importing the plugin; what it requires is not."""
    distribution = distribution_of(name)
    version = importlib.metadata.version(distribution) if distribution else "-"
    return name, version, distribution or "-", "no", "-"


def _described(remains: Remains) -> str:
    rows = sum(remains.rows.values())
    lines = [f"Plugin {remains.plugin!r} left {len(remains.rows)} table(s) with {rows} row(s):"]
    lines += [f"  {table}: {count} row(s)" for table, count in remains.rows.items()]
    lines += [
        f"  custom field {key} of {table}" for table, keys in remains.custom_fields.items() for key in keys
    ]
    return "\n".join(lines)
