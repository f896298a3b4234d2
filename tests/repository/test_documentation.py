"""The pages say what is so: their links lead somewhere, and their commands are those that CI runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> Iterator[Path]:
    for pattern in ["*.md", "changes/*.md", "core/*.md", "graphql/*.md", "plugins/*/*.md", "docs/**/*.md"]:
        yield from sorted(ROOT.glob(pattern))


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages()])
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    links = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    files = [target.partition("#")[0] for target in links]

    assert [name for name in files if name and not (page.parent / name).exists()] == []


def test_ci_runs_the_test_command_of_the_readme(repository: Path) -> None:
    readme, script = (
        (repository / "README.md").read_text("utf-8"),
        (repository / ".ci" / "run").read_text("utf-8"),
    )
    commands = re.findall(r"^\./uv run pytest -n \w+$", readme, re.MULTILINE)

    assert len(commands) == 1
    assert commands[0] in script


def test_ci_runs_every_part_of_the_check_recipe(repository: Path) -> None:
    recipe = (
        (repository / "noxfile.py").read_text("utf-8").partition("def check(")[2].partition("@nox.session")[0]
    )
    parts = re.findall(r"^    (\w+)\(session\)$", recipe, re.MULTILINE)
    script = (repository / ".ci" / "run").read_text("utf-8")

    assert parts == ["lint", "types", "docs", "test"]
    assert "nox -s lint types docs\n" in script.replace(" || status=1", "")


def test_every_decision_has_a_number_of_its_own_and_the_four_parts(repository: Path) -> None:
    decisions = sorted((repository / "docs" / "decisions").glob("0*.md"))

    assert [page.name[:4] for page in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    for page in decisions:
        headings = re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Alternatives"], page.name
