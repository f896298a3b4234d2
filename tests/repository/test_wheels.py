"""What is built is what is installed: `kehu[sfa]` from a local folder, in an environment without more."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.repository.test_distributions import MEMBERS, PLUGINS, distribution, pyproject

pytestmark = pytest.mark.slow(reason="builds and installs all distributions")

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


def outside() -> dict[str, str]:
    """The variables of this process, without those that lead into this project or set kehu up."""
    ours = {"VIRTUAL_ENV", "PYTHONPATH"}
    return {
        name: value for name, value in os.environ.items() if name not in ours and not name.startswith("KEHU_")
    }


def run(*command: str | Path, cwd: Path) -> str:
    """Run to the end outside this project's environment; a failure shows what was printed."""
    done = subprocess.run(command, cwd=cwd, env=outside(), capture_output=True, text=True, check=False)
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


def test_the_command_runs_where_kehu_was_installed_from_wheels(installed: Path, tmp_path: Path) -> None:
    help_text = run(installed / "kehu", "--help", cwd=tmp_path)

    assert "Usage: kehu" in help_text
    assert "serve" in help_text
    assert "marketing" not in help_text


def test_another_plugin_cannot_be_imported_there(installed: Path, tmp_path: Path) -> None:
    python = [str(installed / "python"), "-c", "import kehu_marketing"]
    done = subprocess.run(python, cwd=tmp_path, env=outside(), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'kehu_marketing'\n")


def test_the_demo_is_set_up_once_and_then_only_looked_at(installed: Path, tmp_path: Path) -> None:
    first, second = (run(installed / "kehu", "demo", "--set-up-only", cwd=tmp_path) for _ in range(2))

    assert "kehu with core, sfa and new demo data." in first
    assert "kehu with core, sfa and the demo data." in second


def test_the_demo_serves_what_it_prints(installed: Path, tmp_path: Path) -> None:
    with running_demo(installed, tmp_path) as (printed, url, log):
        assert get(f"{url}/healthz").status == 200
        assert b"<!doctype html>" in get(url).read(200).lower()

        email, password = (
            re.findall(rf"^  {word} +(\S+)", printed, re.MULTILINE)[0] for word in ("Sign in", "Password")
        )
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        post(browser, f"{url}/session", {"email": email, "password": password})
        answers = [
            post(browser, f"{url}/graphql", {"query": document})
            for document in re.findall(r"^  \{$.*?^  \}$", printed, re.MULTILINE | re.DOTALL)
        ]

        assert len(answers) == 3, printed
        assert [answer for answer in answers if "errors" in answer] == [], log.read_text()
        assert len(answers[1]["data"]["opportunitiesAggregate"]) == 3


@contextlib.contextmanager
def running_demo(installed: Path, folder: Path) -> Iterator[tuple[str, str, Path]]:
    """`kehu demo` on a free port: what it printed, its address and its log; it is ended afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log, url = folder / "log", f"http://127.0.0.1:{port}"
    command = [str(installed / "kehu"), "demo", "--port", str(port)]
    environment = {**outside(), "PYTHONUNBUFFERED": "1"}
    with log.open("w") as errors:
        demo = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        assert demo.stdout is not None
        printed = "".join(iter(demo.stdout.readline, "Ctrl-C ends it.\n"))
        wait_for(url, demo)
        yield printed, url, log
    finally:
        demo.terminate()
        demo.communicate(timeout=60)
    assert demo.returncode in (0, -signal.SIGTERM), log.read_text()


def wait_for(url: str, demo: subprocess.Popen[str]) -> None:
    """Until the server answers, as long as it runs."""
    deadline = time.monotonic() + 120
    while demo.poll() is None and time.monotonic() < deadline:
        try:
            get(f"{url}/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("kehu demo does not answer.")


def get(url: str) -> http.client.HTTPResponse:
    """The answer to a plain request."""
    answer: http.client.HTTPResponse = urllib.request.urlopen(url, timeout=30)
    return answer


def post(browser: urllib.request.OpenerDirector, url: str, body: object) -> Any:
    """The JSON that a JSON request is answered with; the browser keeps its cookies."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(browser.open(request, timeout=60))
