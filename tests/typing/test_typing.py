"""The public types say what is right and what is wrong: mypy --strict and pyright strict agree with the markers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import kehu
from kehu_graphql import Api
from tests.typing import correct

Findings = set[tuple[int, str]]
Checker = Callable[[Path], dict[str, Findings]]

FOLDER = Path(__file__).parent
FILES = ["correct.py", "mistakes.py"]
MARKER = re.compile(r"# E: (?P<mypy>\S+) / (?P<pyright>\S+)$")

# pyright's way of saying that a type is unknown because of a mistake that has its own line in the report.
FOLLOW_UPS = {
    "reportUnknownArgumentType",
    "reportUnknownLambdaType",
    "reportUnknownMemberType",
    "reportUnknownVariableType",
    "reportUntypedClassDecorator",
    "reportUntypedFunctionDecorator",
}


@pytest.fixture(scope="module", params=["mypy", "pyright"])
def checker(request: pytest.FixtureRequest) -> str:
    """Each test below runs with both."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def findings(checker: str, repository: Path) -> dict[str, Findings]:
    """The line and the code of all that the checker finds in the two files, by file."""
    return {"mypy": mypy, "pyright": pyright}[checker](repository)


def test_correct_plugin_code_passes(findings: dict[str, Findings]) -> None:
    assert findings["correct.py"] == set()


def test_planted_mistakes_are_found_and_nothing_else_is(checker: str, findings: dict[str, Findings]) -> None:
    assert findings["mistakes.py"] == expected(checker)


def test_there_are_mistakes_to_find() -> None:
    assert min(len(expected("mypy")), len(expected("pyright"))) > 60


def test_the_correct_plugin_composes_with_and_without_the_plugin_it_waits_for() -> None:
    core, sfa = kehu.installed(["core"]), kehu.installed(["core", "sfa"])

    alone = Api(kehu.App([*core, correct.plugin])).sdl
    together = Api(kehu.App([*sfa, correct.plugin])).sdl

    assert "type Visit implements Node & Scheduled" in alone
    assert "visits(" in together.partition("type Opportunity implements")[2].partition("\n}")[0]


def expected(checker: str) -> Findings:
    """What the markers of mistakes.py say."""
    lines = (FOLDER / "mistakes.py").read_text(encoding="utf-8").splitlines()
    marked = [(number, MARKER.search(line)) for number, line in enumerate(lines, start=1)]
    return {
        (number, code)
        for number, marker in marked
        if marker is not None
        for code in marker[checker].split("+")
        if code != "-"
    }


def mypy(repository: Path) -> dict[str, Findings]:
    """Its settings are those of the root pyproject.toml, which are strict."""
    paths = [str((FOLDER / name).relative_to(repository)) for name in FILES]
    report = run(repository, "mypy", "--strict", "--output", "json", *paths)
    found: dict[str, Findings] = {name: set() for name in FILES}
    for finding in map(json.loads, report.splitlines()):
        name = Path(finding["file"]).name
        if name in found and finding["severity"] == "error":
            found[name].add((finding["line"], finding["code"]))
    return found


def pyright(repository: Path) -> dict[str, Findings]:
    """As basedpyright, which brings its own Node.js; strict by the root pyproject.toml."""
    paths = [str(FOLDER / name) for name in FILES]
    report = json.loads(
        run(repository, "basedpyright", "--pythonpath", sys.executable, "--outputjson", *paths)
    )
    found: dict[str, Findings] = {name: set() for name in FILES}
    for finding in report["generalDiagnostics"]:
        if finding["severity"] == "error" and finding["rule"] not in FOLLOW_UPS:
            found[Path(finding["file"]).name].add((finding["range"]["start"]["line"] + 1, finding["rule"]))
    assert report["summary"]["filesAnalyzed"] == len(FILES)
    return found


def run(repository: Path, module: str, *arguments: str) -> str:
    """The standard output of a tool that fails when it finds something."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr or done.stdout
    return done.stdout
