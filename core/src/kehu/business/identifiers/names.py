"""Names as they are sorted and searched: without case and accents, in pinyin, in pairs of characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

from kehu.business.identifiers.surnames import COMPOUND_SURNAME_READINGS, SURNAME_READINGS
from kehu.kernel.text.folding import fold

_HAN = (
    range(0x3005, 0x3008),
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x40000),
)
# Kana and Hangul besides.
_CJK = (*_HAN, range(0x3041, 0x3100), range(0x31F0, 0x3200), range(0xAC00, 0xD7B0))
_LONGEST_PERSON_NAME = 3


def sorting_name(name: str) -> str:
    """The key by which `name` sorts: 张三 becomes `zhang san`, `Émile Zola` becomes `emile zola`.

    Up to three Chinese characters that are no word of the dictionary are taken for a person, whose surname
    may have a reading of its own (单丹 is `shan dan`, 单位 is `dan wei`); longer names are read as words,
    save for a compound surname at the start. The letter ü is written `v`.
    """
    folded = fold(name)
    words = [
        word
        for kind, run in _runs(folded, _han_or_word)
        for word in (_syllables(run) if kind == "han" else [run])
    ]
    surname = _surname_reading(folded.strip())
    return " ".join([*surname, *words[len(surname) :]])


def pinyin_initials(name: str) -> str:
    """The first letter of each word of `sorting_name(name)`: 张三 gives `zs`, `阿里Cloud` gives `alc`."""
    return "".join(word[0] for word in sorting_name(name).split())


def bigrams(text: str) -> list[str]:
    """The search terms of `text`, folded, in its order: words, or characters and pairs of them.

    Chinese, Japanese and Korean are cut into every character and every two neighbours: `我爱 Apple` gives
    我, 我爱, 爱, apple. Signs are no terms; a term may occur twice.
    """
    terms: list[str] = []
    for kind, run in _runs(fold(text), _cjk_or_word):
        terms += [run] if kind == "word" else _characters_and_pairs(run)
    return terms


def _runs(text: str, kind_of: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Stretches of one kind; what is neither letter, digit nor mark separates them and is left out."""
    for kind, characters in groupby(text, kind_of):
        if kind:
            yield kind, "".join(characters)


def _han_or_word(character: str) -> str:
    return "han" if _is_within(character, _HAN) else _word(character)


def _cjk_or_word(character: str) -> str:
    return "cjk" if _is_within(character, _CJK) else _word(character)


def _word(character: str) -> str:
    return "word" if unicodedata.category(character)[0] in "LNM" else ""


def _is_within(character: str, blocks: tuple[range, ...]) -> bool:
    return any(ord(character) in block for block in blocks)


def _surname_reading(name: str) -> tuple[str, ...]:
    """The syllables of the surname when `name` is taken for a person's and its surname has a reading."""
    if name[:2] in COMPOUND_SURNAME_READINGS:
        return COMPOUND_SURNAME_READINGS[name[:2]]
    if len(name) > _LONGEST_PERSON_NAME or not all(_is_within(c, _HAN) for c in name) or _is_word(name):
        return ()
    return tuple(SURNAME_READINGS[character] for character in name[:1] if character in SURNAME_READINGS)


def _syllables(run: str) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # Its dictionaries take half a second; most commands read no name.

    return lazy_pinyin(run)


def _is_word(name: str) -> bool:
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415  # As above.

    return name in PHRASES_DICT


def _characters_and_pairs(run: str) -> list[str]:
    pairs = [term for first, second in pairwise(run) for term in (first, first + second)]
    return [*pairs, run[-1]]
