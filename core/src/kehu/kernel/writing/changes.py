"""Change: one pending write, as hooks see it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Generic, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.base import NO_VALUE

from kehu.kernel.composition import EntityDefinition
from kehu.kernel.errors import FieldError, Refusal, field_name
from kehu.kernel.model import Entity
from kehu.kernel.names import camel
from kehu.kernel.writing.shapes import Shape, shape_of

T = TypeVar("T", bound=Entity)
V = TypeVar("V")
Operation = Literal["create", "update", "delete"]

_COMPARED_BY_KEY = "custom"


class Change(Generic[T]):
    """A record that is about to be created, updated or deleted.

    `obj` is the record with its new values; `before` and `after` hold what changes, by attribute name, and custom
    fields by their full key; of a record that goes away `before` holds everything. `changed_by` names the plugin for
    each value that a hook set after the user did; `author` is the plugin whose hook made all of it, None otherwise.
    `shape` is what the write path knows of the entity.
    """

    def __init__(self, obj: T, operation: Operation, entity: EntityDefinition) -> None:
        self.obj, self.entity = obj, entity
        self.shape = entity.derived(shape_of)
        self.op: Operation = operation
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}
        self.changed_by: dict[str, str] = {}
        self.errors: list[FieldError] = []
        self.is_news = True
        self.author: str | None = None
        self._hook_plugin: str | None = None
        self._touched: set[str] = set()
        self._look()

    @property
    def creating(self) -> bool:
        """The record is new."""
        return self.op == "create"

    @property
    def deleting(self) -> bool:
        """The record goes away for good (archiving is an update)."""
        return self.op == "delete"

    @property
    def changed_fields(self) -> list[str]:
        """The GraphQL names of what changes, sorted; bookkeeping such as version and times is left out."""
        untold = self.shape.untold
        return sorted(name if "." in name else camel(name) for name in self.after if name not in untold)

    def touches(self, *attributes: object) -> bool:
        """Whether any of these attributes or custom fields gets a new value, or got one that a hook took back."""
        return any(str(getattr(attribute, "key", attribute)) in self._touched for attribute in attributes)

    def old(self, attribute: InstrumentedAttribute[V]) -> V | None:
        """The value before this write; None for a new record."""
        if self.creating:
            return None
        return self.before.get(attribute.key, getattr(self.obj, attribute.key))  # type: ignore[no-any-return]

    def error(self, message: str, *, field: object = None, code: str = "INVALID") -> None:
        """Note what is wrong. All notes of all hooks come back together, and nothing is written."""
        self.errors.append(FieldError(code, message, field_name(field), self._hook_plugin))

    @contextlib.contextmanager
    def noting(self, *, field: object = None) -> Iterator[None]:
        """Note a refusal raised inside instead of stopping: `with change.noting(): customer.check_birthday(...)`.

        `field` is blamed where the refusal names none. A ValueError that carries a `code`, as those of
        kehu.business.identifiers do, is noted too.
        """
        try:
            yield
        except Refusal as refusal:
            for error in refusal.errors:
                self.error(error.message, field=error.field or field, code=error.code)
        except ValueError as unreadable:
            if not hasattr(unreadable, "code"):
                raise
            self.error(str(unreadable), field=field, code=unreadable.code)

    def look_again(self) -> bool:
        """Compare the record with what is stored; True, and news to all hooks, when it changed since the last look."""
        changed = self._look()
        self.is_news = self.is_news or bool(changed)
        if self._hook_plugin is not None:
            self.changed_by.update(dict.fromkeys(changed, self._hook_plugin))
        return bool(changed)

    @property
    def is_void(self) -> bool:
        """An update that leaves everything as it is, because a hook took it back."""
        return self.op == "update" and not self.after

    def made_by(self, plugin: str) -> None:
        """All of this change is the work of a plugin's hook."""
        self.author = plugin
        self.changed_by = dict.fromkeys(self.after, plugin)

    def _look(self) -> set[str]:
        before, after = _everything(self.obj) if self.deleting else _differences(self.obj, self.shape)
        new = self._new_in(after)
        if new and not self.deleting and self._keep_as_stored(new, after):
            before, after = _differences(self.obj, self.shape)
            new = self._new_in(after)
        gone = self.after.keys() - after.keys()
        self.before, self.after = before, after
        self._touched |= new | gone
        return new | gone

    def _new_in(self, after: Mapping[str, Any]) -> set[str]:
        return {
            name
            for name, value in after.items()
            if name not in self.after or _differ(self.after[name], value)
        }

    def _keep_as_stored(self, names: set[str], after: Mapping[str, Any]) -> bool:
        """Bring new texts into the form in which they are stored, so that hooks, audit and answer see it."""
        rules = self.shape.texts
        kept = {name: rules[name].kept(after[name]) for name in names if name in rules}
        changed = {name: value for name, value in kept.items() if value != after[name]}
        custom = {name: changed.pop(name) for name in list(changed) if "." in name}
        for name, value in changed.items():
            setattr(self.obj, name, value)
        if custom:
            self.obj.custom = {**self.obj.custom, **custom}
        return bool(changed or custom)

    def heard_by(self, plugin: str | None) -> None:
        """Attribute what follows to the hook of `plugin`."""
        self._hook_plugin = plugin


def _differ(one: Any, other: Any) -> bool:
    """Not the same object and not equal: a NaN, which equals nothing, is no change again and again."""
    return one is not other and bool(one != other)


def _everything(record: Entity) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is lost when the record is deleted."""
    loaded = {key: value for key, value in sa.inspect(record).dict.items() if not key.startswith("_")}
    custom = loaded.pop(_COMPARED_BY_KEY, None) or {}
    return {name: value for name, value in {**loaded, **custom}.items() if value is not None}, {}


def _differences(record: Entity, shape: Shape) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was set, by the attribute's name; most attributes never were, and are passed over."""
    state = sa.inspect(record)
    originals, values = state.committed_state, state.dict
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in shape.attributes:
        if name not in originals:
            continue
        new, old, deleted = values.get(name), None, False
        if originals[name] is not NO_VALUE:
            history = state.attrs[name].history
            if not history.has_changes():
                continue
            new = history.added[0] if history.added else None
            deleted = bool(history.deleted)
            old = history.deleted[0] if deleted else None
        if new is None and old is None:
            continue
        if name == _COMPARED_BY_KEY:
            _compare_custom(old or {}, new or {}, before, after)
        else:
            after[name] = new
            if deleted:
                before[name] = old
    return before, after


def _compare_custom(
    old: Mapping[str, Any], new: Mapping[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    for key in old.keys() | new.keys():
        if old.get(key) != new.get(key):
            after[key] = new.get(key)
            before[key] = old.get(key)
