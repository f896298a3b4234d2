"""Other languages: translatable sentences, the plugins' catalogues, and labels of types, fields and choices."""

from kehu.translating.catalogues import Catalogues
from kehu.translating.labels import (
    ChoiceLabel,
    EntityLabel,
    FieldLabel,
    field_words,
    labels_of,
    missing_names,
    words,
)
from kehu.translating.texts import Text, text

__all__ = [
    "Catalogues",
    "ChoiceLabel",
    "EntityLabel",
    "FieldLabel",
    "Text",
    "field_words",
    "labels_of",
    "missing_names",
    "text",
    "words",
]
