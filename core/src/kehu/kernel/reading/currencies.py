"""Currencies of figures: amounts in several of them have no sum, and no largest one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from kehu.kernel.currencies import SEVERAL_CURRENCIES
from kehu.kernel.errors import Refusal
from kehu.kernel.reading.attributes import Attribute
from kehu.kernel.texts import text


class MixedCurrencies(Refusal):
    """A figure over amounts in several currencies, which are not to be added or compared."""

    code = "MIXED_CURRENCIES"


def ends(model: type[Any], attribute: Attribute) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """The first and the last currency in the order of their codes."""
    assert attribute.currency is not None
    code = attribute.currency(model)
    return sa.func.min(code), sa.func.max(code)


def in_one_currency(model: type[Any], attribute: Attribute, figure: Any) -> Any:
    """The figure as SQL, NULL where it is over several currencies."""
    if attribute.currency is None:
        return figure
    first, last = ends(model, attribute)
    return sa.case(
        (sa.and_(first.is_not_distinct_from(last), first.is_distinct_from(SEVERAL_CURRENCIES)), figure)
    )


def checked(attribute: Attribute, read: Callable[..., Any] | None, width: int) -> Callable[..., Any]:
    """How a figure is read from the columns that it is made of, `width` of them, and the ends of its currencies."""

    def of(*values: Any) -> Any:
        first, last = values[width:]
        if first != last or first == SEVERAL_CURRENCIES:
            return Mixed(attribute)
        return values[0] if read is None else read(*values[:width])

    return of


class Mixed:
    """What stands for a figure over several currencies."""

    def __init__(self, attribute: Attribute) -> None:
        self.attribute = attribute

    def refusal(self) -> MixedCurrencies:
        """What to tell of it."""
        message = "{field} is in several currencies here; group by the currency or filter for one."
        return MixedCurrencies(text(message, field=self.attribute.label), field=self.attribute.name)
