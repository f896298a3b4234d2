"""Orders and keyset cursors: a total order, NULLs last on both databases, and a place in it as opaque text."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.errors import BadInput
from kehu.kernel.model.values import from_json, is_storable, to_json
from kehu.kernel.reading.attributes import Attribute, Catalogue
from kehu.kernel.reading.slots import Slot

if TYPE_CHECKING:
    from kehu.kernel.context import Context

LONGEST_SHOWN = 60
_COMPACT = json.JSONEncoder(separators=(",", ":"))


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """One term of an order."""

    attribute: Attribute
    descending: bool

    @property
    def selected(self) -> bool:
        """The value must be selected beside the record, because a loaded record does not have it."""
        return self.attribute.attribute is None


Keys = Sequence[Key]


def keys_of(
    ctx: Context, catalogue: Catalogue, model: type[Any], order: Sequence[Mapping[str, Any]] | None
) -> Keys:
    """The keys of `[{field, direction}, ...]`, or of the default order; `id` is added last to make it total.

    Raises Forbidden for a field that the principal may not read.
    """
    attributes = catalogue[model]
    wanted = [(o["field"], o.get("direction") == "DESC") for o in order or ()] or _default(
        attributes.entity.declaration.default_order
    )
    keys = [Key(attributes.by_constant[name], descending) for name, descending in wanted]
    for key in keys:
        if key.attribute.read:
            ctx.require(key.attribute.read, field=key.attribute.name)
    if all(key.attribute.name != "id" for key in keys):
        keys.append(Key(attributes.by_name["id"], keys[-1].descending if keys else False))
    return keys


def order_by(keys: Keys, entity: Any, *, backwards: bool = False) -> list[Any]:
    """The ORDER BY terms; `backwards` turns everything round."""
    terms: list[Any] = []
    for key in keys:
        expression = key.attribute.on(entity)
        if key.attribute.nullable:
            nulls = sa.case((expression.is_(None), 1), else_=0)
            terms.append(nulls.desc() if backwards else nulls.asc())
        terms.append(expression.desc() if key.descending != backwards else expression.asc())
    return terms


def cursor(keys: Keys, values: Sequence[Any]) -> str:
    """The cursor of the row with these values, signed with its order."""
    return signed_cursor(signature(keys), values)


def signed_cursor(signed: str, values: Sequence[Any]) -> str:
    """The cursor of a row of an order whose signature is known."""
    content = [signed, *map(to_json, values)]
    return base64.urlsafe_b64encode(_COMPACT.encode(content).encode()).decode()


def beyond(keys: Keys, entity: Any, text: str, *, backwards: bool = False) -> sa.ColumnElement[bool]:
    """The condition for rows after the cursor; before it when `backwards`.

    Raises BadInput (BAD_CURSOR) for garbage and for a cursor that was made with another order.
    """
    return beyond_values(keys, entity, cursor_values(keys, text), backwards=backwards)


def beyond_values(
    keys: Keys, entity: Any, values: Sequence[Any], *, backwards: bool = False
) -> sa.ColumnElement[bool]:
    """The condition for rows after the one with these values, or before it; a value may be a Slot."""
    alternatives: list[Any] = []
    equal: list[Any] = []
    bound: list[tuple[Any, Any]] = []
    for key, value in zip(keys, values, strict=True):
        expression = key.attribute.on(entity)
        if value is None:
            if backwards:
                alternatives.append(sa.and_(*equal, expression.is_not(None)))
            equal.append(expression.is_(None))
            continue
        # Typed, because SQLAlchemy does not compare with a plain True.
        there = (
            value.parameter(expression.type)
            if isinstance(value, Slot)
            else sa.literal(value, expression.type)
        )
        further = expression < there if key.descending != backwards else expression > there
        if key.attribute.nullable and not backwards:
            further = sa.or_(further, expression.is_(None))
        alternatives.append(sa.and_(*equal, further))
        if _can_be_bound(keys, len(equal)) and len(bound) == len(equal):
            bound.append((expression, there))
        equal.append(expression == there)
    return _bounded(
        bound, sa.or_(sa.false(), *alternatives), falls=keys[0].descending != backwards, of=len(keys)
    )


def _can_be_bound(keys: Keys, position: int) -> bool:
    """Whether an index that begins with these keys, up to this one, is in their order."""
    key = keys[position]
    return not key.attribute.nullable and key.descending == keys[0].descending


def _bounded(
    bound: Sequence[tuple[Any, Any]], beyond: sa.ColumnElement[bool], *, falls: bool, of: int
) -> sa.ColumnElement[bool]:
    """The condition with the leading keys compared as one, which an index finds the place of at once.

    Without it databases look at every row from the beginning of the list, so that pages get slower on the way.
    """
    if not bound:
        return beyond
    here, there = (sa.tuple_(*side) for side in zip(*bound, strict=True))
    if len(bound) == of:
        return here < there if falls else here > there
    return sa.and_(here <= there if falls else here >= there, beyond)


def cursor_values(keys: Keys, text: str) -> list[Any]:
    """The values of the row that a cursor was made of. Raises BadInput as `beyond` does."""
    try:
        signed, *raw = json.loads(base64.urlsafe_b64decode(text))
        if signed == signature(keys):
            return [_value(key.attribute.kind, value) for key, value in zip(keys, raw, strict=True)]
    except (binascii.Error, ValueError, TypeError, KeyError, ArithmeticError, AttributeError, RecursionError):
        shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
        raise BadInput(
            f"{shown!r} is no cursor of this API; use `endCursor` or `cursor` as it was given.",
            code="BAD_CURSOR",
        ) from None
    raise BadInput(
        "This cursor was made with another orderBy or for another list; start again without it.",
        code="BAD_CURSOR",
    )


def _value(kind: type[Any], raw: Any) -> Any:
    """The value in a cursor. Raises ValueError for one that its attribute cannot have: anybody can write a cursor."""
    value = from_json(kind, raw)
    if isinstance(value, datetime):
        # The first and the last moments of the calendar cannot be moved to UTC, which is an error of arithmetic.
        value = value.astimezone(UTC)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool) != (kind is bool)):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    if (isinstance(value, Decimal) and not value.is_finite()) or (
        isinstance(value, str) and not is_storable(value)
    ):
        raise ValueError(f"{value!r} cannot be stored")
    return value


def signature(keys: Keys) -> str:
    """What tells this order from every other, those of other entities included."""
    listed = next(key.attribute.target for key in keys if key.attribute.name == "id")
    assert listed is not None
    spelled = "|".join(f"{key.attribute.constant}{'-' if key.descending else '+'}" for key in keys)
    return hashlib.blake2b(f"{listed.__name__}|{spelled}".encode(), digest_size=6).hexdigest()


def _default(terms: Sequence[Any]) -> list[tuple[str, bool]]:
    wanted = []
    for term in terms:
        descending = getattr(term, "modifier", None) is sa.sql.operators.desc_op
        wanted.append(((term.element if descending else term).key.upper(), descending))
    return wanted
