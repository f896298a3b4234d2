"""Texts: sentences that keep what they were made of, so that they can be told in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kehu.errors import cut

# Of a value that stands in a sentence so many characters are told; whoever sent more knows the rest.
LONGEST_VALUE = 400


class Text(str):
    """An English sentence that remembers its template and values; everywhere else it is a string.

    The template is the message id in the plugins' catalogues.
    """

    template: str
    values: Mapping[str, Any]

    __slots__ = ("template", "values")

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Text:  # noqa: D102
        values = {name: cut(value, LONGEST_VALUE) for name, value in values.items()}
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made

    def in_words_of(self, template: str) -> str:
        """The same sentence by a translated template."""
        return template.format(**self.values)


def text(template: str, /, **values: object) -> Text:
    """A translatable sentence: `text("{name} closed on {day:%Y-%m-%d}.", name=deal.name, day=deal.closed_on)`."""
    return Text(template, values)
