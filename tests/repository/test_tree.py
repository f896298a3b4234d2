"""The layout holds, and nothing is committed that ties kehu to one machine or one registry."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest

from tests.repository.test_distributions import IMPORT_NAMES, PLUGINS

# Written with brackets, so that this file does not find itself.
REGISTRY_HOST = re.compile(r"py[p]i\.org|pythonhos[t]ed\.|np[m]js\.|de[b]ian\.org")
MACHINE_PATH = re.compile(r"(^|[^A-Za-z0-9_.])/(wor[k]|far[m]|roo[t]|hom[e]/\w+|Use[r]s/\w+)/")


@pytest.fixture(scope="session")
def tracked(repository: Path) -> list[Path]:
    """The files of this repository as git knows them, new ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("This tree is not a git repository.")
    paths = [repository / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("pattern", [REGISTRY_HOST, MACHINE_PATH], ids=["registry", "machine"])
def test_no_file_names_a_registry_host_or_a_path_of_one_machine(
    repository: Path, tracked: list[Path], pattern: re.Pattern[str]
) -> None:
    found = [
        f"{path.relative_to(repository)}:{number}: {line.strip()}"
        for path in tracked
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if pattern.search(line)
    ]

    assert found == []


def test_no_lock_file_says_where_packages_come_from(repository: Path, tracked: list[Path]) -> None:
    assert "uv.lock" not in {path.relative_to(repository).name for path in tracked}
    locks = [path for path in tracked if path.name == "package-lock.json"]
    assert [path for path in locks if '"resolved"' in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_plugin_folder_has_the_same_frame(repository: Path, plugin: str) -> None:
    folder = repository / "plugins" / plugin
    package = folder / "src" / f"kehu_{plugin}"
    modules = [
        "__init__.py",
        "plugin.py",
        "py.typed",
        "migrations/__init__.py",
        "migrations/versions/__init__.py",
    ]
    frame = [folder / "README.md", folder / "pyproject.toml", *(package / name for name in modules)]

    assert [str(path) for path in frame if not path.is_file()] == []


def test_the_graphql_folder_holds_nothing_that_shadows_graphql_core(
    repository: Path, tracked: list[Path]
) -> None:
    inside = [path.relative_to(repository).parts for path in tracked]

    assert {parts[1] for parts in inside if parts[0] == "graphql"} == {"README.md", "pyproject.toml", "src"}


def test_the_folder_graphql_does_not_shadow_the_library_graphql() -> None:
    spec = importlib.util.find_spec("graphql")

    assert spec is not None
    assert spec.origin is not None
    assert "site-packages" in Path(spec.origin).parts


def test_every_folder_of_tests_is_a_package(repository: Path, tracked: list[Path]) -> None:
    tests = repository / "tests"
    folders = {
        parent
        for path in tracked
        if path.suffix == ".py"
        for parent in path.parents
        if tests in {parent, *parent.parents}
    }

    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_tests_live_in_folders_named_by_import_name(repository: Path) -> None:
    folders = {path.name for path in (repository / "tests").iterdir() if (path / "__init__.py").is_file()}

    assert folders <= {*IMPORT_NAMES, "repository", "typing"}
