"""Texts are kept composed, without superfluous blanks and without what nobody can see."""

from __future__ import annotations

import time
import unicodedata

import pytest

from kehu.business.identifiers import lines, one_line, refused_in, shows_something

NOTHING = [
    "",
    "   ",
    "\t\n\r\n",
    "\u00a0\u3000\u2003",
    "\u200b",
    "\u200b\u200c\u200d",
    "\ufeff",
    "\u00ad",
    "\u2060\u2061\u2062\u2063\u2064",
    "\u180e",
    "\u034f",
    "\u3164",
    "\u115f\u1160",
    "\uffa0",
    "\u2800\u2800",
    "\u17b4\u17b5",
    "\ufe0f",
    "\U000e0100",
    "\U000e0020\U000e0061\U000e007f",
    "\u200e\u200f",
    "\u061c",
    "\u206a\u206f",
    "\ufff9\ufffa\ufffb",
    "\U0001d173\U0001d17a",
    "\U0001bca0",
    "\u200d" * 100,
]
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
KEPT = {
    "  Acme \u00a0 GmbH ": "Acme GmbH",
    "Jose\u0301": "Jos\u00e9",
    "\u1112\u1161\u11ab": "\ud55c",
    "Ac\u200bme\ufeff": "Acme",
    "Ac\u200dme": "Acme",
    "Acme\u3164": "Acme",
    "Acme\ufe0f": "Acme",
    "Acme\U000e0041": "Acme",
    "Acme\u200f": "Acme",
    "Acme\n": "Acme",
    "北京　公司": "北京 公司",
    # Persian writes a gap without a blank, Hindi and Sinhala choose the form of a letter, pictures are joined.
    "می\u200cخواهم": "می\u200cخواهم",
    "क्\u200dष": "क्\u200dष",
    "ශ්\u200dරී ලංකා": "ශ්\u200dරී ලංකා",
    "ه\u200d.": "ه\u200d.",
    "שלום\u200f (abc)": "שלום\u200f (abc)",
    "👩\u200d👩\u200d👧": "👩\u200d👩\u200d👧",
    "❤\ufe0f\u200d🔥": "❤\ufe0f\u200d🔥",
    ENGLAND: ENGLAND,
    "1\ufe0f\u20e3": "1\ufe0f\u20e3",
    "葛\U000e0100城": "葛\U000e0100城",
    "ᠠ\u180bᠡ": "ᠠ\u180bᠡ",
}
REFUSED = [
    "a\nb",
    "a\tb",
    "a\rb",
    "a\x00b",
    "a\x1bb",
    "a\x7fb",
    "a\x85b",
    "\u202eevil",
    "a\u202db",
    "\u202aa\u202c",
]
REFUSED += ["\u2066a\u2069", "a\ufdd0b", "a\uffffb"]


@pytest.mark.parametrize("text", NOTHING)
def test_a_text_that_shows_nothing_is_empty(text: str) -> None:
    assert (one_line(text), lines(text), shows_something(text)) == ("", "", False)


@pytest.mark.parametrize(("text", "kept"), KEPT.items())
def test_a_line_keeps_what_can_be_seen(text: str, kept: str) -> None:
    assert one_line(text) == kept
    assert one_line(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert refused_in(kept, several_lines=False) is None


@pytest.mark.parametrize("text", REFUSED)
def test_controls_and_what_turns_others_around_are_found(text: str) -> None:
    assert refused_in(one_line(text), several_lines=False) is not None


def test_several_lines_keep_their_new_lines_tabs_and_blanks() -> None:
    text = "  Dear José,\r\n\r\n\tten  boxes\u2028Ann \n"

    assert lines(text) == "Dear José,\n\n\tten  boxes\nAnn"
    assert refused_in(lines(text), several_lines=True) is None
    assert refused_in("a\u202eb", several_lines=True) == "\u202e"
    assert refused_in("a\x1bb", several_lines=True) == "\x1b"


def test_a_long_hostile_text_takes_no_longer_than_its_length() -> None:
    hostile = ["\u200d", "\u200e", "ש\u200e", "\U000e0067", "a\u0301", " \u3000", "🏴\U000e0067", "a\ufe0f"]

    def seconds(text: str) -> float:
        start = time.perf_counter()
        one_line(text)
        return time.perf_counter() - start

    slow = [ascii(text) for text in hostile if seconds(text * 20_000) > 20 * seconds(text * 2_000) + 0.5]
    print(f"{len(hostile)} hostile long texts, {len(NOTHING)} that show nothing, {len(REFUSED)} refused")  # noqa: T201  # how many there are is part of the answer
    assert slow == []
