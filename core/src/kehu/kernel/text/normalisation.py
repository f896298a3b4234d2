"""Texts as they are kept: composed, without blanks at the ends, without what nobody can see."""

from __future__ import annotations

import re
import unicodedata

# What most people type: ASCII words with one blank between them. Nothing has to be done about it.
_PLAIN_LINE = re.compile(r"[!-~]+(?: [!-~]+)*")
_PLAIN_LINES = re.compile(r"[!-~](?:[\t\n -~]*[!-~])?")

# Every blank of Unicode, and what has the width of a letter and shows nothing: the fillers of Hangul, Braille's blank.
_BLANKS = re.compile("[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2800\u3164\uffa0]+")
_NEW_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Unicode's default ignorable code points, the interlinear marks, and the variation selectors.
_FLAG = "\U0001f3f4"
_UNSEEN = re.compile(
    # A flag of a region is a black flag with its name in letters that cannot be seen.
    f"{_FLAG}[\U000e0020-\U000e007e]{{1,20}}\U000e007f|"
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\U00016fe4\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_JOINERS = "\u200c\u200d"
_ZERO_WIDTH_JOINER = "\u200d"
_DIRECTIONS = "\u200e\u200f\u061c"
_JAMO_FILLERS = "\u115f\u1160"
# Scripts whose letters look different beside a joiner: Arabic to Myanmar, Khmer, Mongolian, and their like.
_JOINING = re.compile(
    "[\u0620-\u109f\u1700-\u17b3\u17b6-\u18af\u1900-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
_RIGHT_TO_LEFT = re.compile(
    "[\u05d0-\u05f2\u0620-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_MONGOLIAN = re.compile("[\u1820-\u18aa]")
_JAMO = re.compile("[\u1100-\u115e\u1161-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]")
_PICTURES = "\u203c-\u32ff\U0001f000-\U0001faff"
_PICTURE = re.compile(f"[{_PICTURES}]")
_AFTER_PICTURE = re.compile(f"[{_PICTURES}\ufe0f]")
# What may be drawn in several ways: keys such as 1 or #, signs, pictures, Chinese characters, mathematics.
_VARIED = re.compile(
    f"[0-9#*\u00a9\u00ae{_PICTURES}\u1000-\u109f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# The Hijri year in Persian and Arabic: a heh that looks as if it went on.
_HEH = "\u0647"
_VARIANTS_OF_MONGOLIAN = "\u180b\u180c\u180d\u180f"
# Marks of direction where there is a script from right to left, fillers among the parts of Korean syllables.
_NEEDED_BY_TEXTS = ((_RIGHT_TO_LEFT, _DIRECTIONS), (_JAMO, _JAMO_FILLERS))

# A picture in its coloured form, joined to the next one, takes two.
_LONGEST_RUN = 4

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\u202d\u202e"
_REFUSED_IN_LINES = re.compile(f"[{_CONTROLS}]")
_REFUSED_IN_A_LINE = re.compile(f"[{_CONTROLS}\t\n\u202a-\u202c\u2066-\u2069]")


def one_line(text: str) -> str:
    """A name, code or title as it is kept: NFC, one blank between words, nothing that cannot be seen.

    Joiners stay where the letters or pictures beside them look different for it. What `refused_in` finds stays
    too, for somebody to refuse; a text that would show nothing is empty.
    """
    if _PLAIN_LINE.fullmatch(text):
        return text
    return _BLANKS.sub(" ", _seen(text).strip()).strip()


def lines(text: str) -> str:
    """A note or body as it is kept: like `one_line`, with its new lines, tabs and blanks between words."""
    if _PLAIN_LINES.fullmatch(text):
        return text
    seen = _NEW_LINES.sub("\n", _seen(text)).strip()
    return seen if _BLANKS.sub("", seen).strip() else ""


def refused_in(text: str, *, several_lines: bool) -> str | None:
    """The first character that no text may have, None for none: a control, or one that turns others around.

    New lines and tabs are controls where there is one line. The marks that embed or isolate a passage of the other
    direction belong into long texts only; in a name they hide what it is.
    """
    if text.isascii() and text.isprintable():
        return None
    found = (_REFUSED_IN_LINES if several_lines else _REFUSED_IN_A_LINE).search(text)
    return None if found is None else found[0]


def shows_something(text: str) -> bool:
    """Whether a text has anything that can be seen."""
    return bool(text.isascii() and text.strip()) or bool(one_line(text))


def _seen(text: str) -> str:
    """The text composed (NFC), without what cannot be seen."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text)
    if not _UNSEEN.search(composed):
        return composed
    # Asked once for the text, so that a text made of such characters takes no longer than another of its length.
    everywhere = "".join(
        characters for needed, characters in _NEEDED_BY_TEXTS if needed.search(composed) is not None
    )
    return _UNSEEN.sub(lambda match: _needed_of(match, everywhere), composed)


def _needed_of(match: re.Match[str], everywhere: str) -> str:
    """Of characters that cannot be seen those without which what stands beside them would look different."""
    run, text = match[0], match.string
    if run[0] == _FLAG:
        return run
    if len(run) > _LONGEST_RUN:
        return ""
    needed = text[max(match.start() - 1, 0) : match.start()]
    seen = len(needed)
    for at, character in enumerate(run, start=match.start()):
        if character in everywhere or _is_needed(character, needed[-1:], text[at + 1 : at + 2]):
            needed += character
    return needed[seen:]


def _is_needed(character: str, before: str, after: str) -> bool:
    if character in _JOINERS:
        return _joins(character, before, after)
    if character in _VARIANTS_OF_MONGOLIAN:
        return _MONGOLIAN.match(before) is not None
    return _is_selector(character) and _VARIED.match(before) is not None


def _joins(character: str, before: str, after: str) -> bool:
    if _JOINING.match(before) and _JOINING.match(after):
        return True
    if character != _ZERO_WIDTH_JOINER:
        return False
    return before == _HEH or bool(_AFTER_PICTURE.match(before) and _PICTURE.match(after))


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
