"""Mapped classes: column types, column options and the mixins that every entity has."""

from kehu.model.deprecation import Deprecation
from kehu.model.entity import NAMING, Archivable, Entity, Model, utc_now
from kehu.model.folding import Folded
from kehu.model.options import ColumnOptions, choice, column, options_of, ref
from kehu.model.types import (
    MOST_DIGITS,
    ExactDecimal,
    GlobalId,
    GlobalIdText,
    HasWord,
    Json,
    StringList,
    UtcDateTime,
    is_of_ordinary_length,
)
from kehu.model.uploads import Upload

__all__ = [
    "MOST_DIGITS",
    "NAMING",
    "Archivable",
    "ColumnOptions",
    "Deprecation",
    "Entity",
    "ExactDecimal",
    "Folded",
    "GlobalId",
    "GlobalIdText",
    "HasWord",
    "Json",
    "Model",
    "StringList",
    "Upload",
    "UtcDateTime",
    "choice",
    "column",
    "is_of_ordinary_length",
    "options_of",
    "ref",
    "utc_now",
]
