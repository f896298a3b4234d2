"""`kehu docs states`: the life of each entity, printed from the table that the code goes by."""

from __future__ import annotations

import click

from kehu.kernel.errors import SetupError
from kehu.kernel.states import StateChart
from kehu.ops.cli.context import CommandContext


@click.command("states")
@click.argument("plugin", required=False)
@click.option("--mermaid", is_flag=True, help="As Mermaid diagrams for Markdown instead of plain text.")
@click.pass_obj
def states_command(command: CommandContext, plugin: str | None, *, mermaid: bool) -> None:
    """Print the state chart of each entity, of all plugins or of PLUGIN alone."""
    composition = command.app().composition
    if plugin is not None and plugin not in {each.name for each in composition.plugins}:
        raise SetupError(f"Plugin {plugin!r} is not enabled.")
    for model, entity in composition.entities.items():
        chart = getattr(model, "states", None)
        if not isinstance(chart, StateChart) or plugin not in (None, entity.owner.plugin):
            continue
        if mermaid:
            click.echo(f"## {entity.name}\n\n```mermaid\n{chart.mermaid()}\n```\n")
        else:
            click.echo(chart.plain())
