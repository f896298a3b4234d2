"""Folding: texts without what nobody types in a search, in the same steps as PostgreSQL's `kehu_fold` takes."""

from __future__ import annotations

import re
import unicodedata

# What Unicode would take apart into a blank and an accent, or into several signs.
BEFORE = {"´": "'", "″": '"', "‶": '"'}
# Letters whose stroke is no combining mark, the last sigma of a word, and the many apostrophes, quotes and hyphens.
LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ς": "σ"}
LETTERS |= dict.fromkeys("`\u2018\u2019\u201a\u201b\u02bc\u02bb\u02b9\u02c8\u2032\u2035\ua78c", "'")
LETTERS |= dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"')
LETTERS |= dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
DOUBLES = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
# The accents of Latin, Greek and Cyrillic, and what formats without being seen. Marks of kana and of Indic scripts
# stay: they make another word.
DROPPED = (
    r"[\u0300-\u036F\u00AD\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u180E\u200B-\u200F\u202A-\u202E"
    r"\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB\U000110BD\U000110CD\U00013430-\U00013438"
    r"\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0001\U000E0020-\U000E007F]"
)

_BEFORE, _AFTER = str.maketrans(BEFORE), str.maketrans(LETTERS | DOUBLES)
_DROPPED = re.compile(DROPPED)
# Of ASCII, common Chinese, kana and Korean nothing but the case changes.
_PLAIN = re.compile("[ -_a-~\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]*")


def fold(text: str) -> str:
    """`text` without what nobody types in a search: case, accents, width, ligatures, invisible characters.

    Apostrophes, quotes and hyphens are the ones on a keyboard. Folding twice changes nothing.
    """
    if _PLAIN.fullmatch(text):
        return text.lower()
    composed = unicodedata.normalize("NFKC", text.translate(_BEFORE))
    letters = _DROPPED.sub("", unicodedata.normalize("NFKD", composed.lower()))
    return unicodedata.normalize("NFKC", letters.translate(_AFTER))
