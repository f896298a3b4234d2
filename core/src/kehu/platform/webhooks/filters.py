"""Filters of subscriptions: JSON as it was typed, checked and turned into the values that columns and events have."""

from __future__ import annotations

import dataclasses
import operator
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pydantic

from kehu.kernel.errors import BadInput
from kehu.kernel.ids import key_of
from kehu.kernel.model.borders import is_within_border
from kehu.kernel.model.values import from_json
from kehu.kernel.names import camel
from kehu.kernel.reading.aggregates import TimeBucket
from kehu.kernel.reading.attributes import Attribute, Catalogue
from kehu.kernel.reading.bounds import check_filter
from kehu.kernel.reading.periods import WITHIN
from kehu.platform.outbox.catalogue import EventType

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
# What JSON may write a value of a kind as; others are texts.
_WRITTEN_AS: Mapping[type[Any], type[Any] | tuple[type[Any], ...]] = {
    int: int,
    float: (int, float),
    bool: bool,
    Decimal: (str, int, float),
}
_QUANTIFIERS = ("some", "none", "every")


def typed(catalogue: Catalogue, model: type[Any], filter: Any) -> dict[str, Any]:
    """A filter on records as `Filters` takes it.

    Raises BadInput for a field, an operator or a value that the API does not take either, TooMuch for one too large.
    """
    check_filter(filter)
    return _typed(catalogue, model, filter)


def _typed(catalogue: Catalogue, model: type[Any], filter: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    attributes = catalogue[model]
    for name, value in _mapping(filter, "filter").items():
        if name in ("and", "or"):
            result[name] = [_typed(catalogue, model, part) for part in _list(value, name)]
        elif name == "not":
            result[name] = _typed(catalogue, model, value)
        elif name in attributes.references:
            result[name] = _typed(catalogue, attributes.references[name].target, value)
        elif name in attributes.relations:
            child = attributes.relations[name].child
            result[name] = {
                _known(quantifier, _QUANTIFIERS): _typed(catalogue, child, part)
                for quantifier, part in _mapping(value, name).items()
            }
        elif name in attributes.by_name and attributes.by_name[name].filters:
            result[name] = _tests(catalogue, attributes.by_name[name], value)
        else:
            raise BadInput(f"{attributes.entity.name} has no field {name!r} to filter by.", field="filter")
    return result


def holds(filter: Mapping[str, Any], event: Any) -> bool:
    """Whether all conditions hold for the fields of an event: `{"total": {"gte": "1000"}}`."""
    by_name = {camel(field.name): getattr(event, field.name) for field in dataclasses.fields(event)}
    return all(
        _compared(by_name[name], comparison, given)
        for name, tests in filter.items()
        for comparison, given in tests.items()
    )


def check_event_filter(kind: EventType, filter: Any) -> None:
    """Raise BadInput for a field that the event does not have, or a comparison that there is not."""
    for name, tests in _mapping(filter, "filter").items():
        if name not in kind.fields:
            raise BadInput(
                f"{kind.name} has no field {name!r}; it has {', '.join(kind.fields)}.", field="filter"
            )
        for comparison, given in _mapping(tests, name).items():
            _known(comparison, (*_COMPARISONS, "in"))
            if given is not None:
                _check_event_value(kind, name, _list(given, name) if comparison == "in" else [given])


def _check_event_value(kind: EventType, name: str, given: list[Any]) -> None:
    """Raise BadInput for what a field of the event can never be compared with."""
    member = next(each for each in dataclasses.fields(kind.cls) if camel(each.name) == name)
    annotation = typing.get_type_hints(kind.cls)[member.name]
    adapter = pydantic.TypeAdapter(annotation)
    for each in given:
        try:
            adapter.validate_python(each)
        except pydantic.ValidationError:
            raise BadInput(f"{str(each)[:100]!r} is no value of {name}.", field="filter") from None


def _compared(value: Any, comparison: str, given: Any) -> bool:
    if comparison == "in":
        return any(_compared(value, "eq", each) for each in given)
    if value is None or given is None:
        return comparison in ("eq", "ne") and _COMPARISONS[comparison](value, given)
    return _COMPARISONS[comparison](value, from_json(type(value), given))


def _tests(catalogue: Catalogue, attribute: Attribute, tests: Any) -> dict[str, Any]:
    known = tuple(_operators(attribute))
    return {
        _known(name, known): _argument(catalogue, attribute, name, given)
        for name, given in _mapping(tests, attribute.name).items()
    }


def _operators(attribute: Attribute) -> Iterator[str]:
    """What the filters of the API compare an attribute of this kind by."""
    yield "isNull"
    if attribute.kind is list:
        yield "has"
        return
    yield from ("eq", "ne", "in", "notIn")
    if attribute.is_ordered and not attribute.choices_name:
        yield from ("gt", "gte", "lt", "lte")
    if attribute.is_time:
        yield WITHIN
    if attribute.kind is str and not attribute.choices_name and attribute.target is None:
        yield from ("contains", "startsWith", "endsWith")


def _argument(catalogue: Catalogue, attribute: Attribute, operator: str, given: Any) -> Any:
    if operator == "isNull":
        return _fitting(bool, attribute, given)
    if operator in ("in", "notIn"):
        return [_value(catalogue, attribute, item) for item in _list(given, attribute.name)]
    if operator == WITHIN:
        return _period(attribute, given)
    return None if given is None else _value(catalogue, attribute, given)


def _value(catalogue: Catalogue, attribute: Attribute, given: Any) -> Any:
    if attribute.target is not None:
        key_of(_fitting(str, attribute, given), catalogue[attribute.target].entity.name, field="filter")
        return given
    if attribute.choices_name:
        if given not in _choices(catalogue, attribute.choices_name):
            raise _no_value(attribute, given)
        return given
    return _fitting(str if attribute.kind is list else attribute.kind, attribute, given)


def _choices(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    columns = (c for e in catalogue.composition.entities.values() for c in e.columns.values())
    return next(tuple(column.choices) for column in columns if column.choices_name == name)


def _fitting(kind: type[Any], attribute: Attribute, given: Any) -> Any:
    """The value of this kind that JSON brought. Raises BadInput for one of another kind."""
    try:
        value = from_json(kind, given) if isinstance(given, _WRITTEN_AS.get(kind, str)) else None
    except (ValueError, KeyError, TypeError, ArithmeticError):
        value = None
    is_fit = value is not None and (kind is bool or not isinstance(given, bool))
    if isinstance(value, Decimal):
        is_fit = is_fit and value.is_finite()
    if isinstance(value, date):
        is_fit = is_within_border(value) and (not isinstance(value, datetime) or value.tzinfo is not None)
    if not is_fit:
        raise _no_value(attribute, given)
    return value


def _period(attribute: Attribute, given: Any) -> dict[str, Any]:
    """`{"unit": "MONTH", "from": -1}`."""
    period = _mapping(given, WITHIN)
    for name, part in period.items():
        if _known(name, ("unit", "from", "to")) == "unit":
            if part not in TimeBucket.__members__:
                raise _no_value(attribute, part)
        elif part is not None:
            _fitting(int, attribute, part)
    if "unit" not in period:
        raise BadInput("A period has a unit, such as DAY.", field="filter")
    return dict(period)


def _no_value(attribute: Attribute, given: Any) -> BadInput:
    return BadInput(f"{str(given)[:100]!r} is no value of {attribute.name}.", field="filter")


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(f"{name} must be an object, such as {{'status': {{'eq': 'OPEN'}}}}.", field="filter")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadInput(f"{name} must be a list.", field="filter")
    return value


def _known(name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        raise BadInput(f"There is no {name!r} in a filter; there are {', '.join(names)}.", field="filter")
    return name
