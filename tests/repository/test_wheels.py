"""What is built is what is installed: `kehu[sfa]` from a local folder, in an environment without more."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.repository.test_distributions import MEMBERS, PLUGINS, distribution, pyproject

pytestmark = pytest.mark.slow

DISTRIBUTIONS = ["kehu", "kehu-core", "kehu-graphql", *map(distribution, PLUGINS)]


@pytest.fixture(scope="session")
def uv() -> str:
    """The program that `uv run` names to what it runs, or the one on the path."""
    program = os.environ.get("UV") or shutil.which("uv")
    if program is None:
        pytest.skip("These tests build and install with uv: run them with `./uv run pytest`.")
    return program


@pytest.fixture(scope="session")
def wheels(uv: str, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of every distribution, each built from its source distribution."""
    copy, folder = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheels")
    for member in MEMBERS:
        shutil.copytree(repository / member, copy / member, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ["LICENSE", "README.md", "pyproject.toml", "setup.cfg"]:
        shutil.copy(repository / name, copy)
    run(uv, "build", "--quiet", "--all-packages", "--out-dir", folder, cwd=copy)
    return folder


@pytest.fixture(scope="session")
def installed(uv: str, wheels: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that has `kehu[sfa]`, everything of ours from `wheels`."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    libraries = environment.parent / "libraries.txt"
    run(uv, "venv", "--quiet", "--no-project", environment, cwd=environment.parent)
    export = ["--no-default-groups", "--extra", "sfa", "--no-emit-workspace", "--no-hashes"]
    run(uv, "export", "--quiet", *export, "--output-file", libraries, cwd=repository)
    python = environment / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--python", python, "-r", libraries, cwd=environment.parent)
    local = ["--no-index", "--find-links", str(wheels), "kehu[sfa]"]
    run(uv, "pip", "install", "--quiet", "--python", python, *local, cwd=environment.parent)
    return environment / "bin"


def run(*command: str | Path, cwd: Path) -> str:
    """Run to the end outside this project's environment; a failure shows what was printed."""
    kept = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_distribution_builds_and_carries_its_licence_and_types(wheels: Path, repository: Path) -> None:
    version = pyproject(repository)["project"]["version"]
    for name in DISTRIBUTIONS:
        wheel = wheels / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        members = zipfile.ZipFile(wheel).namelist()
        assert name == "kehu" or any(member.endswith("/py.typed") for member in members), name
        assert name != "kehu" or any(member.endswith("licenses/LICENSE") for member in members)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_ships_its_schema_history(wheels: Path, repository: Path, plugin: str) -> None:
    version = pyproject(repository)["project"]["version"]
    members = zipfile.ZipFile(wheels / f"kehu_{plugin}-{version}-py3-none-any.whl").namelist()

    assert f"kehu_{plugin}/migrations/versions/__init__.py" in members


def test_kehu_with_sfa_brings_no_other_plugin(installed: Path, tmp_path: Path) -> None:
    program = (
        "from importlib.util import find_spec as find\n"
        "names = ['kehu', 'kehu_graphql', 'kehu_sfa', 'kehu_marketing', 'kehu_service', 'kehu_care',"
        " 'kehu_customer_data', 'kehu_partner_inventory', 'psycopg', 'pytest']\n"
        "print(*(name for name in names if find(name)))\n"
    )

    assert run(installed / "python", "-c", program, cwd=tmp_path).split() == [
        "kehu",
        "kehu_graphql",
        "kehu_sfa",
    ]


@pytest.mark.skipif(find_spec("kehu.cli") is None, reason="The command line is not there yet.")
def test_the_command_runs_where_kehu_was_installed_from_wheels(installed: Path, tmp_path: Path) -> None:
    help_text = run(installed / "kehu", "--help", cwd=tmp_path)

    assert "Usage: kehu" in help_text
    assert "serve" in help_text
    assert "marketing" not in help_text
