"""Where the numbers of each series and year stand, and what a number looks like."""

from __future__ import annotations

import dataclasses
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.sfa_base import Base


class NumberCounter(Base):
    """The last number of a series that was given in a year; locked by the transaction that takes the next one."""

    __tablename__ = "sfa_number_counter"
    series: Mapped[str] = kehu.column(sa.String(20), primary_key=True)
    year: Mapped[int] = kehu.column(primary_key=True)
    last: Mapped[int] = kehu.column()


COUNTERS = cast(sa.Table, NumberCounter.__table__)


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """A series of documents whose numbers have no gaps within a year, such as Q-2026-00001."""

    name: str
    prefix: str
    digits: int = 5

    def number(self, year: int, count: int) -> str:
        """The number of the document that is the `count`th of the year."""
        return f"{self.prefix}-{year}-{count:0{self.digits}}"


QUOTES = Series("quote", "Q")
ORDERS = Series("order", "O")
