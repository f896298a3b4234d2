"""`kehu serve`, `kehu demo`, `kehu query` and `kehu schema`."""

from __future__ import annotations

import json
import secrets
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import click
import uvicorn

import kehu
from kehu.ops.cli import CommandContext
from kehu.ops.migrations import require_current
from kehu.platform.identity.principals import find_user, principal_of
from kehu_graphql.demo import (
    DEMO_EMAIL,
    ensure_demo_data,
    ensure_demo_user,
    ensure_predefined_roles,
    examples_of,
)
from kehu_graphql.execution import Api
from kehu_graphql.explanation import Explanation, explained
from kehu_graphql.schema.descriptions import pages_of
from kehu_graphql.schema.diff import compare
from kehu_graphql.server.asgi import asgi
from kehu_graphql.server.persisted_documents import read_trusted

GRACE_SECONDS = 10
SHOWN_EXAMPLES = 3


@click.command()
@click.option("--host", default=None, help="Address to listen on.  [default: KEHU_HOST or 127.0.0.1]")
@click.option("--port", default=None, type=int, help="Port to listen on.  [default: KEHU_PORT or 8000]")
@click.pass_obj
def serve(command: CommandContext, host: str | None, port: int | None) -> None:
    """Serve the API and the query page."""
    app, path = command.app(), command.settings.trusted_documents
    trusted = None if path is None else read_trusted(path)

    async def run() -> None:
        await require_current(app)
        at = (host or command.settings.host, port or command.settings.port)
        await _serve(Api(app), *at, jobs_at_once=command.settings.jobs_at_once, trusted=trusted)

    command.run(run())


@click.command()
@click.option("--host", default=None, help="Address to listen on.  [default: KEHU_HOST or 127.0.0.1]")
@click.option("--port", default=None, type=int, help="Port to listen on.  [default: KEHU_PORT or 8000]")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same data.")
@click.option("--set-up-only", is_flag=True, help="Make the database and the data, then end.")
@click.pass_obj
def demo(command: CommandContext, host: str | None, port: int | None, seed: int, set_up_only: bool) -> None:
    """Set up a database with made-up data, and serve it."""
    app = command.app()
    at = (host or command.settings.host, port or command.settings.port)

    async def run() -> None:
        from kehu.ops.migrations import upgrade  # noqa: PLC0415  # `kehu serve` does without Alembic

        await upgrade(app)
        await ensure_predefined_roles(app)
        made = await ensure_demo_data(app, seed)
        password = secrets.token_urlsafe(9)
        await ensure_demo_user(app, password)
        click.echo(_welcome(app, *at, password=password, made=made))
        click.echo("`kehu serve` serves it." if set_up_only else "Ctrl-C ends it.")
        if not set_up_only:
            await _serve(Api(app), *at, jobs_at_once=command.settings.jobs_at_once)

    command.run(run())


@click.command()
@click.argument("document", type=click.File("r", encoding="utf-8"))
@click.option(
    "--as",
    "email",
    default=None,
    help="Act for the user with this e-mail address; the system itself if left out.",
)
@click.option(
    "--var",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable; the value is JSON, or text where it is no JSON.",
)
@click.option("--operation", default=None, help="Which operation of the document.")
@click.option(
    "--explain",
    "explains",
    is_flag=True,
    help="Show the plan, its SQL, or why there is none, instead of the answer; a mutation is not run.",
)
@click.pass_obj
def query(
    command: CommandContext,
    document: IO[str],
    email: str | None,
    pairs: tuple[str, ...],
    operation: str | None,
    explains: bool,  # click passes options by name
) -> None:
    """Run a GraphQL document (a file, or - for standard input) without a server and print the answer as JSON.

    The exit status is 1 when the answer has errors.
    """
    app, text, variables = command.app(), document.read(), _variables(pairs)

    async def run() -> dict[str, Any]:
        await require_current(app)
        principal = await _principal(app, email)
        return await Api(app).execute(text, variables, principal=principal, operation=operation)

    async def explain() -> Explanation:
        await require_current(app)
        principal = await _principal(app, email)
        return await explained(Api(app), text, variables, principal=principal, operation=operation)

    if explains:
        explanation = command.run(explain())
        click.echo("\n".join(explanation.lines))
        raise click.exceptions.Exit(1 if explanation.errors else 0)
    answer = command.run(run())
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    if "errors" in answer:
        raise click.exceptions.Exit(1)


@click.group()
def schema() -> None:
    """The GraphQL schema of a set of plugins."""


@schema.command("print")
@click.option(
    "--plugins", "names", default=None, metavar="A,B", help="These plugins instead of the configured ones."
)
@click.pass_obj
def print_schema(command: CommandContext, names: str | None) -> None:
    """Print the schema definition; needs no database."""
    app = command.app() if names is None else kehu.App(kehu.installed(_names(names)))
    click.echo(Api(app).sdl, nl=False)


@schema.command("diff")
@click.argument("old", type=click.File("r", encoding="utf-8"))
@click.option(
    "--plugins", "names", default=None, metavar="A,B", help="These plugins instead of the configured ones."
)
@click.pass_obj
def diff_schema(command: CommandContext, old: IO[str], names: str | None) -> None:
    """Compare the schema with an OLD one in a file: what would break a front-end, and what is new.

    The exit status is 1 when something would break.
    """
    app = command.app() if names is None else kehu.App(kehu.installed(_names(names)))
    differences = compare(old.read(), Api(app).sdl)
    for line in differences.lines:
        click.echo(line)
    if differences.breaking:
        raise click.exceptions.Exit(1)


@schema.command("docs")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--plugins", "names", default=None, metavar="A,B", help="These plugins instead of the configured ones."
)
@click.pass_obj
def write_docs(command: CommandContext, folder: Path, names: str | None) -> None:
    """Write the schema into FOLDER as Markdown: a page for each entity, with its queries and mutations."""
    app = command.app() if names is None else kehu.App(kehu.installed(_names(names)))
    pages = pages_of(Api(app).schema._schema, app.composition)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(pages)} pages in {folder}.")


async def _serve(
    api: Api, host: str, port: int, *, jobs_at_once: int, trusted: Mapping[str, str] | None = None
) -> None:
    config = uvicorn.Config(
        asgi(api, examples=examples_of(api.app), jobs_at_once=jobs_at_once, trusted=trusted),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws_max_size=1_000_000,
        server_header=False,
    )
    await uvicorn.Server(config).serve()


async def _principal(app: kehu.App, email: str | None) -> kehu.Principal:
    if email is None:
        return kehu.SYSTEM
    async with app.context() as ctx:
        user = await find_user(ctx, email)
        if user is None:
            raise kehu.SetupError(
                f"There is no user with the e-mail address {email}; `kehu user add` makes one."
            )
        return await principal_of(ctx, user)


def _variables(pairs: Sequence[str]) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r} is not of the form NAME=VALUE.", param_hint="--var")
        try:
            variables[name] = json.loads(text)
        except ValueError:
            variables[name] = text
    return variables


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _welcome(app: kehu.App, host: str, port: int, *, password: str, made: bool) -> str:
    plugins = ", ".join(plugin.name for plugin in app.composition.plugins)
    shown = [f"# {example['title']}\n{example['document']}" for example in examples_of(app)[:SHOWN_EXAMPLES]]
    queries = textwrap.indent("\n\n".join(shown), "  ")
    return (
        f"kehu with {plugins} and {'new' if made else 'the'} demo data.\n\n"
        f"  Address   http://{host}:{port}/\n  Sign in   {DEMO_EMAIL}\n  Password  {password}   (new at each start)\n\n"
        f"Queries to paste there:\n\n{queries}\n"
    )
