"""Custom fields: typed keys inside `Entity.custom`, so that no plugin ever alters another's table."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypedDict, TypeVar

import sqlalchemy as sa

from kehu.kernel.model import Deprecation, Entity, ExactDecimal
from kehu.kernel.model.values import from_json, json_expression, to_json
from kehu.kernel.plugin.declarations import Origin

T = TypeVar("T", bound=Entity)
V = TypeVar("V")

# What custom fields can hold. Named one by one: a default of another type is an error, and not a field of `object`.
Value = TypeVar("Value", str, bool, int, float, Decimal, datetime, date, uuid.UUID)
Choice = TypeVar("Choice", bound=enum.Enum)


class CustomFieldOptions(TypedDict, total=False):
    """What `plugin.custom_field` takes beside the type of the values.

    required: a create without it is refused. multiline: texts of several lines.
    read: a permission needed to see it, else null.
    """

    required: bool
    multiline: bool
    read: str | None
    description: str | None
    deprecated: Deprecation | None


class CustomField(Generic[T, V]):
    """One custom field: a GraphQL field, an input field, a filter and an order, all typed.

    The value is kept under the immutable key `<plugin>.<name>`; it round-trips even while its plugin is gone.
    """

    def __init__(
        self,
        model: type[T],
        name: str,
        kind: type[V],
        origin: Origin,
        *,
        default: V | None = None,
        required: bool = False,
        multiline: bool = False,
        choices: Sequence[V] = (),
        read: str | None = None,
        description: str | None = None,
        deprecated: Deprecation | None = None,
    ) -> None:
        self.model, self.field_name, self.kind, self.origin = model, name, kind, origin
        self.key = f"{origin.plugin}.{name}"
        self.default, self.required, self.choices = default, required, tuple(choices)
        self.multiline = multiline
        self.read, self.description, self.deprecated = read, description, deprecated

    def get(self, record: T) -> V | None:
        """The value of `record`, or the default."""
        raw = (record.custom or {}).get(self.key)
        return self.default if raw is None else from_json(self.kind, raw)

    def set(self, record: T, value: V | None) -> None:
        """Put a value; written with the record, through hooks and audit like every other."""
        record.custom = {**(record.custom or {}), self.key: to_json(_rounded(value))}

    def on(self, entity: type[T]) -> sa.ColumnElement[V]:
        """The value as a SQL expression of `entity`, the class or an alias of it."""
        value = json_expression(entity.custom[self.key], self.kind)
        return (
            value if self.default is None else sa.func.coalesce(value, sa.literal(self.default, value.type))
        )

    @property
    def expression(self) -> sa.ColumnElement[V]:
        """The value as a SQL expression, for statements of one's own."""
        return self.on(self.model)


def _rounded(value: object) -> object:
    """A decimal with as many places as it is compared with; one that does not fit is refused when it is written."""
    kind = ExactDecimal()
    return kind.quantise(value) if isinstance(value, Decimal) and kind.fits(value) else value
