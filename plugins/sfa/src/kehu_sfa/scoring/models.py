"""Score rules: what makes a lead worth calling first, kept as data."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import fold
from kehu_sfa.sfa_base import Base


class ScoreOperator(enum.Enum):
    """How the value of a field is compared with that of a rule; text without case and accents."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT_EQUALS"
    ONE_OF = "ONE_OF"
    CONTAINS = "CONTAINS"
    STARTS_WITH = "STARTS_WITH"
    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"
    IS_SET = "IS_SET"
    IS_EMPTY = "IS_EMPTY"

    @property
    def needs_value(self) -> bool:
        """The operator compares with something."""
        return self not in (ScoreOperator.IS_SET, ScoreOperator.IS_EMPTY)

    @property
    def needs_number(self) -> bool:
        """The operator compares sizes."""
        return self in (ScoreOperator.AT_LEAST, ScoreOperator.AT_MOST)


class RuleIncomplete(kehu.Refusal):
    """A rule needs a value to compare with, and for sizes one that is a number or a date."""

    code = "RULE_INCOMPLETE"


class LeadScoreRule(kehu.Archivable, Base):
    """Points for leads with a certain value in a field."""

    __tablename__ = "sfa_lead_score_rule"
    name: Mapped[str] = kehu.column(sa.String(100), doc="What the reason says, such as `From Europe`.")
    field: Mapped[str] = kehu.column(
        sa.String(100), doc="A field of Lead as the API names it, or a custom one."
    )
    operator: Mapped[ScoreOperator] = kehu.column(default=ScoreOperator.EQUALS, doc="How it is compared.")
    value: Mapped[str | None] = kehu.column(
        sa.String(500), doc="What it is compared with; for ONE_OF several, with commas between."
    )
    points: Mapped[int] = kehu.column(doc="What it adds to the score; below zero to take away.")
    is_active: Mapped[bool] = kehu.column(default=True, doc="False: counts for nothing at present.")

    @property
    def reason(self) -> str:
        """How the rule shows among the reasons of a score."""
        return f"{self.points:+d} {self.name}"

    def applies_to(self, actual: Any) -> bool:
        """Whether a field with this value earns the points."""
        if self.operator is ScoreOperator.IS_EMPTY:
            return _is_empty(actual)
        if _is_empty(actual):
            return self.operator is ScoreOperator.NOT_EQUALS
        if self.operator is ScoreOperator.IS_SET:
            return True
        if self.operator.needs_number:
            return self._compares(actual)
        return any(self._matches(word) for word in _words(actual))

    def check(self) -> None:
        """Raise RuleIncomplete where there is nothing to compare with, or no size."""
        if self.operator.needs_value and not (self.value or "").strip():
            raise RuleIncomplete(
                kehu.text("{operator} needs a value.", operator=self.operator.name), field=LeadScoreRule.value
            )
        if self.operator.needs_number and _size(self.value or "") is None:
            raise RuleIncomplete(
                kehu.text("{value!r} is neither a number nor a date.", value=self.value),
                field=LeadScoreRule.value,
            )

    def _matches(self, word: str) -> bool:
        wanted = fold((self.value or "").strip())
        return _TESTS[self.operator](word, wanted)

    def _compares(self, actual: Any) -> bool:
        size, wanted = _size(actual), _size(self.value or "")
        if size is None or wanted is None or isinstance(size, date) is not isinstance(wanted, date):
            return False
        return bool(size >= wanted if self.operator is ScoreOperator.AT_LEAST else size <= wanted)


_TESTS: dict[ScoreOperator, Callable[[str, str], bool]] = {
    ScoreOperator.EQUALS: lambda word, wanted: word == wanted,
    ScoreOperator.NOT_EQUALS: lambda word, wanted: word != wanted,
    ScoreOperator.ONE_OF: lambda word, wanted: word in [part.strip() for part in wanted.split(",")],
    ScoreOperator.CONTAINS: lambda word, wanted: wanted in word,
    ScoreOperator.STARTS_WITH: lambda word, wanted: word.startswith(wanted),
}


def _is_empty(actual: Any) -> bool:
    return actual is None or actual in ("", [])


def _words(actual: Any) -> list[str]:
    """The value as folded text; each word of a list on its own."""
    if isinstance(actual, list):
        return [fold(str(word)) for word in actual]
    return [fold(actual.name if isinstance(actual, enum.Enum) else str(actual))]


def _size(value: Any) -> Any:
    """A number or a day that can be compared; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return _day(str(value).strip())
    return number if number.is_finite() else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
