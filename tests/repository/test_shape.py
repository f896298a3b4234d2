"""The shape that style asks for: a function fits on a screen, a file in one sitting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

LONGEST_FUNCTION = 60
LONGEST_FILE = 400


def sources(repository: Path) -> Iterator[Path]:
    for pattern in ["core/src/**/*.py", "graphql/src/**/*.py", "plugins/*/src/**/*.py", "tests/**/*.py"]:
        yield from (path for path in repository.glob(pattern) if "versions" not in path.parts)


def functions(source: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_sixty_lines(repository: Path) -> None:
    long = [
        f"{source.relative_to(repository)}:{function.lineno} {function.name}"
        for source in sources(repository)
        for function in functions(source)
        if (function.end_lineno or function.lineno) - function.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []


def test_no_file_is_longer_than_four_hundred_lines(repository: Path) -> None:
    long = [
        str(source.relative_to(repository))
        for source in sources(repository)
        if len(source.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]

    assert long == []
