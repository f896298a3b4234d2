"""What is not enabled does not show, although it is installed: in the schema, the tables and the command line."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import kehu
from tests.repository.test_distributions import PLUGINS

Kehu = Callable[..., str]
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
OTHERS = [plugin for plugin in PLUGINS if plugin != "sfa"]


@pytest.fixture
def run_kehu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kehu:
    """Run the installed `kehu` in an empty folder and give what it prints."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    program = Path(sys.executable).with_name("kehu")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def types_of(plugin: str) -> set[str]:
    """The names of the types that a plugin makes of its entities."""
    (found,) = [each for each in kehu.installed([plugin]) if each.name == plugin]
    return {resource.name for resource in found.resources}


def test_the_schema_of_core_and_sfa_has_no_type_of_another_plugin(run_kehu: Kehu) -> None:
    printed = run_kehu("--plugins", "core,sfa", "schema", "print")
    types = set(re.findall(r"^(?:type|interface) (\w+)", printed, flags=re.MULTILINE))

    assert types_of("sfa") <= types
    assert {name for plugin in OTHERS for name in types_of(plugin) - types_of("sfa")} & types == set()


def test_the_tables_of_core_and_sfa_are_theirs(run_kehu: Kehu, tmp_path: Path) -> None:
    run_kehu("--plugins", "core,sfa", "--database", "sqlite:///kehu.db", "db", "upgrade")

    with sqlite3.connect(tmp_path / "kehu.db") as connection:
        tables = [name for (name,) in connection.execute(TABLES)]
    connection.close()
    assert {name.partition("_")[0] for name in tables} == {"core", "sfa", "kehu"}
    assert {name for name in tables if name.startswith("kehu_version_")} == {
        "kehu_version_core",
        "kehu_version_sfa",
    }


def test_the_help_of_core_and_sfa_names_no_other_plugin(run_kehu: Kehu) -> None:
    shown = run_kehu("--plugins", "core,sfa", "--help")

    assert "import" in shown
    assert [plugin for plugin in OTHERS if plugin.partition("_")[0] in shown] == []


def test_a_schema_is_printed_with_the_same_bytes_in_every_order(
    run_kehu: Kehu, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = set()
    for seed, names in enumerate(["sfa,partner_inventory,care", "partner_inventory,care,sfa,core"]):
        monkeypatch.setenv("PYTHONHASHSEED", str(seed))
        printed.add(run_kehu("schema", "print", "--plugins", names))

    assert len(printed) == 1
