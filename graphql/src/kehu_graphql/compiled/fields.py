"""Fields of a record: what each one that is selected means, and whether the principal may read it."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from graphql import FieldNode, GraphQLField, GraphQLNonNull, GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter

import kehu
from kehu.kernel.composition import ColumnDefinition, EntityDefinition, ReferenceDefinition
from kehu.kernel.plugin import declarations as d
from kehu_graphql.compiled.operations import Collector, NotCovered
from kehu_graphql.compiled.serializers import Leaves
from kehu_graphql.compiled.statement_cache import Room
from kehu_graphql.schema.fields import GeneratedField
from kehu_graphql.schema.rights import RightsOf

# The references that lead from the record of the row to another one.
Path = tuple[str, ...]
Make = Callable[[Any], Any]
Computed = d.FieldDeclaration | RightsOf
T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Making:
    """What is known while a plan is made."""

    app: kehu.App
    collector: Collector
    leaves: Leaves
    forms: Room
    principal: kehu.Principal

    def meaning(self, field: GraphQLField) -> object:
        """What a field is made from; None where a plugin wrote it by hand."""
        found = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        return found.means if isinstance(found, GeneratedField) and not found.extensions else None


class Fields(abc.ABC, Generic[T]):
    """Answers each field of a record, or of one that a path leads to, with a T."""

    def __init__(self, making: Making, entity: EntityDefinition) -> None:
        self.making, self.entity = making, entity
        self.references: dict[Path, ReferenceDefinition] = {}

    def selected(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], path: Path
    ) -> Sequence[tuple[str, T]]:
        """The fields by the names that they have in the answer."""
        sets = [node.selection_set for node in nodes]
        found = self.making.collector.selected(kind, sets)
        return [(key, self._field(kind, same, path)) for key, same in found.items()]

    def target(self, path: Path) -> Any:
        """The class of the records that a path leads to."""
        return self.references[path].target if path else self.entity.model

    def _field(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], path: Path) -> T:
        name = nodes[0].name.value
        if name == "__typename":
            return self._constant(kind.name)
        field = kind.fields[name]
        meaning = self.making.meaning(field)
        if isinstance(meaning, ReferenceDefinition):
            hidden = self.making.app.catalogue[self.target(path)].hides(meaning)
            if not self._may_read(hidden):
                return self._constant(None)
            inner = (*path, meaning.name)
            self.references[inner] = meaning
            return self._reference(field, nodes, inner)
        if isinstance(meaning, d.RelationDeclaration):
            if not self._may_read(meaning.read):
                raise NotCovered(f"{meaning.read} is missing")
            return self._relation(meaning, field, nodes, path)
        if isinstance(meaning, RightsOf) or (
            isinstance(meaning, d.FieldDeclaration) and meaning.kind != "sql"
        ):
            return self._computed(meaning, field, nodes, path)
        return self._value(meaning, field, path)

    def _value(self, meaning: object, field: GraphQLField, path: Path) -> T:
        if isinstance(meaning, EntityDefinition):
            return self._id(path, "id", meaning.name, nullable=False)
        if not isinstance(meaning, (ColumnDefinition, kehu.CustomField, d.FieldDeclaration)):
            raise NotCovered(str(meaning))
        permission = meaning.options.read if isinstance(meaning, ColumnDefinition) else meaning.read
        if not self._may_read(permission):
            return self._constant(None)
        if isinstance(meaning, ColumnDefinition):
            return self._column(meaning, field, path)
        if isinstance(meaning, kehu.CustomField):
            return self._custom(meaning, field, path)
        return self._leaf(path, ("sql", meaning.name), meaning.function, field.type, nullable=True)

    def _may_read(self, permission: str | None) -> bool:
        return permission is None or self.making.principal.can(permission)

    def _column(self, column: ColumnDefinition, field: GraphQLField, path: Path) -> T:
        attribute = column.attribute
        nullable = bool(column.mapped.property.columns[0].nullable)
        if column.target is not None:
            target = self.making.app.composition.entities[column.target].name
            return self._id(path, attribute, target, nullable=nullable)
        kind: Any = field.type
        if isinstance(kind, GraphQLNonNull) and not nullable:
            # The database keeps it from being null, so nobody has to look.
            kind = kind.of_type
        return self._leaf(path, attribute, lambda entity: getattr(entity, attribute), kind, nullable=nullable)

    # --- what differs ---
    @abc.abstractmethod
    def _constant(self, value: str | None) -> T:
        """The same for every record."""

    @abc.abstractmethod
    def _id(self, path: Path, attribute: str, type_name: str, *, nullable: bool) -> T:
        """The global id of the record whose key is in a column."""

    @abc.abstractmethod
    def _leaf(self, path: Path, what: object, make: Make, kind: Any, *, nullable: bool) -> T:
        """A value without parts; `nullable` says whether the database may have none."""

    @abc.abstractmethod
    def _custom(self, custom: kehu.CustomField[Any, Any], field: GraphQLField, path: Path) -> T:
        """A custom field."""

    @abc.abstractmethod
    def _reference(self, field: GraphQLField, nodes: Sequence[FieldNode], path: Path) -> T:
        """The record that the path leads to."""

    @abc.abstractmethod
    def _relation(
        self, relation: d.RelationDeclaration, field: GraphQLField, nodes: Sequence[FieldNode], path: Path
    ) -> T:
        """A list of the records that point at this one."""

    @abc.abstractmethod
    def _computed(self, computed: Computed, field: GraphQLField, nodes: Sequence[FieldNode], path: Path) -> T:
        """What a plugin computes of the record, or what the principal may do with it."""
