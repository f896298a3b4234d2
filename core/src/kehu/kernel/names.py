"""How names are derived: Python's snake_case to GraphQL's camelCase, one thing to many, and names to words."""

from __future__ import annotations

import functools
import re


@functools.lru_cache(maxsize=10_000)
def camel(name: str) -> str:
    """`won_at` becomes `wonAt`."""
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


def pascal(name: str) -> str:
    """`won_at` becomes `WonAt`; `wonAt` too."""
    whole = camel(name)
    return whole[:1].upper() + whole[1:]


def lower_first(name: str) -> str:
    """`StageChange` becomes `stageChange`."""
    return name[:1].lower() + name[1:]


def plural(name: str) -> str:
    """The English plural of a type name, for root fields: `opportunities`, `addresses`."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    if name.endswith(("s", "x", "ch", "sh")):
        return name + "es"
    return name + "s"


def words(name: str) -> str:
    """`expectedCloseOn`, `EXPECTED_CLOSE_ON` and `expected_close_on` are all "Expected close on"."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return " ".join(parts).strip().capitalize()


def field_words(name: str) -> str:
    """What people read for a field: `ownerId` is "Owner", `isActive` is "Active"."""
    spelled = words(name)
    kept = ("External id",)
    return spelled if spelled in kept else spelled.removesuffix(" id").removeprefix("Is ").capitalize()
