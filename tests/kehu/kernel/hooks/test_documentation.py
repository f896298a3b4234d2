"""Every hook has a paragraph in docs/hooks.md, under its signature, and a test named after it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from kehu.kernel.hooks.specs import HookSpecs

HOOKS = [name for name in vars(HookSpecs) if name.startswith("kehu_")]


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "hooks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_a_section_under_its_signature(page: str, name: str) -> None:
    parameters = [
        parameter
        for parameter in inspect.signature(getattr(HookSpecs, name)).parameters
        if parameter != "self"
    ]
    assert f"\n## `{name}({', '.join(parameters)})`\n\n" in page


def test_the_page_describes_no_hook_that_does_not_exist(page: str) -> None:
    assert re.findall(r"^## `(\w+)", page, re.MULTILINE) == HOOKS


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_a_test_named_after_it(repository: Path, name: str) -> None:
    tests = (file.read_text(encoding="utf-8") for file in (repository / "tests").rglob("test_*.py"))
    assert any(f"def test_{name}" in text for text in tests)
