"""The results of mutations as JSON and back: records by their ids, so that they are read again under one's rights."""

from __future__ import annotations

import dataclasses
import enum
import sys
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kehu.kernel.errors import KehuError
from kehu.kernel.model import Entity

if TYPE_CHECKING:
    from kehu.kernel.context import Context

_TEXTS: Mapping[str, tuple[type[Any], Callable[[str], Any]]] = {
    "datetime": (datetime, datetime.fromisoformat),
    "date": (date, date.fromisoformat),
    "time": (time, time.fromisoformat),
    "decimal": (Decimal, Decimal),
    "uuid": (uuid.UUID, uuid.UUID),
}


class CannotBeKept(KehuError):
    """A result that is neither a record nor data, such as a page of a list."""


def encoded(ctx: Context, value: Any) -> Any:
    """The value as JSON; what JSON does not know is an object with the key `$`. Raises CannotBeKept."""
    if value is None or type(value) in (bool, int, float) or _is_text(value):
        return value
    if isinstance(value, (list, tuple)):
        return [encoded(ctx, item) for item in value]
    return _tagged(ctx, value)


async def decoded(ctx: Context, value: Any) -> Any:
    """The value that was encoded; None for a record that is gone, or that may no longer be seen."""
    if isinstance(value, list):
        return [await decoded(ctx, item) for item in value]
    if not isinstance(value, dict):
        return value
    if value["$"] == "record":
        entity = ctx.app.composition.by_name.get(value["type"])
        return None if entity is None else await ctx.find(entity.model, uuid.UUID(value["key"]))
    if value["$"] in _TEXTS:
        return _TEXTS[value["$"]][1](value["text"])
    if value["$"] == "enum":
        return _class_at(value["class"])[value["text"]]
    members = {name: await decoded(ctx, item) for name, item in value["members"].items()}
    return _class_at(value["class"])(**members) if value["$"] == "dataclass" else members


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, enum.Enum)


def _tagged(ctx: Context, value: Any) -> dict[str, Any]:
    if isinstance(value, Entity):
        return {"$": "record", "type": ctx.app.composition.entities[type(value)].name, "key": value.id.hex}
    if isinstance(value, enum.Enum):
        return {"$": "enum", "class": _path(type(value)), "text": value.name}
    if isinstance(value, Mapping):
        return {"$": "map", "members": {str(key): encoded(ctx, item) for key, item in value.items()}}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = {f.name: encoded(ctx, getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"$": "dataclass", "class": _path(type(value)), "members": members}
    kind = next((kind for kind, (cls, _) in _TEXTS.items() if type(value) is cls), None)
    if kind is None:
        raise CannotBeKept(f"A {type(value).__qualname__} cannot be kept for the next answer.")
    return {"$": kind, "text": value.isoformat() if hasattr(value, "isoformat") else str(value)}


def _path(cls: type[Any]) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


def _class_at(path: str) -> Any:
    """An enum or a dataclass of a module that is imported already; nothing else is ever called."""
    module, _, name = path.partition(":")
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if isinstance(found, type) and (issubclass(found, enum.Enum) or dataclasses.is_dataclass(found)):
        return found
    raise CannotBeKept(f"There is no {path} any more.")
