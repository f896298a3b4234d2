"""Filters of subscriptions: JSON as it was typed, checked and turned into the values that columns and events have."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Mapping
from typing import Any

from kehu.errors import BadInput
from kehu.events.catalogue import EventType
from kehu.model.values import from_json
from kehu.names import camel
from kehu.reading.attributes import Attribute, Catalogue
from kehu.reading.filters import OPERATORS

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_QUANTIFIERS = ("some", "none", "every")


def typed(catalogue: Catalogue, model: type[Any], filter: Any) -> dict[str, Any]:
    """A filter on records as `Filters` takes it. Raises BadInput for a field or an operator that there is not."""
    result: dict[str, Any] = {}
    attributes = catalogue[model]
    for name, value in _mapping(filter, "filter").items():
        if name in ("and", "or"):
            result[name] = [typed(catalogue, model, part) for part in _list(value, name)]
        elif name == "not":
            result[name] = typed(catalogue, model, value)
        elif name in attributes.references:
            result[name] = typed(catalogue, attributes.references[name].target, value)
        elif name in attributes.relations:
            child = attributes.relations[name].child
            result[name] = {
                _known(quantifier, _QUANTIFIERS): typed(catalogue, child, part)
                for quantifier, part in _mapping(value, name).items()
            }
        elif name in attributes.by_name and attributes.by_name[name].filters:
            result[name] = _tests(attributes.by_name[name], value)
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
        for comparison in _mapping(tests, name):
            _known(comparison, (*_COMPARISONS, "in"))


def _compared(value: Any, comparison: str, given: Any) -> bool:
    if comparison == "in":
        return any(_compared(value, "eq", each) for each in given)
    if value is None or given is None:
        return comparison in ("eq", "ne") and _COMPARISONS[comparison](value, given)
    return _COMPARISONS[comparison](value, from_json(type(value), given))


def _tests(attribute: Attribute, tests: Any) -> dict[str, Any]:
    return {
        _known(name, tuple(OPERATORS)): _value(attribute, name, given)
        for name, given in _mapping(tests, attribute.name).items()
    }


def _value(attribute: Attribute, operator: str, given: Any) -> Any:
    if operator == "isNull" or attribute.target is not None or attribute.choices_name:
        return given
    if operator in ("in", "notIn"):
        return [_value(attribute, "eq", item) for item in _list(given, attribute.name)]
    kind = str if attribute.kind is list else attribute.kind
    try:
        return from_json(kind, given)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        raise BadInput(f"{given!r} is no value of {attribute.name}.", field="filter") from None


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
