"""The recipes of this repository: `uv run nox -l` lists them, `uv run nox` runs everything that CI runs.

They run in the environment that `uv run` made, so a recipe costs only what its tools cost.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nox

nox.options.sessions = ["check"]
nox.options.default_venv_backend = "none"

# What building a distribution brings along: hatchling, setuptools and what those two need.
BUILD_TOOLS = {"hatchling", "packaging", "pathspec", "pluggy", "setuptools", "trove-classifiers"}
MEMBERS = ["core", "graphql", *sorted(str(path.parent) for path in Path("plugins").glob("*/pyproject.toml"))]


@nox.session
def check(session: nox.Session) -> None:
    """Everything CI runs: lint, types, docs, test."""
    lint(session)
    types(session)
    docs(session)
    test(session)


@nox.session
def test(session: nox.Session) -> None:
    """The tests, on every core; what follows `--` goes to pytest."""
    session.run("pytest", "-n", "logical", *session.posargs)


@nox.session
def deep(session: nox.Session) -> None:
    """The tests ten times as deep: each on both databases, every set of plugins, more examples, rows and kills."""
    session.run("pytest", "-n", "logical", *session.posargs, env={"KEHU_TEST_DEPTH": "10"})


@nox.session
def lint(session: nox.Session) -> None:
    """Style, format, imports between packages, declared dependencies."""
    session.run("ruff", "check", "--output-format", "concise", ".")
    session.run("ruff", "format", "--check", "--output-format", "concise", ".")
    session.run("lint-imports", "--no-cache", "--no-logo")
    for member in MEMBERS:
        session.run("deptry", "--config", f"{member}/pyproject.toml", f"{member}/src")


@nox.session
def types(session: nox.Session) -> None:
    """Types of everything that is Python, tests too."""
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Links of the documentation, and the changelog that the fragments would make."""
    session.run("pytest", "tests/repository/test_documentation.py", "-q")
    session.run("towncrier", "build", "--draft")


@nox.session
def bench(session: nox.Session) -> None:
    """The measurements: tests marked `bench`, one after another."""
    session.run("pytest", "-m", "bench", "-n", "0", *session.posargs, success_codes=[0, 5])


@nox.session
def schemas(session: nox.Session) -> None:
    """Write the released schemas in contracts/ anew; the tests compare them with what the code makes."""
    for plugins in ("core", "core,sfa", "core,partner_inventory,sfa"):
        printed = session.run("kehu", "schema", "print", "--plugins", plugins, silent=True)
        released = Path("contracts") / f"schema.{plugins.replace(',', '+')}.graphql"
        released.write_text(str(printed), encoding="utf-8")


@nox.session
def pins(session: nox.Session) -> None:
    """Take the newest version of every library, and pin it in pyproject.toml."""
    write_pins({})
    session.run("uv", "lock", "--upgrade", external=True)
    locked = tomllib.loads(Path("uv.lock").read_text(encoding="utf-8"))["package"]
    write_pins({package["name"]: package["version"] for package in locked if "registry" in package["source"]})
    session.run("uv", "sync", external=True)


def write_pins(versions: dict[str, str]) -> None:
    """Replace both lists of pins in pyproject.toml."""
    pyproject = Path("pyproject.toml")
    text = pyproject.read_text(encoding="utf-8")
    text = with_list(text, "constraint-dependencies", versions)
    text = with_list(
        text, "build-constraint-dependencies", {n: v for n, v in versions.items() if n in BUILD_TOOLS}
    )
    pyproject.write_text(text, encoding="utf-8")


def with_list(text: str, key: str, versions: dict[str, str]) -> str:
    """`text` of a TOML file with the list at `key` replaced by exact pins, one a line."""
    lines = "".join(f'    "{name}=={version}",\n' for name, version in sorted(versions.items()))
    return re.sub(
        rf"^{key} = \[\n.*?^\]", f"{key} = [\n{lines}]", text, count=1, flags=re.DOTALL | re.MULTILINE
    )
