"""Rules of texts: how a column or a custom field keeps what people write, and what it does not take."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from kehu.kernel.model import StringList, options_of
from kehu.kernel.plugin import CustomField
from kehu.kernel.text.normalisation import lines, one_line, refused_in

# Longer texts do not fit whatever is taken out of them; they are refused as they are.
_ROOM = 2


@dataclasses.dataclass(frozen=True, slots=True)
class TextRule:
    """How the texts of one column are kept: in one line or several, empty ones as None where the column may be."""

    several_lines: bool
    longest: int | None
    is_nullable: bool

    def kept(self, value: Any) -> Any:
        """The value as it is stored; what is no text, or much too long for the column, stays."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return [kept for word in value if (kept := one_line(word))]
        return value

    def refused_in(self, value: Any) -> str | None:
        """The first character in the value that no such text may have."""
        if isinstance(value, str):
            return refused_in(value, several_lines=self.several_lines)
        return next(filter(None, (refused_in(word, several_lines=False) for word in value)), None)

    def _text(self, value: str) -> str | None:
        if self.longest is not None and len(value) > _ROOM * self.longest:
            return value
        normalise: Callable[[str], str] = lines if self.several_lines else one_line
        return normalise(value) or (None if self.is_nullable else "")


def rule_of(column: sa.Column[Any]) -> TextRule | None:
    """The rule of a column, None for one whose values are no texts of people, or are kept as they came."""
    options, kind = options_of(column), column.type
    if options.verbatim or not options.expose or options.choices or isinstance(kind, sa.Enum):
        return None
    if isinstance(kind, StringList):
        return TextRule(several_lines=False, longest=None, is_nullable=False)
    if not isinstance(kind, sa.String):
        return None
    several = isinstance(kind, sa.Text) if options.multiline is None else options.multiline
    return TextRule(several, kind.length, bool(column.nullable))


def rule_of_custom(field: CustomField[Any, Any]) -> TextRule | None:
    """The rule of a custom field of texts."""
    return TextRule(field.multiline, None, is_nullable=True) if field.kind is str else None
