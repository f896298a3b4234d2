"""Composition: a set of plugins made one system, or one error that lists everything wrong with the set."""

from kehu.kernel.composition.compose import compose, extension_field_names, root_names
from kehu.kernel.composition.definitions import (
    ColumnDefinition,
    Composition,
    EntityDefinition,
    NaturalKey,
    ReferenceDefinition,
    events_permission,
    permission_entity,
)

__all__ = [
    "ColumnDefinition",
    "Composition",
    "EntityDefinition",
    "NaturalKey",
    "ReferenceDefinition",
    "compose",
    "events_permission",
    "extension_field_names",
    "permission_entity",
    "root_names",
]
