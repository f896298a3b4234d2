"""Limits of what functions of plugins take: how long their texts are, and between which years their days lie."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, get_args, get_origin

import kehu
from kehu.kernel.model.borders import check_border
from kehu.kernel.names import camel
from kehu.kernel.reading.bounds import LONGEST_ARGUMENT, check_length, check_number
from kehu.kernel.texts import argument_label

_TURNED_ROUND = "{field} cannot be before {start}."
# How arguments of a span are called.
_SPANS = (("from", "until"), ("from_on", "until_on"), ("since", "until"), ("start", "end"))


class Limits:
    """The parameters of one function that something has to be looked at of."""

    def __init__(self) -> None:
        self._longest: dict[str, int] = {}
        self._dated: set[str] = set()

    def take(self, name: str, annotation: Any) -> None:
        """Note a parameter."""
        longest = _longest(annotation)
        if longest is not None:
            self._longest[name] = longest
        if _has_days(annotation, set()):
            self._dated.add(name)

    def check(self, given: Mapping[str, Any]) -> None:
        """Raise BadInput for a text that is too long, or a day that no calendar of a firm has."""
        for name, longest in self._longest.items():
            _check_text(given.get(name), longest, camel(name))
        for name in self._dated:
            _check_days(given.get(name), camel(name))
        if len(self._dated) > 1:
            _check_order({name: given.get(name) for name in self._dated})


def _longest(annotation: Any) -> int | None:
    """How long a text, or each of a list of texts, may be; None for what is no text."""
    if get_origin(annotation) is Annotated:
        kind, *remarks = get_args(annotation)
        said = [_said(remark) for remark in remarks]
        return next((longest for longest in said if longest), _longest(kind))
    if annotation is str:
        return LONGEST_ARGUMENT
    found = [_longest(part) for part in get_args(annotation)]
    return max((longest for longest in found if longest), default=None)


def _said(remark: Any) -> int | None:
    if isinstance(remark, kehu.Longest):
        return remark.characters
    return getattr(getattr(remark, "type", None), "length", None)


def _check_text(given: Any, longest: int, name: str) -> None:
    if isinstance(given, str):
        check_length(given, longest, name)
    elif isinstance(given, (list, tuple)):
        check_number(given, name)
        for each in given:
            _check_text(each, longest, name)


def _has_days(annotation: Any, seen: set[Any]) -> bool:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        if issubclass(annotation, date):
            return True
        if not dataclasses.is_dataclass(annotation) or annotation in seen:
            return False
        seen.add(annotation)
        return any(_has_days(part, seen) for part in typing.get_type_hints(annotation).values())
    return any(_has_days(part, seen) for part in get_args(annotation))


def _check_order(days: Mapping[str, Any]) -> None:
    """Raise BadInput for a span that ends before it starts, where names say what is which."""
    for name, start in days.items():
        for first, last in _SPANS:
            end = days.get(last.join(name.rsplit(first, 1))) if name.endswith(first) else None
            if isinstance(start, date) and isinstance(end, date) and type(start) is type(end) and end < start:
                later = camel(last.join(name.rsplit(first, 1)))
                message = kehu.text(_TURNED_ROUND, field=argument_label(later), start=argument_label(name))
                raise kehu.BadInput(message, code="ENDS_BEFORE_START", field=later)


def _check_days(given: Any, name: str) -> None:
    if isinstance(given, date):
        check_border(given, argument_label(name), field=name)
    elif isinstance(given, (list, tuple)):
        for each in given:
            _check_days(each, name)
    elif dataclasses.is_dataclass(given):
        members = {member.name: getattr(given, member.name) for member in dataclasses.fields(given)}
        for member, value in members.items():
            _check_days(value, camel(member))
        _check_order(members)
