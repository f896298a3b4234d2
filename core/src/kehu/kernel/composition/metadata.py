"""All tables as one MetaData of copies, so that nothing global is altered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.model import NAMING
from kehu.kernel.model.folding import make_functions

if TYPE_CHECKING:
    from kehu.kernel.composition.definitions import Composition, EntityDefinition

LONGEST_NAME = 63  # bytes, in PostgreSQL


def united(composition: Composition) -> sa.MetaData:
    """Copies of all tables in one MetaData, with the indexes that relations need."""
    union = sa.MetaData(naming_convention=NAMING)
    make_functions(union)
    for table in composition.tables:
        table.to_metadata(union)
    entities = list(composition.entities.values())
    for entity in entities:
        for relation in entity.relations:
            _add_relation_index(union, relation.foreign_key, entities)
    return union


def _add_relation_index(union: sa.MetaData, foreign_key: Any, entities: Sequence[EntityDefinition]) -> None:
    """`Index(fk, *default_order, id)`: the first rows of a parent are read from it without sorting."""
    child = next(entity for entity in entities if entity.model is foreign_key.class_)
    table = union.tables[child.model.__table__.name]
    order = [getattr(term, "element", term) for term in child.declaration.default_order]
    columns = [foreign_key.key, *(term.key for term in order), "id"]
    name = _index_name(f"ix_{table.name}_{foreign_key.key}")
    if name not in {index.name for index in table.indexes}:
        sa.Index(name, *(table.c[column] for column in dict.fromkeys(columns)))


def _index_name(of: str) -> str:
    """The name of a relation's index, which migrations know by its end; a digest stands for what is too long."""
    name = f"{of}_in_order"
    if len(name) <= LONGEST_NAME:
        return name
    end = f"_{hashlib.sha256(of.encode()).hexdigest()[:8]}_in_order"
    return of[: LONGEST_NAME - len(end)] + end
