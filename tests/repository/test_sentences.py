"""Every sentence of every plugin says the same in both languages, and names no field as the API does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("*/src/*/locale/zh_CN/messages.po")) + sorted(
    ROOT.glob("plugins/*/src/*/locale/zh_CN/messages.po")
)
MACHINE_NAME = re.compile(r"(?<![\w.])[a-z]+(?:[A-Z][a-z]*|_[a-z]+)+(?!\w)")
# What only a program is told, and what is typed as it stands there.
TECHNICAL = {"connection_init"}


def messages() -> Iterator[tuple[str, str]]:
    for file in FILES:
        with file.open("rb") as stream:
            yield from ((str(each.id), str(each.string)) for each in read_po(stream) if each.id)


MESSAGES = sorted(set(messages()))


def test_there_are_catalogues_of_all_plugins() -> None:
    assert len(FILES) == 3
    assert len(MESSAGES) > 1_000


def placeholders(sentence: str) -> set[tuple[str, str | None, str | None]]:
    """The values that a sentence tells, each with how it is written: its format and its conversion."""
    return {(name, kind, how) for _, name, kind, how in Formatter().parse(sentence) if name is not None}


def test_a_translation_tells_the_same_values() -> None:
    wrong = [(en, zh) for en, zh in MESSAGES if placeholders(en) != placeholders(zh)]
    assert wrong == []


@pytest.mark.parametrize("language", [0, 1], ids=["en", "zh_CN"])
def test_no_sentence_names_a_field_as_the_api_does(language: int) -> None:
    named = {
        (name, pair[language])
        for pair in MESSAGES
        for name in MACHINE_NAME.findall(re.sub(r"\{[^}]*\}", "", pair[language]))
        if name not in TECHNICAL
    }
    assert named == set()
