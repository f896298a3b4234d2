"""Records: what is read of each record of a list, and the code that makes an object of the answer of each row."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type
from sqlalchemy.orm import aliased
from strawberry.schema.schema_converter import GraphQLCoreConverter

import kehu
from kehu.composition import ColumnDefinition, EntityDefinition, ReferenceDefinition
from kehu.plugin import declarations as d
from kehu_graphql.compiled.leaves import Leaves, written
from kehu_graphql.compiled.operations import Collector, NotCovered
from kehu_graphql.schema.fields import GeneratedField
from kehu_graphql.schema.rights import RightsOf

# The references that lead from the record of the row to another one.
Path = tuple[str, ...]
Make = Callable[[Any], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Making:
    """What is known while a plan is made."""

    app: kehu.App
    collector: Collector
    leaves: Leaves
    principal: kehu.Principal

    def meaning(self, field: GraphQLField) -> object:
        """What a field is made from; None where a plugin wrote it by hand."""
        found = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        return found.means if isinstance(found, GeneratedField) and not found.extensions else None


class Record:
    """The columns of the rows of one list, and expressions that make objects of a row `r`.

    `first` columns of the row belong to somebody else. Lists within the record are `lists`, whose answers the
    expressions find in `m0`, `m1`, ... by the key of the parent.
    """

    def __init__(self, making: Making, entity: EntityDefinition, *, first: int = 0) -> None:
        self._making, self._entity, self._first = making, entity, first
        self._makers: list[tuple[Path, Make]] = []
        self._positions: dict[tuple[Path, object], int] = {}
        self._references: dict[Path, ReferenceDefinition] = {}
        self.lists: list[tuple[int, Any]] = []
        self.names: dict[str, Any] = {}

    @property
    def width(self) -> int:
        """How many columns a row has."""
        return self._first + len(self._makers)

    def columns(self, entity: Any) -> tuple[Sequence[Any], Sequence[tuple[Any, Any]]]:
        """The columns for the class or an alias of it, and the aliases to join, each with its condition."""
        aliases: dict[Path, Any] = {(): entity}
        joined = []
        for path, reference in self._references.items():
            alias = aliases[path] = aliased(reference.target)
            joined.append((alias, alias.id == getattr(aliases[path[:-1]], reference.key)))
        return [make(aliases[path]) for path, make in self._makers], joined

    def shape(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], path: Path = ()) -> str:
        """The expression of the object that these fields select of the record, or of one that `path` leads to."""
        sets = [node.selection_set for node in nodes]
        selected = self._making.collector.selected(kind, sets)
        parts = [f"{json.dumps(key)}: {self._field(kind, same, path)}" for key, same in selected.items()]
        return "{" + ", ".join(parts) + "}"

    def closed(self) -> None:
        """Nothing more is selected; something has to be, or there would be no rows."""
        if not self._makers:
            self.key()

    def key(self, path: Path = ()) -> int:
        """Where the key of the record stands in the row."""
        return self._position(path, "key", lambda entity: entity.id)

    def name(self, value: Any) -> str:
        """A name for a value that expressions need."""
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name

    # --- fields ---
    def _field(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], path: Path) -> str:
        name = nodes[0].name.value
        if name == "__typename":
            return repr(kind.name)
        field = kind.fields[name]
        meaning = self._making.meaning(field)
        if isinstance(meaning, ReferenceDefinition):
            return self._reference(meaning, field, nodes, path)
        if isinstance(meaning, d.RelationDeclaration):
            return self._relation(meaning, field, nodes, path)
        is_function = isinstance(meaning, d.FieldDeclaration) and meaning.kind != "sql"
        if is_function or isinstance(meaning, RightsOf):
            return self._by_key(path, meaning, field, nodes)
        return self._value(meaning, field, path)

    def _value(self, meaning: object, field: GraphQLField, path: Path) -> str:
        if isinstance(meaning, EntityDefinition):
            return self._id(path, "id", lambda entity: entity.id, meaning.name)
        if isinstance(meaning, ColumnDefinition):
            return self._column(meaning, field, path)
        if isinstance(meaning, kehu.CustomField):
            return self._custom(meaning, field, path)
        if isinstance(meaning, d.FieldDeclaration):
            return self._sql(meaning, field, path)
        raise NotCovered(str(meaning))

    def _may_read(self, permission: str | None) -> bool:
        return permission is None or self._making.principal.can(permission)

    def _column(self, column: ColumnDefinition, field: GraphQLField, path: Path) -> str:
        if not self._may_read(column.options.read):
            return "None"
        attribute = column.attribute
        if column.target is not None:
            target = self._making.app.composition.entities[column.target].name
            return self._id(path, attribute, lambda entity: getattr(entity, attribute), target)
        kind: Any = field.type
        if isinstance(kind, GraphQLNonNull) and not column.mapped.property.columns[0].nullable:
            # The database keeps it from being null, so nobody has to look.
            return self._leaf(path, attribute, lambda entity: getattr(entity, attribute), kind.of_type)
        return self._leaf(path, attribute, lambda entity: getattr(entity, attribute), kind)

    def _id(self, path: Path, attribute: str, make: Make, type_name: str) -> str:
        leaves = self._making.leaves
        position = self._position(
            path, ("id", attribute), lambda entity: leaves.id_of(make(entity), type_name)[0]
        )
        convert = leaves.id_of(sa.column("id", sa.Uuid()), type_name)[1]
        return f"r[{position}]" if convert is None else f"{self.name(convert)}(r[{position}])"

    def _leaf(self, path: Path, what: object, make: Make, kind: Any) -> str:
        leaves, model = self._making.leaves, self._target(path)
        _, convert = leaves.selected(make(model), kind)
        position = self._position(
            path, (what, str(kind)), lambda entity: leaves.selected(make(entity), kind)[0]
        )
        if convert is None:
            return f"r[{position}]"
        name = self.name(convert)
        return f"{name}[r[{position}]]" if isinstance(convert, Mapping) else f"{name}(r[{position}])"

    def _sql(self, computed: d.FieldDeclaration, field: GraphQLField, path: Path) -> str:
        if not self._may_read(computed.read):
            return "None"
        return self._leaf(path, ("sql", computed.name), computed.function, field.type)

    def _custom(self, custom: kehu.CustomField[Any, Any], field: GraphQLField, path: Path) -> str:
        if not self._may_read(custom.read):
            return "None"
        position = self._position(path, "custom", lambda entity: entity.custom)
        stored = self._target(path).custom.type
        read = self._making.leaves.read(stored)
        write = _custom_value(custom, read, field.type)
        return f"{self.name(write)}(r[{position}])"

    def _reference(
        self, reference: ReferenceDefinition, field: GraphQLField, nodes: Sequence[FieldNode], path: Path
    ) -> str:
        inner = (*path, reference.name)
        self._references[inner] = reference
        target: Any = get_named_type(field.type)
        expression = self.shape(target, nodes, inner)
        return f"(None if r[{self.key(inner)}] is None else {expression})"

    def _relation(
        self, relation: d.RelationDeclaration, field: GraphQLField, nodes: Sequence[FieldNode], path: Path
    ) -> str:
        if not self._may_read(relation.read):
            raise NotCovered(f"{relation.read} is missing")
        return self._by_key(path, relation, field, nodes)

    def _by_key(self, path: Path, *declared: Any) -> str:
        """What is found by the key of the record once all rows are there."""
        position = self.key(path)
        self.lists.append((position, declared))
        return f"m{len(self.lists) - 1}[r[{position}]]"

    # --- columns ---
    def _target(self, path: Path) -> Any:
        return self._references[path].target if path else self._entity.model

    def _position(self, path: Path, what: object, make: Make) -> int:
        position = self._positions.get((path, what))
        if position is None:
            position = self._positions[path, what] = self.width
            self._makers.append((path, make))
        return position


class _Holder:
    """Stands for a record where only its custom fields are looked at."""

    __slots__ = ("custom",)

    def __init__(self, custom: Any) -> None:
        self.custom = custom


def _custom_value(custom: kehu.CustomField[Any, Any], read: Any, kind: Any) -> Any:
    write = written(kind)

    def convert(raw: Any) -> Any:
        return write(custom.get(_Holder(read(raw) if read else raw)))

    return convert
