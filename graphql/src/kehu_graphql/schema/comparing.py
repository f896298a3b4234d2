"""What changed between two schemas, as a front-end developer wants to know it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from graphql import GraphQLSchema, build_schema, find_breaking_changes, find_dangerous_changes


@dataclasses.dataclass(frozen=True, slots=True)
class Differences:
    """What would break documents that were valid, what may surprise them, and what is new."""

    breaking: list[str]
    dangerous: list[str]
    added: list[str]

    @property
    def lines(self) -> list[str]:
        """One line for each difference; one that says so where there is none."""
        lines = [f"breaking   {text}" for text in self.breaking]
        lines += [f"dangerous  {text}" for text in self.dangerous]
        lines += [f"added      {text}" for text in self.added]
        return lines or ["The schemas are the same for every document."]


def compare(old: str, new: str) -> Differences:
    """The differences between two schemas given in the schema definition language."""
    before, after = build_schema(old), build_schema(new)
    return Differences(
        breaking=[change.description for change in find_breaking_changes(before, after)],
        dangerous=[change.description for change in find_dangerous_changes(before, after)],
        added=list(_added(before, after)),
    )


def _added(before: GraphQLSchema, after: GraphQLSchema) -> Iterator[str]:
    for name, kind in after.type_map.items():
        known = before.type_map.get(name)
        if known is None:
            yield f"type {name}"
            continue
        fields = getattr(kind, "fields", {})
        yield from (f"{name}.{field}" for field in fields if field not in getattr(known, "fields", {}))
