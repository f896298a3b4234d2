"""Texts: sentences that keep what they were made of, so that they can be told in another language."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from kehu.kernel.currencies import UnknownCurrency, minor_digits
from kehu.kernel.errors import cut
from kehu.kernel.names import camel, field_words, words

# Of a value that stands in a sentence so many characters are told; whoever sent more knows the rest.
LONGEST_VALUE = 400


@dataclasses.dataclass(frozen=True, slots=True)
class Label:
    """What people read for a type, a field or a choice: `english`, or what a catalogue has for its `context`.

    The context is `Deal`, `Deal.amount` or `Deal.stage.WON`; of an argument, which belongs to no type, its name.
    """

    context: str
    english: str

    def __str__(self) -> str:
        return self.english


class Text(str):
    """An English sentence that remembers its template and values; everywhere else it is a string.

    The template is the message id in the plugins' catalogues. Labels and texts among the values are told in the
    language of the sentence, decimals without zeros at their end.
    """

    template: str
    values: Mapping[str, Any]

    __slots__ = ("template", "values")

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Text:  # noqa: D102
        values = {name: _kept(value) for name, value in values.items()}
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made

    def in_words_of(self, template: str, told: Callable[[Any], Any]) -> str:
        """The same sentence by a translated template, with each value as `told` has it."""
        return template.format(**{name: told(value) for name, value in self.values.items()})


def text(template: str, /, **values: object) -> Text:
    """A translatable sentence: `text("{name} closed on {day:%Y-%m-%d}.", name=deal.name, day=deal.closed_on)`."""
    return Text(template, values)


def money(amount: Decimal, currency: str | None) -> str:
    """An amount as messages tell it: 1,234.50 EUR, 1,234 JPY; one that is finer than its currency with all it has."""
    try:
        digits = 0 if currency is None else minor_digits(currency)
    except UnknownCurrency:
        digits = 0
    exact = amount.normalize().as_tuple().exponent
    places = max(digits, -exact) if isinstance(exact, int) else digits
    return f"{amount:,.{places}f} {currency or ''}".rstrip()


def label(of: Any, choice: enum.Enum | str | None = None) -> Label:
    """What people read for a mapped class, a mapped attribute or a custom field, or for a choice of one.

    `label(Deal)`, `label(Deal.amount)`, `label(Deal.stage, Stage.WON)`: a value of `text`.
    """
    if isinstance(of, type):
        return type_label(of.__name__)
    model = getattr(of, "class_", None) or of.model
    name = getattr(of, "field_name", None) or of.key
    if choice is None:
        return field_label(model.__name__, name)
    return choice_label(model.__name__, name, choice)


def out_of_reach(type_name: str) -> Text:
    """What is told of a record that somebody may see, and not do that with."""
    return text("You may see this {entity}, but that is not yours to do.", entity=type_label(type_name))


def type_label(name: str) -> Label:
    """What people read for the type of this name."""
    return Label(name, words(name))


def field_label(type_name: str, name: str) -> Label:
    """What people read for a field, by the name of its type and its own, in Python or GraphQL."""
    return Label(f"{type_name}.{camel(name)}", field_words(name))


def argument_label(name: str) -> Label:
    """What people read for an argument, which belongs to no type."""
    return Label(camel(name), field_words(name))


def choice_label(type_name: str, field: str, choice: enum.Enum | str) -> Label:
    """What people read for a value of a pick-list."""
    value = choice.name if isinstance(choice, enum.Enum) else choice
    return Label(f"{type_name}.{camel(field)}.{value}", words(value))


def _kept(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else cut(value, LONGEST_VALUE)


def plain(number: Decimal) -> str:
    """A quantity or a percentage as people write it: no exponent, no zeros at the end."""
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def listed(values: Iterable[object]) -> Text:
    """Values one after another, each told as it is told alone."""
    named = {f"value{at}": value for at, value in enumerate(values)}
    return Text(", ".join(f"{{{name}}}" for name in named), named)
