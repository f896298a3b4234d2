"""Everything that sfa says is told in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import kehu
import kehu_sfa
from kehu.platform.localization.catalogues import Catalogues
from kehu.platform.localization.labels import missing_names

SOURCE = Path(kehu_sfa.__file__).parent
# Commands speak to whoever runs them, in English like all commands.
COMMANDS = SOURCE / "imports"


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the source of sfa, with the name of what is called."""
    for file in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in file.parts and COMMANDS not in file.parents:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield ast.unparse(node.func), node


async def test_every_name_of_sfa_is_told_in_chinese() -> None:
    app = kehu.App(kehu.installed(["sfa"]), "sqlite:///:memory:")
    async with app.context() as ctx:
        missing = missing_names(ctx, "zh_CN", plugin="sfa")
    await app.close()

    assert missing == []


def test_every_sentence_of_sfa_is_told_in_chinese() -> None:
    catalogues = Catalogues([kehu_sfa.plugin])
    templates = {
        node.args[0].value
        for name, node in calls()
        if name == "kehu.text" and node.args and isinstance(node.args[0], ast.Constant)
    }

    assert len(templates) > 90
    assert [each for each in templates if not catalogues.has("", str(each), "zh_CN")] == []


def test_every_refusal_of_sfa_can_be_told_in_another_language() -> None:
    classes = {each.__name__ for each in refusals_below(kehu.Refusal)}
    plain = [
        ast.unparse(node)
        for name, node in calls()
        if name in classes | {"change.error", "kehu.veto", "kehu.BadInput"}
        if node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    ]

    assert "OpportunityClosed" in classes
    assert plain == []


def refusals_below(kind: type[kehu.Refusal]) -> Iterator[type[kehu.Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from refusals_below(each)
