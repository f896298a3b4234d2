"""No message tells a state or a verb as programs spell it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

SOURCES = ("core/src", "graphql/src", "plugins")
# `order.status.name`, which is CONFIRMED in every language; `kehu.label(Order.status, order.status)` is a word.
SPELLED = re.compile(r"\b(state|status|verb)\b.*\.name\b|^verb$")


def test_messages_tell_states_by_their_labels(repository: Path) -> None:
    spelled = [
        f"{file.relative_to(repository)}:{node.lineno}"
        for folder in SOURCES
        for file in sorted((repository / folder).rglob("*.py"))
        if ".venv" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("text", "kehu.text")
        for keyword in node.keywords
        if SPELLED.search(ast.unparse(keyword.value))
    ]

    assert spelled == []
