"""Nothing fails in silence: whoever catches every exception raises again, or writes a line into the log."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

EVERYTHING = {"Exception", "BaseException"}
# `warn` is what the work-off of queues calls to log; `logged` is how fallbacks of plans are.
LOGGING = {"log", "warn", "logged"}


def sources(repository: Path) -> Iterator[Path]:
    for pattern in ("core/src/**/*.py", "graphql/src/**/*.py", "plugins/*/src/**/*.py"):
        yield from repository.glob(pattern)


def silent(tree: ast.Module) -> list[int]:
    """The lines where everything is caught, and neither raised again nor logged."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ExceptHandler) and _catches_everything(node.type) and not _tells(node))
        or (isinstance(node, ast.Call) and _suppresses_everything(node))
    ]


def _catches_everything(kind: ast.expr | None) -> bool:
    return kind is None or any(
        isinstance(each, ast.Name) and each.id in EVERYTHING for each in ast.walk(kind)
    )


def _suppresses_everything(call: ast.Call) -> bool:
    return _names(call.func)[-1:] == ["suppress"] and any(map(_catches_everything, call.args))


def _tells(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise) or any(
        LOGGING & set(_names(node.func)) for node in ast.walk(handler) if isinstance(node, ast.Call)
    )


def _names(node: ast.expr) -> list[str]:
    """The parts of a dotted name."""
    if isinstance(node, ast.Attribute):
        return [*_names(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def test_whoever_catches_every_exception_raises_or_logs_it(repository: Path) -> None:
    found = [
        f"{source.relative_to(repository)}:{line}"
        for source in sources(repository)
        for line in silent(ast.parse(source.read_text(encoding="utf-8")))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("try: f()\nexcept Exception: pass", [2]),
        ("try: f()\nexcept (KeyError, BaseException): found = None", [2]),
        ("try: f()\nexcept: pass", [2]),
        ("import contextlib\nwith contextlib.suppress(Exception): f()", [2]),
        ("try: f()\nexcept Exception:\n    if g(): raise\n    found = None", [2]),
        ("try: f()\nexcept Exception: raise", []),
        ("try: f()\nexcept Exception as error:\n    clean()\n    raise Other from error", []),
        ("try: f()\nexcept Exception: log.exception('f failed')", []),
        ("try: f()\nexcept Exception as error: self._fallbacks.logged(error)", []),
        ("try: f()\nexcept KeyError: pass", []),
    ],
)
def test_silence_is_found(text: str, lines: list[int]) -> None:
    assert silent(ast.parse(text)) == lines
