"""What a plugin can declare, as passive data; nothing here is changed by composing it."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
import typing
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import click
from sqlalchemy.orm import InstrumentedAttribute

from kehu.kernel.errors import Refusal
from kehu.kernel.model.deprecation import Deprecation

RowScope = InstrumentedAttribute[Any] | tuple[InstrumentedAttribute[Any], ...] | Literal["auto"]
RootKind = Literal["query", "mutation", "subscription"]
FieldKind = Literal["field", "batch", "sql"]
Operation = Literal["list", "get", "create", "update", "delete", "watch", "aggregate"]


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """Where a declaration stands: which plugin, which file and line, as in `deals/rules.py:12`."""

    plugin: str
    where: str

    @property
    def place(self) -> tuple[str, int]:
        """What declarations are sorted by, so that their order does not depend on which module is imported first."""
        file, _, line = self.where.rpartition(":")
        return file, int(line)

    def __str__(self) -> str:
        return f"plugin {self.plugin!r} ({self.where})"


@dataclasses.dataclass(frozen=True, slots=True)
class ResourceDeclaration:
    """A mapped class that becomes a type with its queries and mutations."""

    model: type[Any]
    origin: Origin
    name: str
    plural: str
    operations: frozenset[Operation]
    row_scope: RowScope
    default_order: tuple[Any, ...]
    description: str


@dataclasses.dataclass(frozen=True, slots=True)
class SubjectDeclaration:
    """The type within whose records events are told in order; others have a column `key` that points at one."""

    model: type[Any]
    key: str
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """A computed field of an own or foreign entity: per object, per batch, or a SQL expression.

    `money` is where the currency of an amount stands, or a SQL expression of it.
    """

    model: type[Any]
    name: str
    origin: Origin
    kind: FieldKind
    function: Callable[..., Any]
    read: str | None
    description: str | None
    deprecated: Deprecation | None
    money: str | Callable[[Any], Any] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RelationDeclaration:
    """A connection field on `model`: the records whose foreign key points at it."""

    model: type[Any]
    name: str
    origin: Origin
    foreign_key: InstrumentedAttribute[Any]
    read: str | None
    description: str | None
    deprecated: Deprecation | None = None

    @property
    def child(self) -> type[Any]:
        """The class whose records the relation lists."""
        return self.foreign_key.class_  # type: ignore[return-value]  # a mapped class, never an alias


@dataclasses.dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """A verb of an entity: mutation `<verb><Entity>(id, version, ...)`."""

    model: type[Any]
    name: str
    origin: Origin
    function: Callable[..., Any]
    permission: str | None
    description: str | None
    deprecated: Deprecation | None = None
    on_archived: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class RootDeclaration:
    """A hand-written root field. `once`: how a document is refused that asks for it several times."""

    kind: RootKind
    name: str
    origin: Origin
    function: Callable[..., Any]
    permission: str | None
    public: bool
    in_transaction: bool
    description: str | None
    deprecated: Deprecation | None = None
    once: type[Refusal] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class HookDeclaration:
    """A function that implements a hook; `model` narrows it to the writes of one entity."""

    hook: str
    origin: Origin
    function: Callable[..., Any]
    model: type[Any] | None


@dataclasses.dataclass(frozen=True, slots=True)
class HookObjectDeclaration:
    """An object whose methods marked `@kehu.hookimpl` implement hooks."""

    implementation: object
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class ExtensionDeclaration:
    """A hand-written Strawberry class whose fields are merged into a type or root."""

    target: type[Any] | RootKind
    extension: type[Any]
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class ChoiceDeclaration:
    """A value added to another plugin's pick-list."""

    attribute: InstrumentedAttribute[Any]
    value: str
    origin: Origin

    @property
    def model(self) -> type[Any]:
        """The class whose pick-list it is."""
        return self.attribute.class_  # type: ignore[return-value]  # a mapped class, never an alias


@dataclasses.dataclass(frozen=True, slots=True)
class InterfaceDeclaration:
    """A Protocol that becomes a GraphQL interface."""

    name: str
    protocol: type[Any]
    origin: Origin

    @property
    def fields(self) -> dict[str, Any]:
        """Python names of the interface's fields and their annotations."""
        own = {k: v for k, v in vars(self.protocol).items() if isinstance(v, property)}
        typed = {k: typing.get_type_hints(v.fget)["return"] for k, v in own.items()}
        return typed | typing.get_type_hints(self.protocol)


@dataclasses.dataclass(frozen=True, slots=True)
class ImplementationDeclaration:
    """An entity implements an interface; `getters` give the fields that it lacks."""

    model: type[Any]
    protocol: type[Any]
    getters: Mapping[str, Callable[[Any], Any]]
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class PermissionDeclaration:
    """A permission beyond those that resources and actions bring with them."""

    name: str
    description: str
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class GrantDeclaration:
    """What a predefined role may do with a plugin's records."""

    role: str
    permissions: Mapping[str, str]
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class SettingsDeclaration:
    """A pydantic-settings class, read from `KEHU_<PLUGIN>_*` and the table `[<plugin>]` of kehu.toml."""

    settings: type[Any]
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class ExampleDeclaration:
    """A GraphQL document to start from, as the query page and `kehu demo` offer it."""

    title: str
    document: str
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class JobDeclaration:
    """Work that happens later or again and again. `atomic`: all it writes, and that it is done, is one transaction."""

    name: str
    origin: Origin
    function: Callable[..., Awaitable[None]]
    schedule: str | None
    retries: int
    timeout_seconds: float
    atomic: bool


@dataclasses.dataclass(frozen=True, slots=True)
class CommandDeclaration:
    """A command of the `kehu` command line, below an optional group."""

    command: click.Command
    group: str | None
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class EventDeclaration:
    """A frozen dataclass that says what happened; handlers subscribe to it."""

    event: type[Any]
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class HandlerDeclaration:
    """A function called for each event of a kind, after the commit."""

    event: type[Any]
    function: Callable[..., Awaitable[None]]
    origin: Origin


@dataclasses.dataclass(frozen=True, slots=True)
class InboundDeclaration:
    """A function called for each message that another system sends to `/inbound/<plugin>/<name>`."""

    kind: str
    function: Callable[..., Awaitable[None]]
    origin: Origin


def caller() -> str:
    """`folder/file.py:12` of the nearest frame outside the plugin package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("kehu.kernel.plugin"):
        frame = frame.f_back
    return _place(frame.f_code.co_filename, frame.f_lineno)


def place_of(function: Callable[..., Any]) -> str:
    """`folder/file.py:12` of a function; remembers the locals that its annotations may need.

    A function declared inside `plugin.when(...)` refers to names imported there, which `get_type_hints` cannot see.
    """
    if "<locals>" in function.__qualname__:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(
            "kehu.kernel.plugin"
        ):
            frame = frame.f_back
        function.__kehu_locals__ = dict(frame.f_locals)  # type: ignore[attr-defined]  # a mark of ours
    code = inspect.unwrap(function).__code__
    return _place(code.co_filename, code.co_firstlineno)


def _place(file: str, line: int) -> str:
    """Of a file in a package with its folder, since every noun has a `rules.py`."""
    folder, _, name = file.rpartition("/")
    return f"{_package(folder)}{name}:{line}"


@functools.lru_cache(maxsize=1000)
def _package(folder: str) -> str:
    return f"{folder.rpartition('/')[2]}/" if Path(folder, "__init__.py").exists() else ""


def annotations_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The evaluated annotations of a declared function. Raises NameError for one that cannot be resolved."""
    names = getattr(function, "__kehu_locals__", None)
    return typing.get_type_hints(function, localns=names, include_extras=True)
