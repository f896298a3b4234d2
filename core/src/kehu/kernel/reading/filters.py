"""Filters as SQL. A filter is data: `{"stage": {"category": {"eq": "WON"}}, "or": [...]}`, by GraphQL names."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kehu.kernel.errors import BadInput
from kehu.kernel.ids import key_of
from kehu.kernel.model import Archivable, Folded, HasWord
from kehu.kernel.model.borders import check_border
from kehu.kernel.model.values import is_storable
from kehu.kernel.reading.attributes import Attribute, Catalogue
from kehu.kernel.reading.periods import SINCE, UNTIL, WITHIN, Midnight, absolute
from kehu.kernel.reading.slots import Slot
from kehu.kernel.text.folding import fold
from kehu.kernel.texts import text

if TYPE_CHECKING:
    from kehu.kernel.context import Context

Filter = Mapping[str, Any]
Clauses = list[sa.ColumnElement[bool]]

_ESCAPE = "/"

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": lambda c, v: c.is_(None) if v is None else c == v,
    "ne": lambda c, v: c.is_not(None) if v is None else sa.or_(c != v, c.is_(None)),
    "in": lambda c, v: c.in_(v),
    "notIn": lambda c, v: sa.or_(c.not_in(v), c.is_(None)),
    "gt": lambda c, v: c > v,
    "gte": lambda c, v: c >= v,
    "lt": lambda c, v: c < v,
    "lte": lambda c, v: c <= v,
    SINCE: lambda c, v: c >= v,
    UNTIL: lambda c, v: c < v,
    "isNull": lambda c, v: c.is_(None) if v else c.is_not(None),
    "has": HasWord,
    "contains": lambda c, v: Folded(c).contains(v, escape=_ESCAPE),
    "startsWith": lambda c, v: Folded(c).startswith(v, escape=_ESCAPE),
    "endsWith": lambda c, v: Folded(c).endswith(v, escape=_ESCAPE),
}
_PATTERNS = ("contains", "startsWith", "endsWith")
_TEXT = ("has", *_PATTERNS)
_NULL_MEANS_SOMETHING = ("eq", "ne")


class Filters:
    """Turns filters into SQL conditions for one composition."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def listed(self, ctx: Context, model: type[Any], filter: Filter | None, entity: Any = None) -> Clauses:
        """The conditions of a list: the filter, and no archived records unless the filter speaks of `archivedAt`.

        They are on `entity`, an alias of `model`, or on the class itself.
        """
        entity = model if entity is None else entity
        return [*self.clauses(ctx, model, entity, filter or {}), *_current(entity, filter or {})]

    def clauses(self, ctx: Context, model: type[Any], entity: Any, filter: Filter) -> Clauses:
        """The conditions of a filter on `entity`, the class of `model` or an alias of it.

        Raises Forbidden for a field, reference or relation that the principal may not read: it could be found by
        bisection.
        """
        return [
            clause
            for name, value in filter.items()
            for clause in self._clause(ctx, model, entity, name, value)
        ]

    def _clause(self, ctx: Context, model: type[Any], entity: Any, name: str, value: Any) -> Clauses:
        attributes = self._catalogue[model]
        if value is None:
            return []
        if name == "and":
            return [clause for part in value for clause in self.clauses(ctx, model, entity, part)]
        if name == "or":
            return [sa.or_(sa.false(), *(_all(self.clauses(ctx, model, entity, part)) for part in value))]
        if name == "not":
            return [_fails(self.clauses(ctx, model, entity, value))]
        if name in attributes.references:
            reference = attributes.references[name]
            _require(ctx, attributes.hides(reference), name)
            return [self._referenced(ctx, reference.target, getattr(entity, reference.key), value)]
        if name in attributes.relations:
            relation = attributes.relations[name]
            _require(ctx, relation.read, name)
            return self._related(ctx, relation.foreign_key, entity, value)
        return self._compared(ctx, attributes.by_name[name], entity, value)

    def _compared(self, ctx: Context, attribute: Attribute, entity: Any, tests: Filter) -> Clauses:
        _require(ctx, attribute.read, attribute.name)
        expression = attribute.on(entity)
        clauses = []
        for operator, given in (absolute(ctx, tests) if WITHIN in tests else tests).items():
            if given is None and operator not in _NULL_MEANS_SOMETHING:
                continue
            argument = self._argument(attribute, operator, given, expression.type)
            clauses.append(OPERATORS[operator](expression, argument))
        return clauses

    def _argument(self, attribute: Attribute, operator: str, given: Any, kind: Any) -> Any:
        if operator == "isNull":
            return given
        if isinstance(given, Slot):
            return given.parameter(
                sa.String() if operator in _TEXT else kind,
                lambda value: self._value(attribute, operator, value),
            )
        if isinstance(given, (list, tuple)):
            return [self._argument(attribute, "eq", item, kind) for item in given]
        value = self._value(attribute, operator, given)
        return sa.literal(value) if operator == "has" else value

    def _value(self, attribute: Attribute, operator: str, given: Any) -> Any:
        """The value that is compared with. Raises BadInput for one that cannot be."""
        if isinstance(given, str) and not is_storable(given):
            message = text("{field} has a character that no database can hold.", field=attribute.label)
            raise BadInput(message, field=attribute.name)
        if isinstance(given, date):
            check_border(given, attribute.label, field=attribute.name)
        if attribute.target is not None and given is not None:
            return key_of(given, self._catalogue[attribute.target].entity.name)
        if isinstance(given, Midnight):
            return given.of(attribute.kind)
        if attribute.choices_name and isinstance(given, enum.Enum):
            return given.value
        if operator in _PATTERNS:
            return _escaped(fold(given))
        # Texts are kept composed, which is what most keyboards type, and macOS does not.
        return unicodedata.normalize("NFC", given) if type(given) is str else given

    def _referenced(
        self, ctx: Context, target: type[Any], key: Any, filter: Filter
    ) -> sa.ColumnElement[bool]:
        other = aliased(target)
        return key.in_(sa.select(other.id).where(*self.clauses(ctx, target, other, filter)))  # type: ignore[no-any-return]

    def _related(self, ctx: Context, foreign_key: Any, entity: Any, quantified: Filter) -> Clauses:
        clauses = []
        for quantifier, filter in quantified.items():
            if filter is None:
                continue
            child = aliased(foreign_key.class_)
            key = getattr(child, foreign_key.key)
            conditions = [*self._meant(ctx, quantifier, child, filter), *_current(child, filter)]
            has = entity.id.in_(sa.select(key).where(key.is_not(None), *conditions))
            clauses.append(has if quantifier == "some" else sa.not_(has))
        return clauses

    def _meant(self, ctx: Context, quantifier: str, child: Any, filter: Filter) -> Clauses:
        """Which children decide: those that the filter holds for, or for `every` those that it does not."""
        clauses = self.clauses(ctx, sa.inspect(child).mapper.class_, child, filter)
        return [_fails(clauses)] if quantifier == "every" else clauses


def _require(ctx: Context, permission: str | None, name: str) -> None:
    if permission:
        ctx.require(permission, field=name)


def _escaped(text: str) -> str:
    """The text as part of a LIKE pattern that matches nothing but the text."""
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return text


def _current(entity: Any, filter: Filter) -> Clauses:
    """Archived records are left out unless the filter speaks of them."""
    archives = issubclass(sa.inspect(entity).mapper.class_, Archivable)
    return [entity.archived_at.is_(None)] if archives and not _mentions(filter, "archivedAt") else []


def _all(clauses: Sequence[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(sa.true(), *clauses)


def _fails(clauses: Sequence[Any]) -> sa.ColumnElement[bool]:
    """The opposite of all, in logic with two values: a comparison with NULL does not hold, so its opposite does."""
    return _all(clauses).is_not(sa.true())


def _mentions(filter: Filter, name: str) -> bool:
    """Whether a filter speaks of an attribute of the entity itself, also inside and, or, not."""
    if filter.get(name) is not None:
        return True
    nested = [
        *(filter.get("and") or ()),
        *(filter.get("or") or ()),
        *([filter["not"]] if filter.get("not") else ()),
    ]
    return any(_mentions(part, name) for part in nested)
