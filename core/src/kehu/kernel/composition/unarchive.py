"""The verb that takes an archived record back; every entity that can be archived has it."""

from __future__ import annotations

from kehu.kernel.composition.definitions import EntityDefinition
from kehu.kernel.model import Archivable
from kehu.kernel.plugin import declarations as d


async def unarchive(record: Archivable) -> None:
    """Take an archived record back into the lists."""
    record.archived_at = None


def give_unarchive(entity: EntityDefinition) -> None:
    """Add the verb to an entity that the API archives; who may archive a record may take it back."""
    if not issubclass(entity.model, Archivable) or "delete" not in entity.operations:
        return
    if any(action.name == "unarchive" for action in entity.actions):
        return
    text = f"Take an archived {entity.name} back: it is in the lists again, as it was."
    permission = entity.permission("delete")
    entity.actions.append(
        d.ActionDeclaration(
            entity.model, "unarchive", entity.owner, unarchive, permission, text, on_archived=True
        )
    )
