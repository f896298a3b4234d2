"""Shapes: what the write path has to know of an entity for each of its records, found out once."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kehu.kernel.composition import ColumnDefinition, EntityDefinition
from kehu.kernel.model import ExactDecimal, options_of, utc_now
from kehu.kernel.names import camel
from kehu.kernel.plugin import CustomField
from kehu.kernel.writing.texts import TextRule, rule_of, rule_of_custom

Default = Callable[[datetime], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """The columns of one entity as the steps of a write go through them.

    `attributes` are all of them in their order, `defaults` what a new record gets at a moment, `decimals` what is
    rounded, `texts` what is normalised, custom fields by their keys too. `columns` and `customs` are found by their
    GraphQL names; `untold` are left out of the audit trail.
    """

    attributes: Sequence[str]
    defaults: Sequence[tuple[str, Default]]
    decimals: Sequence[tuple[str, ExactDecimal]]
    texts: Mapping[str, TextRule]
    columns: Mapping[str, ColumnDefinition]
    customs: Mapping[str, CustomField[Any, Any]]
    untold: frozenset[str]


def shape_of(entity: EntityDefinition) -> Shape:
    """The shape of an entity; ask for it with `entity.derived(shape_of)`."""
    attributes = sa.inspect(entity.model).column_attrs
    columns: list[tuple[str, Any]] = [(each.key, each.columns[0]) for each in attributes]
    defaults = [(name, _default(column)) for name, column in columns]
    return Shape(
        attributes=[name for name, _ in columns],
        defaults=[(name, default) for name, default in defaults if default is not None],
        decimals=[(name, column.type) for name, column in columns if _is_rounded(column)],
        texts={
            name: rule
            for name, rule in (
                *((name, _rule(column)) for name, column in columns),
                *((field.key, rule_of_custom(field)) for field in entity.custom_fields),
            )
            if rule is not None
        },
        columns={column.name: column for column in entity.columns.values()},
        customs={camel(custom.field_name): custom for custom in entity.custom_fields},
        untold=frozenset(name for name, column in columns if name == "id" or not _is_told(column)),
    )


def _rule(column: Any) -> TextRule | None:
    return rule_of(column) if isinstance(column, sa.Column) else None


def _is_rounded(column: Any) -> bool:
    """An amount is not rounded in silence: one that is finer than its currency is refused."""
    if not isinstance(column.type, ExactDecimal):
        return False
    options = options_of(column) if isinstance(column, sa.Column) else None
    return options is None or options.money is None or not options.rounded


def _is_told(column: Any) -> bool:
    return not isinstance(column, sa.Column) or options_of(column).audit


def _default(column: Any) -> Default | None:
    """The default that a column has in Python; None where it has none."""
    default: Any = getattr(column, "default", None)
    if default is None or not (default.is_scalar or default.is_callable):
        return None
    value = default.arg
    if default.is_scalar:
        return lambda _now: value
    # A default that is the time it is now shows the time of the App's clock.
    if inspect.unwrap(value) is utc_now:
        return lambda now: now
    return lambda _now: value(None)
