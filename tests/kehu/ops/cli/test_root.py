from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.kehu.ops.cli.conftest import invoke

PLUGIN_WITH_COMMANDS = """
    import click
    import kehu

    plugin = kehu.Plugin("acme", requires=["core"])

    @click.command("greet")
    @click.pass_obj
    def greet(command):
        '''Say hello.'''
        click.echo(f"hello from {command.app().composition.plugins[-1].name}")

    @click.command("leads")
    def leads():
        '''Import leads.'''

    plugin.command(greet)
    plugin.command(leads, group="import")
"""


@pytest.fixture
def acme(folder: Path) -> Path:
    """A folder with a single-file plugin that declares two commands."""
    plugins = folder / "plugins"
    plugins.mkdir()
    (plugins / "acme.py").write_text(dedent(PLUGIN_WITH_COMMANDS), encoding="utf-8")
    return plugins


def test_help_shows_the_commands_of_enabled_plugins_only(acme: Path) -> None:
    without = invoke("--plugins", "core", "--help").output
    with_acme = invoke("--plugins", "core", "--plugins-dir", str(acme), "--help").output

    assert "greet" not in without
    assert "import" not in without
    lines = [" ".join(line.split()) for line in with_acme.splitlines()]
    assert {"greet Say hello.", "import Import: leads."} <= set(lines)


def test_options_after_help_count_too(acme: Path) -> None:
    assert "greet" in invoke("--help", "--plugins", "core", "--plugins-dir", str(acme)).output


def test_help_notices_that_a_plugin_has_changed(acme: Path) -> None:
    options = ("--plugins", "core", "--plugins-dir", str(acme), "--help")
    assert "welcome" not in invoke(*options).output
    (acme / "acme.py").write_text(
        dedent(PLUGIN_WITH_COMMANDS).replace('"greet"', '"welcome"'), encoding="utf-8"
    )

    assert "welcome" in invoke(*options).output


def test_help_is_there_when_a_plugin_is_broken(acme: Path) -> None:
    (acme / "broken.py").write_text("import no_such_module")

    result = invoke("--plugins", "core", "--plugins-dir", str(acme), "--help")

    assert result.exit_code == 0
    assert "db " in result.stdout
    assert "The commands of plugins are left out: The plugin file" in result.stderr


def test_a_command_of_a_plugin_gets_the_app(acme: Path) -> None:
    result = invoke("--plugins", "core", "--plugins-dir", str(acme), "greet")

    assert (result.exit_code, result.output) == (0, "hello from acme\n")


@pytest.mark.parametrize("taken", ['"db"', '"serve"'])
def test_a_plugin_cannot_take_the_name_of_another_command(acme: Path, taken: str) -> None:
    (acme / "acme.py").write_text(dedent(PLUGIN_WITH_COMMANDS).replace('"greet"', taken), encoding="utf-8")

    result = invoke("--plugins", "core", "--plugins-dir", str(acme), "import", "leads")

    assert result.exit_code == 1
    assert (
        f"plugin 'acme' (acme.py:17) declares the command {taken[1:-1]!r}, which is there already"
        in _sentence(result)
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--plugins", "sfaa", "plugin", "list"), "Plugin 'sfaa' is not installed; did you mean 'sfa'?"),
        (("--plugins-dir", "nowhere", "plugin", "list"), "The plugins folder nowhere does not exist"),
        (("--database", "oracle://x", "db", "plan"), "kehu runs on SQLite and PostgreSQL, not on 'oracle'"),
        (("--database", "sqlite:///no/such/folder.db", "db", "plan"), "cannot be reached"),
    ],
    ids=["plugin", "folder", "kind of database", "database"],
)
def test_what_is_wrong_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    result = invoke(*arguments)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert sentence in _sentence(result)
    assert "Traceback" not in result.stderr


def test_debug_shows_where_an_error_comes_from() -> None:
    result = invoke("--debug", "--plugins", "sfaa", "plugin", "list")

    assert type(result.exception).__name__ == "SetupError"


def test_an_unknown_command_is_refused() -> None:
    result = invoke("--plugins", "core", "migrate")

    assert result.exit_code == 2
    assert "No such command 'migrate'" in result.stderr


def test_help_that_was_shown_before_imports_nothing_heavy() -> None:
    code = "import sys; from kehu.ops.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    run = [sys.executable, "-c", code]

    first, second = (subprocess.run(run, capture_output=True, text=True, check=True).stdout for _ in range(2))

    heavy = {"sqlalchemy", "pydantic", "structlog", "strawberry", "kehu_graphql", "kehu_sfa"}
    assert heavy <= set(first.split())
    assert heavy.isdisjoint(second.split())
    assert first.rpartition("\n\n")[0] == second.rpartition("\n\n")[0]


def test_the_installed_program_answers() -> None:
    program = Path(sys.executable).with_name("kehu")

    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)

    assert answer.stdout.startswith("kehu, version ")


def _sentence(result: object) -> str:
    return " ".join(str(getattr(result, "stderr", "")).split())
