"""`can { update delete win }` on each record: what the viewer may do with it, so that a front-end shows what works."""

from __future__ import annotations

import dataclasses
import operator
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.names import camel
from kehu.kernel.plugin import declarations as d
from kehu.kernel.reading.reach import reached
from kehu_graphql.schema.fields import GeneratedField, define, field, new_class


def rights_fields(entity: EntityDefinition) -> list[GeneratedField]:
    """The field `can` of an entity; none where nothing can be done with its records."""
    texts = {"update": "May be changed.", "delete": "May be deleted or archived."}
    needs = {verb: (entity.permission(verb), verb) for verb in texts if verb in entity.operations}
    for action in entity.actions:
        name = camel(action.name)
        needs[name] = (entity.action_permission(action), verb_of(entity, action))
        texts[name] = f"May be used with `{name}{entity.name}`."
    if not needs:
        return []
    rights = define(
        new_class(f"{entity.name}Rights"),
        lambda: [field(name, bool, get=operator.itemgetter(name), description=texts[name]) for name in needs],
        description=f"What you may do with one of the {entity.plural}; its state may still forbid it.",
    )
    text = "What you may do with this record; asked of many at once."
    meaning = RightsOf(entity, needs)
    return [field("can", rights, resolve=_resolver(meaning), means=meaning, description=text)]


def verb_of(entity: EntityDefinition, action: d.ActionDeclaration) -> str:
    """The verb whose level says on which records the action may be used."""
    if action.permission == entity.permission("delete"):
        return "delete"
    return "update" if action.permission else camel(action.name)


@dataclasses.dataclass(frozen=True, slots=True)
class RightsOf:
    """The rights of an entity, each with the permission and the verb that it needs."""

    entity: EntityDefinition
    needs: Mapping[str, tuple[str, str]]

    async def on(self, ctx: kehu.Context, keys: Sequence[uuid.UUID]) -> Sequence[Mapping[str, bool]]:
        """What the principal may do with each of these records; all of it is one statement at most."""
        granted = {name: verb for name, (permission, verb) in self.needs.items() if ctx.can(permission)}
        found = await reached(ctx, self.entity.model, keys, list(dict.fromkeys(granted.values())))
        return [
            {name: name in granted and key in found[granted[name]] for name in self.needs} for key in keys
        ]


def _resolver(meaning: RightsOf) -> Callable[..., Any]:
    def resolve(record: Any, info: Any) -> Any:
        ctx: kehu.Context = info.context

        async def fetch(keys: Sequence[uuid.UUID]) -> Sequence[Mapping[str, bool]]:
            return await meaning.on(ctx, keys)

        return ctx.loader(("can", meaning.entity.model), fetch).load(record.id)

    return resolve
