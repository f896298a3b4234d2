"""The schema as pages: one for each entity, and one for each kind of the other types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
)

from kehu.kernel.composition import Composition, EntityDefinition
from kehu_graphql.schema.diff import deprecations

Pages = dict[str, str]

_KINDS: tuple[tuple[type[GraphQLNamedType], str, str], ...] = (
    (GraphQLScalarType, "scalars.md", "Scalars"),
    (GraphQLEnumType, "enums.md", "Enums"),
    (GraphQLInputObjectType, "inputs.md", "Inputs"),
    (GraphQLInterfaceType, "interfaces.md", "Interfaces"),
    (GraphQLObjectType, "objects.md", "Other objects"),
)


def pages_of(schema: GraphQLSchema, composition: Composition) -> Pages:
    """The pages by their names, as Markdown; `index.md` leads to all of them. The same for the same plugins."""
    book = _Book(schema, composition)
    pages = {f"{entity.name}.md": book.entity_page(entity) for entity in composition.by_name.values()}
    pages |= {name: book.kind_page(kind, title) for kind, name, title in _KINDS}
    return {"index.md": book.index(), **dict(sorted(pages.items()))}


class _Book:
    """A schema, and which page each of its types is on."""

    def __init__(self, schema: GraphQLSchema, composition: Composition) -> None:
        self._schema, self._composition = schema, composition
        self._types = {n: t for n, t in sorted(schema.type_map.items()) if not n.startswith("__")}
        self._roots = [
            root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root
        ]

    def index(self) -> str:
        """The entities by plugin, the root fields of no entity, and what will go."""
        lines = ["# Schema", "", "Made of these plugins, each with its types:", ""]
        for plugin in self._composition.plugins:
            own = [e.name for e in self._composition.by_name.values() if e.owner.plugin == plugin.name]
            lines += [f"- **{plugin.name}**: {', '.join(f'[{name}]({name}.md)' for name in own) or 'none'}"]
        others = ", ".join(f"[{title}]({name})" for _, name, title in _KINDS)
        lines += ["", f"The others, by kind: {others}."]
        for root in self._roots:
            lines += ["", f"## {root.name}", "", root.description or "", ""]
            lines += self._signatures(self._of_no_entity(root))
        gone = deprecations(self._schema)
        lines += ["", "## What will go", ""]
        lines += [f"- `{name}`: {reason}" for name, reason in sorted(gone.items())] or ["Nothing."]
        return _page(lines)

    def entity_page(self, entity: EntityDefinition) -> str:
        """What a record has, and the root fields about it."""
        kind: Any = self._types[entity.name]
        lines = [f"# {entity.name}", "", kind.description or "", "", f"Plugin {entity.owner.plugin}."]
        lines += ["", "## Fields", "", *self._table(kind.fields)]
        for root in self._roots:
            about = {n: f for n, f in root.fields.items() if self._subject(n, f) == entity.name}
            if about:
                lines += ["", f"## {root.name}", "", *self._signatures(about)]
        return _page(lines)

    def kind_page(self, kind: type[GraphQLNamedType], title: str) -> str:
        """All types of a kind that have no page of their own."""
        lines = [f"# {title}"]
        for name, found in self._types.items():
            if isinstance(found, kind) and self._page_of(name).startswith(_page_name(found)):
                lines += ["", f"## {name}", "", found.description or "", "", *self._members(found)]
        return _page(lines)

    # --- parts ---
    def _members(self, kind: Any) -> list[str]:
        if isinstance(kind, GraphQLEnumType):
            return [f"- `{name}`: {_told(value)}" for name, value in kind.values.items()]
        return self._table(kind.fields) if hasattr(kind, "fields") else []

    def _table(self, fields: Mapping[str, Any]) -> list[str]:
        rows = [
            f"| `{name}` | {self._typed(field.type)} | {_told(field)} |" for name, field in fields.items()
        ]
        return ["| | | |", "|---|---|---|", *rows]

    def _signatures(self, fields: Mapping[str, GraphQLField]) -> list[str]:
        lines: list[str] = []
        for name, field in fields.items():
            lines += [f"### {name}", "", f"{_told(field)} Gives {self._typed(field.type)}.", ""]
            lines += [self._argument(argument, given) for argument, given in field.args.items()]
            lines += [""] if field.args else []
        return lines

    def _argument(self, name: str, given: GraphQLArgument) -> str:
        return f"- `{name}` {self._typed(given.type)}: {_told(given)}"

    def _typed(self, annotation: Any) -> str:
        name = get_named_type(annotation).name
        before, _, after = str(annotation).partition(name)
        return f"{_plain(before)}[{name}]({self._page_of(name)}){_plain(after)}"

    def _page_of(self, name: str) -> str:
        if name in self._composition.by_name:
            return f"{name}.md"
        return f"{_page_name(self._types[name])}#{name.lower()}"

    def _of_no_entity(self, root: GraphQLObjectType) -> dict[str, GraphQLField]:
        return {name: field for name, field in root.fields.items() if self._subject(name, field) is None}

    def _subject(self, name: str, field: GraphQLField) -> str | None:
        """The entity whose page a root field is on: the one that its answer is about."""
        return next(self._subjects(get_named_type(field.type)), None)

    def _subjects(self, answer: Any) -> Iterator[str]:
        entities = self._composition.by_name
        if answer.name in entities:
            yield answer.name
        for field in getattr(answer, "fields", {}).values() if answer.name not in entities else ():
            inner: Any = get_named_type(field.type)
            if inner.name in entities:
                yield inner.name
            elif inner.name.endswith(("Edge", "Result", "GroupKey")):
                yield from _entities_of(inner, entities)


def _entities_of(kind: Any, entities: Mapping[str, EntityDefinition]) -> Iterable[str]:
    for suffix in ("Edge", "Result", "GroupKey"):
        if kind.name.endswith(suffix) and kind.name.removesuffix(suffix) in entities:
            return [kind.name.removesuffix(suffix)]
    return []


def _page_name(kind: GraphQLNamedType) -> str:
    return next(name for each, name, _ in _KINDS if isinstance(kind, each))


def _told(member: Any) -> str:
    """The description in one line, and that it will go."""
    text = " ".join((member.description or "").split()).replace("|", "\\|")
    return f"{text} **Deprecated**: {member.deprecation_reason}" if member.deprecation_reason else text


def _plain(brackets: str) -> str:
    return brackets.replace("[", "\\[").replace("]", "\\]")


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
