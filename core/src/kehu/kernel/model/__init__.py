"""Mapped classes: column types, column options and the mixins that every entity has."""

from kehu.kernel.model.deprecation import Deprecation
from kehu.kernel.model.entity import NAMING, Archivable, Entity, Model, utc_now
from kehu.kernel.model.folding import Folded
from kehu.kernel.model.options import ColumnOptions, choice, column, options_of, ref
from kehu.kernel.model.types import (
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
from kehu.kernel.model.uploads import Upload

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
