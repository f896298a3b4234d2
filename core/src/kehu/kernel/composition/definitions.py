"""One plugin set made one: what the schema, the read path and the write path look up. Immutable once composed."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from kehu.kernel.composition.metadata import united
from kehu.kernel.model import ColumnOptions
from kehu.kernel.names import camel, lower_first
from kehu.kernel.plugin import CustomField, Origin, Plugin
from kehu.kernel.plugin import declarations as d
from kehu.kernel.texts import Label

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class CurrencyPath:
    """Where the currency of an amount stands: `keys` lead to records of `models`, the last of which has `attribute`."""

    keys: tuple[str, ...]
    models: tuple[type[Any], ...]
    attribute: str


@dataclasses.dataclass(slots=True)
class ColumnDefinition:
    """A mapped column as the API shows it."""

    attribute: str
    name: str
    label: Label
    kind: type[Any]
    nullable: bool
    required: bool
    options: ColumnOptions
    mapped: InstrumentedAttribute[Any]
    target: type[Any] | None
    description: str | None
    choices: list[str]
    choices_name: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class ReferenceDefinition:
    """The to-one field that a foreign key gives: `customerId` and `customer`."""

    attribute: str
    name: str
    target: type[Any]
    key: str


@dataclasses.dataclass(frozen=True, slots=True)
class NaturalKey:
    """Columns whose values together name one record, such as an article number."""

    constant: str
    columns: tuple[ColumnDefinition, ...]


@dataclasses.dataclass(slots=True)
class EntityDefinition:
    """A resource with everything that all plugins have added to it."""

    model: type[Any]
    declaration: d.ResourceDeclaration
    columns: dict[str, ColumnDefinition] = dataclasses.field(default_factory=dict)
    references: dict[str, ReferenceDefinition] = dataclasses.field(default_factory=dict)
    natural_keys: dict[str, NaturalKey] = dataclasses.field(default_factory=dict)
    fields: list[d.FieldDeclaration] = dataclasses.field(default_factory=list)
    currencies: dict[str, CurrencyPath] = dataclasses.field(default_factory=dict)
    relations: list[d.RelationDeclaration] = dataclasses.field(default_factory=list)
    custom_fields: list[CustomField[Any, Any]] = dataclasses.field(default_factory=list)
    actions: list[d.ActionDeclaration] = dataclasses.field(default_factory=list)
    extensions: list[d.ExtensionDeclaration] = dataclasses.field(default_factory=list)
    interfaces: list[d.ImplementationDeclaration] = dataclasses.field(default_factory=list)
    _derived: dict[Callable[..., Any], Any] = dataclasses.field(
        default_factory=dict, repr=False, compare=False
    )

    def derived(self, make: Callable[[EntityDefinition], T]) -> T:
        """What `make` makes of this entity once all plugins have added to it: made when first asked for, and kept."""
        if make not in self._derived:
            self._derived[make] = make(self)
        made: T = self._derived[make]
        return made

    @property
    def name(self) -> str:
        """The GraphQL type name."""
        return self.declaration.name

    @property
    def plural(self) -> str:
        """The root list field."""
        return self.declaration.plural

    @property
    def singular(self) -> str:
        """The root get field, and the field of payloads."""
        return lower_first(self.declaration.name)

    @property
    def owner(self) -> Origin:
        """Which plugin defines the entity."""
        return self.declaration.origin

    @property
    def operations(self) -> frozenset[str]:
        """Which of list, get, create, update, delete, watch, aggregate the API offers."""
        return self.declaration.operations

    def permission(self, verb: str) -> str:
        """The full name of a permission: `sfa.opportunity:read`."""
        return f"{self.owner.plugin}.{permission_entity(self.name)}:{verb}"

    def action_permission(self, action: d.ActionDeclaration) -> str:
        """The permission that an action needs."""
        return action.permission or self.permission(camel(action.name))


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A set of plugins as one system. Apps on several databases may share one, and what is made of it.

    `subject` is the type within whose records events are told in order, `subject_keys` say by which attribute a record
    of another type belongs to one.
    """

    plugins: Sequence[Plugin]
    entities: Mapping[type[Any], EntityDefinition]
    by_name: Mapping[str, EntityDefinition]
    roots: Sequence[d.RootDeclaration]
    root_extensions: Sequence[d.ExtensionDeclaration]
    interfaces: Mapping[type[Any], d.InterfaceDeclaration]
    permissions: Mapping[str, str]
    grants: Sequence[d.GrantDeclaration]
    tables: Sequence[sa.Table]
    table_owners: Mapping[str, str]
    tables_in_order: Sequence[str]
    models_by_table: Mapping[str, type[Any]]
    jobs: Mapping[str, d.JobDeclaration]
    jobs_by_function: Mapping[Callable[..., Any], d.JobDeclaration]
    inbound: Mapping[str, d.InboundDeclaration]
    subject: type[Any] | None
    subject_keys: Mapping[type[Any], str]
    _derived: dict[Callable[..., Any], Any] = dataclasses.field(default_factory=dict)

    @property
    def metadata(self) -> sa.MetaData:
        """Copies of all tables in one, as migrations make them; nobody else asks for it."""
        return self.derived(united)

    def derived(self, make: Callable[[Composition], T]) -> T:
        """What `make` makes of this composition: made when it is first asked for, and kept as long as this is."""
        if make not in self._derived:
            self._derived[make] = make(self)
        made: T = self._derived[make]
        return made

    def plugin(self, name: str) -> Plugin:
        """The plugin with this id. Raises KeyError."""
        return next(p for p in self.plugins if p.name == name)


def events_permission(plugin: str) -> str:
    """The permission to see the events that a plugin emits, as webhooks send them."""
    return f"{plugin}.event:read"


@functools.lru_cache(maxsize=1000)
def permission_entity(type_name: str) -> str:
    """How a type is spelled inside permissions: `StageChange` is `stage_change`."""
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(type_name))
