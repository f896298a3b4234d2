"""Which records belong to a subject, such as a customer, and by which attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kehu.kernel.composition.definitions import EntityDefinition
from kehu.kernel.plugin.declarations import SubjectDeclaration


def subject_keys(
    subject: SubjectDeclaration, entities: Mapping[type[Any], EntityDefinition]
) -> dict[type[Any], str]:
    """By type, the attribute with the subject's id: its own `id`, and of others the column that points at it."""
    found = {subject.model: "id"}
    for model, entity in entities.items():
        for column in entity.columns.values():
            if column.attribute == subject.key and column.target is subject.model:
                found[model] = column.attribute
    return found
