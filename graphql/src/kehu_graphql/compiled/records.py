"""Records: what is read of each record of a list, and the code that makes an object of the answer of each row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy.orm import aliased

import kehu
from kehu.kernel.composition import EntityDefinition, ReferenceDefinition
from kehu.kernel.plugin import declarations as d
from kehu_graphql.compiled.fields import Computed, Fields, Make, Making, Path
from kehu_graphql.compiled.serializers import written


class Record(Fields[str]):
    """The columns of the rows of one list, and expressions that make objects of a row `r`.

    `first` columns of the row belong to somebody else. Lists within the record are `lists`, whose answers the
    expressions find in `m0`, `m1`, ... by the key of the parent.
    """

    def __init__(self, making: Making, entity: EntityDefinition, *, first: int = 0) -> None:
        super().__init__(making, entity)
        self._first = first
        self._makers: list[tuple[Path, Make]] = []
        self._positions: dict[tuple[Path, object], int] = {}
        self.lists: list[tuple[int, Any]] = []
        self.names: dict[str, Any] = {}

    @property
    def width(self) -> int:
        """How many columns a row has."""
        return self._first + len(self._makers)

    def columns(self, entity: Any) -> tuple[Sequence[Any], Sequence[tuple[Any, Any]]]:
        """The columns for the class or an alias of it, and the aliases to join, each with its condition."""
        aliases, joined = referenced(self.references, entity)
        return [make(aliases[path]) for path, make in self._makers], joined

    def shape(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], path: Path = ()) -> str:
        """The expression of the object that these fields select of the record, or of one that `path` leads to."""
        parts = [f"{json.dumps(key)}: {value}" for key, value in self.selected(kind, nodes, path)]
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
    def _constant(self, value: str | None) -> str:
        return repr(value)

    def _id(self, path: Path, attribute: str, type_name: str, *, nullable: bool) -> str:
        leaves = self.making.leaves
        position = self._position(
            path, ("id", attribute), lambda entity: leaves.id_of(getattr(entity, attribute), type_name)[0]
        )
        convert = leaves.id_of(sa.column("id", sa.Uuid()), type_name)[1]
        return self._converted(position, convert)

    def _leaf(self, path: Path, what: object, make: Make, kind: Any, *, nullable: bool) -> str:
        leaves, model = self.making.leaves, self.target(path)
        _, convert = leaves.selected(make(model), kind)
        position = self._position(
            path, (what, str(kind)), lambda entity: leaves.selected(make(entity), kind)[0]
        )
        return self._converted(position, convert)

    def _converted(self, position: int, convert: Any) -> str:
        if convert is None:
            return f"r[{position}]"
        name = self.name(convert)
        return f"{name}[r[{position}]]" if isinstance(convert, Mapping) else f"{name}(r[{position}])"

    def _custom(self, custom: kehu.CustomField[Any, Any], field: GraphQLField, path: Path) -> str:
        position = self._position(path, "custom", lambda entity: entity.custom)
        stored = self.target(path).custom.type
        read = self.making.leaves.read(stored)
        write = _custom_value(custom, read, field.type)
        return f"{self.name(write)}(r[{position}])"

    def _reference(self, field: GraphQLField, nodes: Sequence[FieldNode], path: Path) -> str:
        target: Any = get_named_type(field.type)
        expression = self.shape(target, nodes, path)
        return f"(None if r[{self.key(path)}] is None else {expression})"

    def _relation(
        self, relation: d.RelationDeclaration, field: GraphQLField, nodes: Sequence[FieldNode], path: Path
    ) -> str:
        return self._by_key(path, relation, field, nodes)

    def _computed(
        self, computed: Computed, field: GraphQLField, nodes: Sequence[FieldNode], path: Path
    ) -> str:
        return self._by_key(path, computed, field, nodes)

    def _by_key(self, path: Path, *declared: Any) -> str:
        """What is found by the key of the record once all rows are there."""
        position = self.key(path)
        self.lists.append((position, declared))
        return f"m{len(self.lists) - 1}[r[{position}]]"

    def _position(self, path: Path, what: object, make: Make) -> int:
        position = self._positions.get((path, what))
        if position is None:
            position = self._positions[path, what] = self.width
            self._makers.append((path, make))
        return position


def referenced(
    references: Mapping[Path, ReferenceDefinition], entity: Any
) -> tuple[Mapping[Path, Any], Sequence[tuple[Any, Any]]]:
    """The records that paths lead to from the class or an alias of it, and how they are joined."""
    aliases: dict[Path, Any] = {(): entity}
    joined = []
    for path, reference in references.items():
        alias = aliases[path] = aliased(reference.target)
        joined.append((alias, alias.id == getattr(aliases[path[:-1]], reference.key)))
    return aliases, joined


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
