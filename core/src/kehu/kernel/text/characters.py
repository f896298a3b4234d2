"""Characters as people type them: full-width forms become the ordinary ones."""

from __future__ import annotations

_IDEOGRAPHIC_SPACE = 0x3000
_IDEOGRAPHIC_FULL_STOP = 0x3002
# Unicode's Halfwidth and Fullwidth Forms block repeats ASCII "!" to "~" at a fixed distance.
_FULL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
_HALF_WIDTH = _FULL_WIDTH | {_IDEOGRAPHIC_SPACE: 0x20}
_HALF_WIDTH_ADDRESS = _HALF_WIDTH | {_IDEOGRAPHIC_FULL_STOP: 0x2E}


def half_width(text: str) -> str:
    """`text` with full-width letters, digits and signs replaced by their ASCII forms; all else stays."""
    return text.translate(_HALF_WIDTH)


def half_width_address(text: str) -> str:
    """The same for mail and web addresses, where the ideographic full stop is a dot too.

    Source: RFC 3490, section 3.1.
    """
    return text.translate(_HALF_WIDTH_ADDRESS)
