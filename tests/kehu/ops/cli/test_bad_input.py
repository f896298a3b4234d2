"""Every mistake in setting kehu up ends in a sentence that says what to do, and in the exit status 1."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from textwrap import dedent

import pytest

from tests.kehu.ops.cli.conftest import Kehu, invoke

DOCUMENT = "{ customers { totalCount } }"
# Each as the commands that an administrator meets it in.
COMMANDS = [("db", "upgrade"), ("schema", "print"), ("plugin", "list")]

ACME = """
    import kehu

    plugin = kehu.Plugin("acme", requires=["core"])
    plugin.custom_field(kehu.Customer, "region", str)
"""


def write(folder: Path, **files: str) -> Path:
    """A folder of single-file plugins."""
    plugins = folder / "rules"
    plugins.mkdir()
    for name, source in files.items():
        (plugins / f"{name}.py").write_text(dedent(source), encoding="utf-8")
    return plugins


def complaint(*arguments: str, stdin: str | None = None) -> str:
    """What a failing command says on standard error, in one line; it says nothing else."""
    result = invoke(*arguments, stdin=stdin)
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.stderr
    return " ".join(result.stderr.split())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_unknown_plugin_is_named_with_what_was_probably_meant(command: tuple[str, ...]) -> None:
    assert complaint("--plugins", "core,marketting", *command) == (
        "Error: Plugin 'marketting' is not installed; did you mean 'marketing'? "
        "A plugin is installed with `pip install kehu-marketting`."
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_installed_plugin_that_fails_to_import_says_how_to_do_without_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    (folder / "kehu_broken.py").write_text("import a_module_that_is_missing\n")
    metadata = folder / "kehu_broken-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kehu-broken\nVersion: 1.2\n")
    (metadata / "entry_points.txt").write_text("[kehu.plugins]\nbroken = kehu_broken:plugin\n")
    monkeypatch.syspath_prepend(str(folder))
    assert importlib.metadata.version("kehu-broken") == "1.2"

    assert complaint("--plugins", "broken", *command) == (
        "Error: Plugin 'broken' (distribution kehu-broken 1.2) fails to import: ModuleNotFoundError: "
        "No module named 'a_module_that_is_missing'. "
        "Repair or uninstall it, or leave it out of KEHU_PLUGINS."
    )


def test_a_file_that_fails_to_import_is_named(folder: Path) -> None:
    rules = write(folder, acme="import kehu\nplugin = kehu.Plugin(1 / 0)\n")

    assert complaint("--plugins", "core", "--plugins-dir", str(rules), "db", "plan") == (
        f"Error: The plugin file {rules}/acme.py cannot be imported: ZeroDivisionError: division by zero"
    )


@pytest.mark.parametrize("command", [("db", "upgrade"), ("schema", "print"), ("db", "plan")], ids=" ".join)
def test_names_that_collide_are_all_listed_with_both_who_want_them(
    folder: Path, command: tuple[str, ...]
) -> None:
    rules = write(
        folder, acme=ACME, zenith=ACME.replace("acme", "zenith"), third=ACME.replace("acme", "third")
    )

    said = complaint("--plugins", "core", "--plugins-dir", str(rules), *command)

    assert said == (
        "Error: 2 problem(s) in this set of plugins: "
        "- field of Customer 'region' is defined by plugin 'acme' (acme.py:5) and by plugin 'third' (third.py:5); "
        "rename one of them with name= "
        "- field of Customer 'region' is defined by plugin 'acme' (acme.py:5) and by plugin 'zenith' (zenith.py:5); "
        "rename one of them with name="
    )


def test_requirements_in_a_circle_are_shown_as_one(folder: Path) -> None:
    chicken = "import kehu\nplugin = kehu.Plugin('chicken', requires=['egg'])\n"
    egg = "import kehu\nplugin = kehu.Plugin('egg', requires=['chicken'])\n"
    farm = "import kehu\nplugin = kehu.Plugin('a_farm', requires=['egg'])\n"
    rules = write(folder, chicken=chicken, egg=egg, farm=farm)

    assert complaint("--plugins", "core", "--plugins-dir", str(rules), "db", "plan") == (
        "Error: 1 problem(s) in this set of plugins: "
        "- these plugins require one another in a circle: egg -> chicken -> egg; "
        "take one of the requirements out"
    )


def test_a_requirement_that_is_not_enabled_says_which(folder: Path) -> None:
    rules = write(folder, acme="import kehu\nplugin = kehu.Plugin('acme', requires=['sfa'])\n")

    assert complaint("--plugins", "core", "--plugins-dir", str(rules), "db", "plan") == (
        "Error: 1 problem(s) in this set of plugins: - plugin 'acme' (acme.py:2) requires plugin 'sfa', "
        "which is not enabled; enabled are: acme, core"
    )


@pytest.mark.parametrize("command", [("serve",), ("query", "-"), ("worker",)], ids=" ".join)
def test_nothing_runs_on_a_database_with_pending_migrations(kehu: Kehu, command: tuple[str, ...]) -> None:
    kehu("--plugins", "core", "db", "upgrade")

    result = kehu("--plugins", "core,sfa", *command, stdin=DOCUMENT)

    assert (result.exit_code, result.stdout) == (1, "")
    assert re.search(r"^Error: The database lacks \d+ revision\(s\) of plugin 'sfa'", result.stderr)
    assert "run `kehu db upgrade`" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "command", [("serve",), ("query", "-"), ("worker",), ("db", "upgrade"), ("db", "check")], ids=" ".join
)
@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("sqlite:///no/such/folder/kehu.db", "Check that the folder exists"),
        ("postgresql://kehu:secret@127.0.0.1:1/kehu", "Check that the server runs"),
    ],
    ids=["sqlite", "postgresql"],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    url: str, advice: str, command: tuple[str, ...]
) -> None:
    said = complaint("--plugins", "core", "--database", url, *command, stdin=DOCUMENT)

    assert f"Error: The database {url.replace('secret', '***')} cannot be reached" in said
    assert advice in said
    assert "secret" not in said
