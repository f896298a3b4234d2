"""The root command: options for all commands, and commands that are found only when somebody asks for them."""

from __future__ import annotations

import atexit
import contextlib
import gc
from collections.abc import Iterator
from typing import Any

import click

from kehu.kernel.errors import KehuError
from kehu.ops.cli import sources
from kehu.ops.cli.context import CommandContext

OPTIONS = ("plugins_dir", "database_url", "plugins")
OBJECTS_BETWEEN_COLLECTIONS = 100_000


class Root(click.Group):
    """A group that knows its commands by name and help; their modules are imported when they run."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; what click takes, this takes."""
        atexit.register(
            gc.freeze
        )  # What the process ends with is gone anyway; to look through it takes time.
        with _rarely_collecting_garbage():
            return super().main(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options first, wherever they stand: `kehu --help --plugins core` shows core's commands only."""
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        options = {name: given.get(name) for name in OPTIONS}
        ctx.obj = CommandContext(options, is_debugging=bool(given.get("debug")))
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, for help and completion."""
        return sorted(sources.listing(ctx.obj))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now; None where there is none."""
        return sources.find(ctx.obj, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with one line each; without those of plugins when they cannot be imported."""
        try:
            commands = sources.listing(ctx.obj)
        except KehuError as error:
            commands = sources.built_in()
            click.echo(f"The commands of plugins are left out: {error}", err=True)
        with formatter.section("Commands"):
            formatter.write_dl(sorted(commands.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an expected failure is one sentence on standard error and the exit status 1."""
        try:
            return super().invoke(ctx)
        except KehuError as error:
            if ctx.obj.is_debugging:
                raise
            raise click.ClickException(str(error)) from error


@click.command(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--database", "database_url", metavar="URL", help="The database, instead of KEHU_DATABASE_URL.")
@click.option("--plugins", metavar="A,B", help="The plugins to enable, instead of KEHU_PLUGINS.")
@click.option(
    "--plugins-dir", metavar="DIR", help="A folder of single-file plugins, instead of KEHU_PLUGINS_DIR."
)
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
@click.version_option(package_name="kehu-core", prog_name="kehu")
@click.pass_context
def main(ctx: click.Context, /, **_: object) -> None:
    """Run kehu, a CRM made of plugins.

    Settings come from KEHU_* in the environment and from kehu.toml in this folder.
    """
    ctx.with_resource(ctx.obj.logs())


@contextlib.contextmanager
def _rarely_collecting_garbage() -> Iterator[None]:
    """Modules and schema are objects that stay: to look through them again and again costs a third of the start."""
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
