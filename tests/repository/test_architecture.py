"""docs/architecture.md names files that are there, and functions that stand in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FILE = re.compile(r"`((?:[\w]+/)*\w+\.py)`")
STEP = re.compile(r"^\d+\. `([\w/]+\.py)`, `([\w.]+)`", re.MULTILINE)


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "architecture.md").read_text(encoding="utf-8")


def sources(repository: Path) -> list[Path]:
    return [
        file for part in ("core/src", "graphql/src") for file in sorted((repository / part).rglob("*.py"))
    ]


def test_every_file_that_is_named_is_there(repository: Path, page: str) -> None:
    known = sources(repository)
    # Every plugin has a file of these names.
    named = set(FILE.findall(page)) - {"events.py", "models.py", "plugin.py", "resources.py", "rules.py"}

    assert len(named) > 30
    assert [
        name for name in sorted(named) if not any(f"/{file}".endswith(f"/{name}") for file in known)
    ] == []


def test_every_function_that_a_step_names_stands_in_its_file(repository: Path, page: str) -> None:
    steps = STEP.findall(page)

    assert len(steps) > 8
    for name, function in steps:
        (file,) = [each for each in sources(repository) if f"/{each}".endswith(f"/{name}")]
        assert re.search(rf"(def|class) {function.rpartition('.')[2]}\b", file.read_text(encoding="utf-8")), (
            name
        )
