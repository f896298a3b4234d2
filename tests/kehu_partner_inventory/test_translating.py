"""Everything that partner_inventory says is told in Chinese."""

from __future__ import annotations

import ast
from pathlib import Path

import kehu
import kehu_partner_inventory
from kehu.platform.localization.catalogues import Catalogues
from kehu.platform.localization.labels import missing_names
from tests.kehu_partner_inventory.depot import Depot

SOURCE = Path(kehu_partner_inventory.__file__).parent


def sentences() -> set[str]:
    """What is said in the source, before anything is filled in."""
    calls = (
        node
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "kehu.text"
    )
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


async def test_every_name_is_told_in_chinese() -> None:
    app = kehu.App(kehu.installed(["partner_inventory", "sfa"]), "sqlite:///:memory:")
    async with app.context() as ctx:
        missing = missing_names(ctx, "zh_CN", plugin="partner_inventory")
    await app.close()
    assert missing == []


def test_every_sentence_is_told_in_chinese() -> None:
    catalogues = Catalogues([kehu_partner_inventory.plugin])
    said = sentences()
    assert len(said) > 100
    assert [each for each in sorted(said) if not catalogues.has("", each, "zh_CN")] == []


async def test_a_refusal_is_told_in_the_language_of_who_asks(depot: Depot) -> None:
    chinese = kehu.Principal(kehu.uuid7(), "王芳", grants={"*": kehu.Level.ALL}, locale="zh_CN")
    answer = await depot.ask(
        f'mutation {{ issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 3)}]) '
        "{ userErrors { message } } }",
        to=chinese,
    )
    assert answer["issueFromLocation"]["userErrors"] == [{"message": "MAIN 可用的 BOLT 为 0，3 过多。"}]
