"""Sentences and names in other languages."""

from __future__ import annotations

import ast
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.names import words
from kehu.platform.localization.catalogues import Catalogues
from kehu.platform.localization.labels import labels_of, missing_names
from kehu_graphql import Api

MESSAGES = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "{name} closed on {day:%Y-%m-%d}."
msgstr "{name} 已于 {day:%Y-%m-%d} 关闭。"

msgctxt "Deal"
msgid "Deal"
msgstr "商机"

msgctxt "Deal.stage"
msgid "Stage"
msgstr "阶段"

msgctxt "Deal.stage.WON"
msgid "Won"
msgstr "赢单"
"""


class Base(kehu.Model, DeclarativeBase): ...


class Deal(kehu.Entity, Base):
    """A deal."""

    __tablename__ = "speaking_deal"
    stage: Mapped[str] = kehu.choice("OPEN", "WON", default="OPEN")


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> kehu.Plugin:
    folder = tmp_path / "speaking_package" / "locale" / "zh_CN"
    folder.mkdir(parents=True)
    (tmp_path / "speaking_package" / "__init__.py").write_text("")
    (folder / "messages.po").write_text(MESSAGES, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "speaking_package", raising=False)
    plugin = kehu.Plugin("speaking", requires=["core"])
    plugin.package = "speaking_package"
    deal = plugin.resource(Deal)

    @deal.before_write
    async def refuse(_: kehu.Context, change: kehu.Change[Deal]) -> None:
        change.error(kehu.text("{name} closed on {day:%Y-%m-%d}.", name="大单", day=date(2026, 3, 1)))

    return plugin


@pytest.fixture
async def app(plugin: kehu.Plugin, sqlite_url: str) -> AsyncIterator[kehu.App]:
    app = kehu.App([core, plugin], sqlite_url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


def test_a_text_is_its_english_sentence() -> None:
    sentence = kehu.text("{name} has {count} deals.", name="Acme", count=3)
    assert sentence == "Acme has 3 deals."


@pytest.mark.parametrize(
    "locale", ["zh_CN", "zh-CN", "zh-Hans-CN", "zh", "zh-Hans", "zh-SG", "zh-TW", "zh-TW,zh;q=0.9,en;q=0.8"]
)
def test_a_text_is_told_in_the_language_asked_for(plugin: kehu.Plugin, locale: str) -> None:
    sentence = kehu.text("{name} closed on {day:%Y-%m-%d}.", name="大单", day=date(2026, 3, 1))
    assert Catalogues([plugin]).tell(sentence, locale) == "大单 已于 2026-03-01 关闭。"


@pytest.mark.parametrize("locale", ["en", "de", "nonsense", ""])
def test_a_text_is_told_in_english_where_there_is_no_other(plugin: kehu.Plugin, locale: str) -> None:
    sentence = kehu.text("{name} closed on {day:%Y-%m-%d}.", name="Acme", day=date(2026, 3, 1))
    assert Catalogues([plugin]).tell(sentence, locale) == "Acme closed on 2026-03-01."


@pytest.mark.parametrize("name", ["expectedCloseOn", "EXPECTED_CLOSE_ON", "expected_close_on"])
def test_a_name_without_a_translation_is_spelled_in_words(name: str) -> None:
    assert words(name) == "Expected close on"


async def test_types_fields_and_choices_have_labels(app: kehu.App) -> None:
    async with app.context() as ctx:
        deal = next(label for label in labels_of(ctx, "zh_CN") if label.name == "Deal")
    stage = next(field for field in deal.fields if field.name == "stage")
    assert (deal.label, stage.label, [choice.label for choice in stage.choices]) == (
        "商机",
        "阶段",
        ["Open", "赢单"],
    )


async def test_a_refusal_speaks_the_language_of_who_is_refused(app: kehu.App) -> None:
    principal = kehu.Principal(None, "王芳", grants={"*": kehu.Level.ALL}, locale="zh_CN")
    document = "mutation { createDeal(input: {stage: WON}) { userErrors { message plugin } } }"
    answer = await Api(app).execute(document, principal=principal)
    assert answer["data"]["createDeal"]["userErrors"] == [
        {"message": "大单 已于 2026-03-01 关闭。", "plugin": "speaking"}
    ]


async def test_every_name_of_core_is_told_in_chinese(sqlite_url: str) -> None:
    app = kehu.App([core], sqlite_url)
    async with app.context() as ctx:
        assert missing_names(ctx, "zh_CN", plugin="core") == []


def test_every_sentence_of_core_is_told_in_chinese() -> None:
    catalogues, source = Catalogues([core]), Path(kehu.__file__).parent
    calls = [
        node
        for file in sorted(source.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "text" and node.args
    ]
    templates = [str(node.args[0].value) for node in calls if isinstance(node.args[0], ast.Constant)]

    assert len(templates) > 30
    assert [each for each in templates if not catalogues.has("", each, "zh_CN")] == []


async def test_a_reference_and_a_claim_are_named_without_id_and_is(sqlite_url: str) -> None:
    app = kehu.App([core], sqlite_url)
    async with app.context() as ctx:
        labels = {label.name: label for label in labels_of(ctx, "zh_CN")}
    names = {field.name: field.label for field in labels["Customer"].fields}
    assert (names["ownerId"], names["lifecycle"], names["externalId"]) == ("负责人", "生命周期", "外部编号")
    kind = next(field for field in labels["Customer"].fields if field.name == "kind")
    assert [choice.label for choice in kind.choices] == ["企业", "个人"]


# What programs are told, and who runs a server: of documents, filters in JSON, signatures and commands.
TECHNICAL = {
    *(
        "ops/cli",
        "kernel/currencies.py",
        "kernel/reading",
        "kernel/model",
        "kernel/text",
        "business/identifiers",
    ),
    *(f"platform/{noun}" for noun in ("webhooks", "inbound", "idempotency", "outbox", "jobs")),
}


def refusals_below(kind: type[kehu.Refusal]) -> Iterator[type[kehu.Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from refusals_below(each)


def test_every_refusal_of_core_can_be_told_in_chinese() -> None:
    catalogues, source = Catalogues([core]), Path(kehu.__file__).parent
    classes = {each.__name__ for each in refusals_below(kehu.Refusal)} | {"change.error"}
    said = [
        node.args[0]
        for file in sorted(source.rglob("*.py"))
        if "/".join(file.relative_to(source).parts[:2]) not in TECHNICAL
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in classes and node.args
    ]
    sentences = [str(each.value) for each in said if isinstance(each, ast.Constant)]

    assert len(sentences) > 20
    assert [each for each in sentences if not catalogues.has("", each, "zh_CN")] == []
    assert [ast.unparse(each) for each in said if isinstance(each, ast.JoinedStr)] == []


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("1234.5", "EUR", "1,234.50 EUR"),
        ("1234.5000", "EUR", "1,234.50 EUR"),
        ("1234.0000", "JPY", "1,234 JPY"),
        ("-0.5", "KWD", "-0.500 KWD"),
        ("1E+7", "CNY", "10,000,000.00 CNY"),
        ("1.005", "EUR", "1.005 EUR"),
        ("0.5", "JPY", "0.5 JPY"),
        ("0", "USD", "0.00 USD"),
        ("12.50", None, "12.5"),
        ("12.50", "XXX", "12.5 XXX"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount: str, currency: str | None, said: str) -> None:
    assert kehu.money(Decimal(amount), currency) == said


def test_a_number_is_told_without_zeros_at_its_end() -> None:
    sentence = kehu.text("{open} of {all}.", open=Decimal("3.0000"), all=Decimal("1E+2"))
    assert sentence == "3 of 100."
    assert Catalogues([core]).tell(sentence, "zh_CN") == "3 of 100."
