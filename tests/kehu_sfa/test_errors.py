"""Every code of a refusal of sfa stands in docs/errors.md."""

from __future__ import annotations

import ast
from pathlib import Path

import kehu_sfa

DOCUMENTED = Path(__file__).parents[2] / "docs" / "errors.md"


def test_every_code_is_documented() -> None:
    codes = {code for file in Path(kehu_sfa.__file__).parent.rglob("*.py") for code in codes_in(file)}
    documented = DOCUMENTED.read_text(encoding="utf-8")

    assert "STAGE_IN_USE" in codes
    assert sorted(code for code in codes if f"`{code}`" not in documented) == []


def codes_in(file: Path) -> set[str]:
    """What is given as `code=` of an error, or is the `code` of a class."""
    values: list[ast.expr] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "code":
            values.append(node.value)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code":
            values.append(node.value)
    found = (value.value for value in values if isinstance(value, ast.Constant))
    return {value for value in found if isinstance(value, str) and value.isupper()}
