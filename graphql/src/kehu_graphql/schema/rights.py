"""`can { update delete win }` on each record: what the viewer may do with it, so that a front-end shows what works."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import kehu
from kehu.composition import EntityDefinition
from kehu.names import camel
from kehu.plugin import declarations as d
from kehu.reading.reach import reached
from kehu_graphql.schema.fields import GeneratedField, define, field, new_class

Asked = tuple[uuid.UUID, str]


def rights_fields(entity: EntityDefinition) -> list[GeneratedField]:
    """The field `can` of an entity; none where nothing can be done with its records."""
    members = [
        field(verb, bool, resolve=_resolver(entity, verb, entity.permission(verb)), description=text)
        for verb, text in (("update", "May be changed."), ("delete", "May be deleted or archived."))
        if verb in entity.operations
    ]
    members += [_of_action(entity, action) for action in entity.actions]
    if not members:
        return []
    rights = define(
        new_class(f"{entity.name}Rights"),
        members,
        description=f"What you may do with one of the {entity.plural}; its state may still forbid it.",
    )
    text = "What you may do with this record; asked of many at once."
    return [field("can", rights, get=lambda record: record, description=text)]


def verb_of(entity: EntityDefinition, action: d.ActionDeclaration) -> str:
    """The verb whose level says on which records the action may be used."""
    return "update" if action.permission else camel(action.name)


def _of_action(entity: EntityDefinition, action: d.ActionDeclaration) -> GeneratedField:
    name = camel(action.name)
    resolve = _resolver(entity, verb_of(entity, action), entity.action_permission(action))
    return field(name, bool, resolve=resolve, description=f"May be used with `{name}{entity.name}`.")


def _resolver(entity: EntityDefinition, verb: str, permission: str) -> Callable[..., Any]:
    model = entity.model

    def resolve(record: Any, info: Any) -> Any:
        ctx: kehu.Context = info.context
        if not ctx.can(permission):
            return False

        async def fetch(asked: Sequence[Asked]) -> Sequence[bool]:
            verbs = list(dict.fromkeys(verb for _, verb in asked))
            found = await reached(ctx, model, {key for key, _ in asked}, verbs)
            return [key in found[verb] for key, verb in asked]

        return ctx.loader(("can", model), fetch).load((record.id, verb))

    return resolve
