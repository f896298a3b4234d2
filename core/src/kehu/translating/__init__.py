"""Other languages: translatable sentences, the plugins' catalogues, and labels of types, fields and choices."""

from kehu.translating.catalogues import Catalogues
from kehu.translating.labels import ChoiceLabel, EntityLabel, FieldLabel, labels_of, words
from kehu.translating.texts import Text, text

__all__ = ["Catalogues", "ChoiceLabel", "EntityLabel", "FieldLabel", "Text", "labels_of", "text", "words"]
