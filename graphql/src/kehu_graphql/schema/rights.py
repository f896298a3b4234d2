"""`can { update delete win }` on each record: what the viewer may do with it, so that a front-end shows what works."""

from __future__ import annotations

import operator
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import kehu
from kehu.composition import EntityDefinition
from kehu.names import camel
from kehu.plugin import declarations as d
from kehu.reading.reach import reached
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
        [field(name, bool, get=operator.itemgetter(name), description=texts[name]) for name in needs],
        description=f"What you may do with one of the {entity.plural}; its state may still forbid it.",
    )
    text = "What you may do with this record; asked of many at once."
    return [field("can", rights, resolve=_resolver(entity, needs), description=text)]


def verb_of(entity: EntityDefinition, action: d.ActionDeclaration) -> str:
    """The verb whose level says on which records the action may be used."""
    return "update" if action.permission else camel(action.name)


def _resolver(entity: EntityDefinition, needs: Mapping[str, tuple[str, str]]) -> Callable[..., Any]:
    """`needs` are the permission and the verb of each right; all rights of all records are one statement at most."""
    model = entity.model

    def resolve(record: Any, info: Any) -> Any:
        ctx: kehu.Context = info.context

        async def fetch(keys: Sequence[uuid.UUID]) -> Sequence[Mapping[str, bool]]:
            granted = {name: verb for name, (permission, verb) in needs.items() if ctx.can(permission)}
            found = await reached(ctx, model, keys, list(dict.fromkeys(granted.values())))
            return [{name: name in granted and key in found[granted[name]] for name in needs} for key in keys]

        return ctx.loader(("can", model), fetch).load(record.id)

    return resolve
