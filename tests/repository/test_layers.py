"""Layers: no packages of ours import one another in a circle when they run, and the kernel knows no noun."""

from __future__ import annotations

import graphlib
import re
from collections import defaultdict
from pathlib import Path

import grimp
import pytest

# Mapped classes of the layers above; the kernel works with any.
NOUNS = re.compile(
    r"\b(User|Team|Role|Grant|Customer|Contact|Interaction|Product|PriceList|AuditEntry|OutboxEvent)\b"
)


def packages(module: str, depth: int) -> str:
    """The package at this depth that a module stands in; a module at this depth stands for itself."""
    return ".".join(module.split(".")[:depth])


def largest_circle(imports: dict[str, set[str]]) -> int:
    """How many packages import one another, directly or through others: 1 where there is no circle."""
    reached = {name: reach(imports, name) for name in imports}
    return max(len({b for b in found if a in reached.get(b, ())}) or 1 for a, found in reached.items())


def reach(imports: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = imports.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


@pytest.mark.parametrize("depth", [2, 3])
def test_no_packages_of_core_import_one_another_in_a_circle(depth: int) -> None:
    graph = grimp.build_graph("kehu", exclude_type_checking_imports=True, cache_dir=None)
    imports: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        # The public names are imported when they are used.
        for imported in graph.find_modules_directly_imported_by(module) - {"kehu"}:
            here, there = packages(module, depth), packages(imported, depth)
            if here != there:
                imports[here].add(there)

    largest = largest_circle(dict(imports))

    print(f"largest circle between packages of core, {depth} deep: {largest}")  # noqa: T201  # it is a promise
    assert largest == 1
    graphlib.TopologicalSorter(imports).prepare()


def test_a_circle_is_seen() -> None:
    assert largest_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == 3


def test_the_kernel_names_no_noun_of_the_layers_above(repository: Path) -> None:
    named = [
        f"{file.relative_to(repository)}:{number}: {line.strip()}"
        for file in sorted((repository / "core/src/kehu/kernel").rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if line.lstrip().startswith(("import ", "from ")) and NOUNS.search(line)
    ]

    assert named == []
