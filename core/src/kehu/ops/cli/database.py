"""`kehu db`: bring the database up to date, look whether it is, take a plugin back, write revisions."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from kehu.kernel.app import App
from kehu.kernel.composition.order import required_by
from kehu.kernel.errors import SetupError
from kehu.kernel.plugin import Plugin
from kehu.ops.cli.context import CommandContext
from kehu.ops.migrations import Applied, PluginPlan, address_of, check, downgrade, plan, revision, upgrade
from kehu.ops.settings import enabled_plugins
from kehu.platform.identity.roles import ensure_roles


@click.group("db")
def database() -> None:
    """Bring the database up to date, and see whether it is."""


@database.command("upgrade")
@click.pass_obj
def upgrade_command(command: CommandContext) -> None:
    """Run every revision that the database lacks; all of them, or none when one fails."""
    applied = command.run(_upgraded(command.app(), command.request_id))
    for done in applied:
        click.echo(_line("Upgraded", done))
    click.echo("The database is up to date.")


@database.command("plan")
@click.pass_obj
def plan_command(command: CommandContext) -> None:
    """Show what `kehu db upgrade` would do, and change nothing."""
    plans = command.run(plan(command.app()))
    for lines in map(_plan_lines, plans):
        click.echo("\n".join(lines))
    if not any(each.pending for each in plans):
        click.echo("Nothing to do.")


@database.command("check")
@click.pass_obj
def check_command(command: CommandContext) -> None:
    """Compare the database with the code; the exit status is 1 when they differ."""
    problems = command.run(check(command.app()))
    if problems:
        raise SetupError("\n".join(problems))
    click.echo("The database fits the code.")


@database.command("downgrade")
@click.argument("plugin")
@click.argument("target", default="base")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def downgrade_command(command: CommandContext, plugin: str, target: str, *, yes: bool) -> None:
    """Take PLUGIN back to the revision TARGET; without one its tables and all that is in them are dropped."""
    app = command.app()
    loss = (
        "all of its tables and what is in them" if target == "base" else f"what came after revision {target}"
    )
    if not yes:
        click.confirm(
            f"This drops {loss} of plugin {plugin!r} from {address_of(app.engine)}. Go on?", abort=True
        )
    for done in command.run(downgrade(app, plugin, target)):
        click.echo(_line("Took back", done))


@database.command("revision")
@click.argument("plugin")
@click.option("-m", "--message", required=True, help="What the revision does, in a few words.")
@click.pass_obj
def revision_command(command: CommandContext, plugin: str, message: str) -> None:
    """Write the next revision of PLUGIN: what its code has and its earlier revisions do not make.

    The database of the settings is not touched; the earlier revisions are run on a fresh one.
    """
    plugins = _with_required(enabled_plugins(command.settings), plugin)
    with tempfile.TemporaryDirectory() as folder:
        app = App(plugins, f"sqlite:///{folder}/revision.db")
        file = command.run_on(app, _revised(app, plugin, message))
    if file is None:
        click.echo(
            f"The revisions of plugin {plugin!r} make all that its code has; there is nothing to write."
        )
    else:
        click.echo(f"Wrote {file}: read it, correct it, commit it.")


async def _upgraded(app: App, request_id: str) -> list[Applied]:
    applied = await upgrade(app)
    async with app.context(request_id=request_id) as ctx:
        await ensure_roles(ctx)
    return applied


async def _revised(app: App, plugin: str, message: str) -> Path | None:
    await upgrade(app)
    return await revision(app, plugin, message)


def _with_required(plugins: list[Plugin], name: str) -> list[Plugin]:
    """The plugin and what it requires: what others add to it does not belong into its history."""
    if name not in {plugin.name for plugin in plugins}:
        raise SetupError(
            f"Plugin {name!r} is not enabled; enabled are: {', '.join(p.name for p in plugins)}."
        )
    needed = {"core", name, *required_by(plugins, name)}
    return [plugin for plugin in plugins if plugin.name in needed]


def _plan_lines(plan: PluginPlan) -> list[str]:
    if plan.current is None and not plan.pending:
        return [f"{plan.plugin}: has no revisions"]
    at = f"at {plan.current}" if plan.current else "not in the database yet"
    head = f"{plan.plugin}: {at}, {len(plan.pending) or 'none'} pending"
    return [head, *(f"  {pending.revision}  {pending.message}" for pending in plan.pending)]


def _line(verb: str, done: Applied) -> str:
    return f"{verb} {done.plugin} {done.revision}: {done.message}"
