"""The command line in a folder of its own, with nothing of this machine's settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from kehu.ops.cli import main

OF_TESTS = ("KEHU_TEST_POSTGRES", "KEHU_STRICT_PLANS")

Kehu = Callable[..., click.testing.Result]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, an empty cache, and no KEHU_* in the environment but what tests set."""
    for name in [name for name in os.environ if name.startswith("KEHU_") and name not in OF_TESTS]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kehu(database_url: str) -> Kehu:
    """Run `kehu ...` on an empty database; tests that ask for it run on both."""

    def run(*arguments: str, stdin: str | None = None) -> click.testing.Result:
        return invoke("--database", database_url, *arguments, stdin=stdin)

    return run


def invoke(*arguments: str, stdin: str | None = None) -> click.testing.Result:
    """Run `kehu ...` in this process."""
    return click.testing.CliRunner().invoke(main, arguments, input=stdin, prog_name="kehu")
