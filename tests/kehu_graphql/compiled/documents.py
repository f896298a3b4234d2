"""Documents at random over any schema: fragments, aliases, directives, variables, good and bad arguments."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

DEPTH = 4
LISTS = ("filter", "orderBy", "first", "last", "after", "before")


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """A text and its variables."""

    text: str
    variables: dict[str, Any]


class Known:
    """Values that occur in the data, so that filters and cursors meet something.

    `ids` are by the name of their type; `targets` say which type a field of a filter, or a root field, has the id of.
    """

    def __init__(
        self, ids: Mapping[str, Sequence[str]], targets: Mapping[tuple[str, str], str], words: Sequence[str]
    ) -> None:
        self.ids, self.targets, self.words = ids, targets, list(words)
        self.cursors: list[str] = ["garbage", ""]


class Writing:
    """Writes one document."""

    def __init__(
        self,
        schema: GraphQLSchema,
        chance: random.Random,
        known: Known,
    ) -> None:
        self._schema, self._chance, self._known = schema, chance, known
        self._target: str | None = None
        self._declared: dict[str, str] = {}
        self._fragments: list[str] = []
        self.variables: dict[str, Any] = {}

    def document(self, roots: Sequence[str]) -> Document:
        """A query of some of these root fields."""
        query = self._schema.query_type
        assert query is not None
        some = [self._chance.choice(roots) for _ in range(self._chance.choice([1, 1, 1, 2, 3]))]
        body = " ".join(
            self._node(name, f"r{i}")
            if name in ("node", "nodes")
            else self._field(query, name, query.fields[name], 0, f"r{i}")
            for i, name in enumerate(some)
        )
        declared = ", ".join(f"${name}: {kind}" for name, kind in self._declared.items())
        head = f"query Q({declared})" if declared else self._chance.choice(["query Q", "query", ""])
        text = f"{head} {{ {body} }} {' '.join(self._fragments)}"
        return Document(text, self.variables)

    def _node(self, root: str, alias: str) -> str:
        """Records of a type that only their ids tell; sometimes asked what another type has."""
        name = self._chance.choice([name for name, ids in self._known.ids.items() if ids])
        other = self._chance.choice([name, name, *self._known.ids])
        kind = self._schema.get_type(other)
        assert isinstance(kind, GraphQLObjectType)
        some = self._chance.choices(self._known.ids[name], k=3)
        given = f"id: {json.dumps(some[0])}" if root == "node" else f"ids: {json.dumps(some)}"
        inner = self._selection(kind, 1)
        return f"{alias}: {root}({given}) {{ __typename id ... on {other} {{ {inner} }} }}"

    # --- selections ---
    def _selection(self, kind: Any, depth: int) -> str:
        names = [name for name in kind.fields if self._may(kind, name, depth)]
        if not names:
            return "__typename"
        count = min(len(names), self._chance.randint(1, 6))
        parts = [
            self._field(kind, name, kind.fields[name], depth, f"{name}{i}")
            for i, name in enumerate(self._chance.sample(names, count))
        ]
        if self._chance.random() < 0.2:
            parts.append("__typename" + self._directive())
        if self._chance.random() < 0.2 and len(parts) > 1:
            parts = [*parts[1:], self._fragment(kind, parts[0])]
        self._chance.shuffle(parts)
        return " ".join(parts)

    def _may(self, kind: Any, name: str, depth: int) -> bool:
        return depth < DEPTH or is_leaf_type(get_named_type(kind.fields[name].type))

    def _field(self, kind: Any, name: str, field: GraphQLField, depth: int, alias: str) -> str:
        shown = f"{alias}: {name}" if depth == 0 or self._chance.random() < 0.15 or field.args else name
        self._target = self._known.targets.get((kind.name, name))
        shown += self._arguments(field) + self._directive()
        target = get_named_type(field.type)
        if is_leaf_type(target):
            return shown
        inner = self._selection(target, depth + (0 if target.name.endswith(("Edge", "PageInfo")) else 1))
        return f"{shown} {{ {inner} }}"

    def _fragment(self, kind: Any, inner: str) -> str:
        conditions = [kind.name, *(interface.name for interface in kind.interfaces)]
        if self._chance.random() < 0.5:
            # What an interface has not can be asked inside of it again.
            on = self._chance.choice(["", f" on {kind.name}"])
            outer = self._chance.choice(conditions)
            if outer != kind.name:
                return f"... on {outer} {{ ...{' on ' + kind.name} {{ {inner} }} }}"
            return f"...{on}{self._directive()} {{ {inner} }}"
        name = f"F{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {kind.name} {{ {inner} }}")
        return f"...{name}{self._directive()}"

    def _directive(self) -> str:
        draw = self._chance.random()
        if draw > 0.12:
            return ""
        name = "skip" if draw < 0.05 else "include"
        if self._chance.random() < 0.5:
            return f" @{name}(if: {'true' if self._chance.random() < 0.5 else 'false'})"
        return f" @{name}(if: {self._variable('Boolean!', self._chance.random() < 0.5)})"

    # --- arguments ---
    def _arguments(self, field: GraphQLField) -> str:
        given = {}
        for name, argument in field.args.items():
            required = isinstance(argument.type, GraphQLNonNull)
            likely = {"first": 0.7, "last": 0.1, "after": 0.15, "before": 0.06}.get(name, 0.35)
            if required or self._chance.random() < likely:
                value = self._value(argument.type, name)
                as_variable = self._chance.random() < 0.35
                given[name] = (
                    self._variable(str(argument.type), value)
                    if as_variable
                    else self._literal(value, argument.type)
                )
        return f"({', '.join(f'{name}: {value}' for name, value in given.items())})" if given else ""

    def _variable(self, kind: str, value: Any) -> str:
        name = f"v{len(self._declared)}"
        self._declared[name] = kind
        self.variables[name] = value
        return f"${name}"

    def _literal(self, value: Any, kind: Any) -> str:
        if value is None:
            return "null"
        kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(kind, GraphQLList):
            return "[" + ", ".join(self._literal(item, kind.of_type) for item in value) + "]"
        if isinstance(kind, GraphQLInputObjectType):
            fields = (f"{name}: {self._part(part, kind.fields[name].type)}" for name, part in value.items())
            return "{" + ", ".join(fields) + "}"
        return str(value) if isinstance(kind, GraphQLEnumType) else json.dumps(value)

    def _part(self, value: Any, kind: Any) -> str:
        """A part of an input, which may be a variable of its own."""
        if self._chance.random() < 0.15:
            return self._variable(str(kind), value)
        return self._literal(value, kind)

    def _value(self, kind: Any, name: str, depth: int = 0) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._known_value(kind.of_type, name, depth)
        return None if depth and self._chance.random() < 0.05 else self._known_value(kind, name, depth)

    def _known_value(self, kind: Any, name: str, depth: int) -> Any:
        if isinstance(kind, GraphQLList):
            return [self._value(kind.of_type, name, depth + 1) for _ in range(self._chance.randint(0, 2))]
        if isinstance(kind, GraphQLInputObjectType):
            return self._input(kind, depth)
        if isinstance(kind, GraphQLEnumType):
            is_measure = kind.name == "AggregateMeasure" and self._chance.random() < 0.9
            return "COUNT" if is_measure else self._chance.choice(list(kind.values))
        if name in ("after", "before"):
            return self._chance.choice(self._known.cursors)
        return self._scalar(kind.name, name)

    def _input(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        required = [n for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull)]
        others = [n for n in kind.fields if n not in required]
        if depth > 3:
            others = [n for n in others if is_leaf_type(get_named_type(kind.fields[n].type))]
        count = self._chance.choice([0, 1, 1, 1, 2]) if not required else self._chance.randint(0, 1)
        names = [*required, *self._chance.sample(others, min(count, len(others)))]
        if self._chance.random() < 0.9:
            names = self._sensible(kind, names)
        found = {}
        for part in names:
            self._target = self._known.targets.get((kind.name, part), self._target)
            found[part] = self._value(kind.fields[part].type, part, depth + 1)
        return found

    def _sensible(self, kind: GraphQLInputObjectType, names: list[str]) -> list[str]:
        """Which fields go together, where not all do: a term of a grouping is one thing, COUNT is of no field."""
        if kind.name.endswith("GroupBy"):
            references = [name for name in kind.fields if name not in ("field", "bucket")]
            return [self._chance.choice(["field", "field", "field", *references])]
        return [name for name in names if name != "field"] if kind.name.endswith("Having") else names

    def _scalar(self, kind: str, name: str) -> Any:
        chance = self._chance
        if name in ("first", "last"):
            return (
                chance.choice([0, 1, 2, 3, 5, 5, 5, 20])
                if chance.random() < 0.97
                else chance.choice([-1, 201])
            )
        values: dict[str, Callable[[], Any]] = {
            "Int": lambda: chance.randint(-2, 90),
            "Float": lambda: chance.choice([0.5, 2.0]),
            "Boolean": lambda: chance.random() < 0.5,
            "Decimal": lambda: chance.choice(["1", "99.99", "-12.5", "1054.50", "0"]),
            "DateTime": lambda: chance.choice(["2026-03-02T09:00:00Z", "2026-03-03T17:00:00+08:00"]),
            "Date": lambda: f"2026-0{chance.randint(1, 4)}-10",
            "ID": lambda: chance.choice(self._ids(name)) if chance.random() < 0.98 else "no id",
            "UUID": lambda: "00000000-0000-0000-0000-000000000001",
        }
        return values.get(kind, lambda: chance.choice(self._known.words))()

    def _ids(self, name: str) -> Sequence[str]:
        """Ids of what a field or an argument of this name means."""
        target = self._target or next((t for t in self._known.ids if t[:1].lower() + t[1:] == name), "")
        return self._known.ids.get(target) or ["Q3VzdG9tZXI6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAx"]
