"""What changed between two schemas, as a front-end developer wants to know it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from graphql import GraphQLSchema, build_schema, find_breaking_changes, find_dangerous_changes


@dataclasses.dataclass(frozen=True, slots=True)
class Differences:
    """What would break documents that were valid, what may surprise them, what is newly deprecated, and what is new.

    Of a field that has gone `breaking` says whether front-ends had been told.
    """

    breaking: list[str]
    dangerous: list[str]
    deprecated: list[str]
    added: list[str]

    @property
    def lines(self) -> list[str]:
        """One line for each difference; one that says so where there is none."""
        lines = [f"breaking   {text}" for text in self.breaking]
        lines += [f"dangerous  {text}" for text in self.dangerous]
        lines += [f"deprecated {text}" for text in self.deprecated]
        lines += [f"added      {text}" for text in self.added]
        return lines or ["The schemas are the same for every document."]


def compare(old: str, new: str) -> Differences:
    """The differences between two schemas given in the schema definition language."""
    before, after = build_schema(old), build_schema(new)
    return Differences(
        breaking=[
            _with_notice(change.description, before) for change in find_breaking_changes(before, after)
        ],
        dangerous=[change.description for change in find_dangerous_changes(before, after)],
        deprecated=[
            f"{name}: {reason}"
            for name, reason in deprecations(after).items()
            if deprecations(before).get(name) != reason
        ],
        added=list(_added(before, after)),
    )


def deprecations(schema: GraphQLSchema) -> dict[str, str]:
    """The reasons of everything that is deprecated: fields, arguments, fields of inputs, values of enums."""
    return dict(_deprecations(schema))


def _deprecations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    for kind in schema.type_map.values():
        members = {**getattr(kind, "fields", {}), **getattr(kind, "values", {})}
        for name, member in members.items():
            if member.deprecation_reason:
                yield f"{kind.name}.{name}", member.deprecation_reason
            for argument, given in getattr(member, "args", {}).items():
                if given.deprecation_reason:
                    yield f"{kind.name}.{name}({argument})", given.deprecation_reason


def _with_notice(description: str, before: GraphQLSchema) -> str:
    """The change, and what was announced of the field that it takes away."""
    removed = description.removeprefix("Field ").removesuffix(" was removed.")
    notice = deprecations(before).get(removed)
    return f"{description} {notice}" if notice else description


def _added(before: GraphQLSchema, after: GraphQLSchema) -> Iterator[str]:
    for name, kind in after.type_map.items():
        known = before.type_map.get(name)
        if known is None:
            yield f"type {name}"
            continue
        fields = getattr(kind, "fields", {})
        yield from (f"{name}.{field}" for field in fields if field not in getattr(known, "fields", {}))
