"""Make one Composition of a plugin set, or say everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from kehu.kernel.composition.claims import Claims
from kehu.kernel.composition.columns import column_definitions, reference_definitions
from kehu.kernel.composition.definitions import Composition, EntityDefinition, events_permission
from kehu.kernel.composition.jobs import job_declarations
from kehu.kernel.composition.money import find_currencies
from kehu.kernel.composition.natural_keys import natural_keys
from kehu.kernel.composition.order import ordered, required_by, with_conditions
from kehu.kernel.composition.subjects import subject_keys
from kehu.kernel.composition.tables import order_of, tables_of
from kehu.kernel.composition.unarchive import give_unarchive
from kehu.kernel.errors import CompositionError
from kehu.kernel.names import camel, pascal
from kehu.kernel.plugin import Origin, Plugin
from kehu.kernel.plugin import declarations as d


class _Declared(Protocol):
    @property
    def origin(self) -> Origin: ...


D = TypeVar("D", bound=_Declared)


def compose(plugins: Sequence[Plugin]) -> Composition:
    """The composition of these plugins; their order does not matter.

    Raises CompositionError with all problems: collisions, unknown targets, missing requirements, circles.
    """
    return _Composer(plugins).compose()


class _Composer:
    """The state of one call of `compose`."""

    def __init__(self, plugins: Sequence[Plugin]) -> None:
        self.problems: list[str] = []
        in_order = ordered(plugins, self.problems)
        enabled = {plugin.name for plugin in in_order}
        self.plugins = [with_conditions(plugin, enabled) for plugin in in_order]
        self.claims = Claims(self.problems)
        self.entities: dict[type[Any], EntityDefinition] = {}
        self.by_name: dict[str, EntityDefinition] = {}
        self.permissions: dict[str, str] = {}
        self.interfaces: dict[type[Any], d.InterfaceDeclaration] = {}

    def compose(self) -> Composition:
        """Collect, check, and raise once at the end."""
        self._collect_entities()
        tables = tables_of(self.plugins, self.problems)
        self._collect_columns()
        self._check_relationships(dict(tables))
        for plugin in self.plugins:
            self._collect_contributions(plugin)
        self.problems += find_currencies(self.entities)
        for entity in self.entities.values():
            give_unarchive(entity)
        self._collect_permissions()
        self._check_grants()
        self._claim_roots()
        self._claim_the_rest()
        jobs = job_declarations(self.plugins, self.problems)
        tables_in_order = order_of(tables, self.problems)
        if self.problems:
            raise CompositionError(self.problems)
        subject = next((each for p in self.plugins if (each := p.subject_declaration) is not None), None)
        return Composition(
            plugins=tuple(self.plugins),
            entities=self.entities,
            by_name=self.by_name,
            roots=[root for plugin in self.plugins for root in _by_place(plugin.roots)],
            root_extensions=[
                e for p in self.plugins for e in _by_place(p.extensions) if isinstance(e.target, str)
            ],
            interfaces=self.interfaces,
            permissions=dict(sorted(self.permissions.items())),
            grants=[grant for plugin in self.plugins for grant in plugin.grants],
            tables=[table for table, _ in tables],
            tables_in_order=tables_in_order,
            table_owners={table.name: owner for table, owner in tables},
            models_by_table={entity.model.__table__.name: model for model, entity in self.entities.items()},
            jobs={job.name: job for job in jobs},
            jobs_by_function={job.function: job for job in jobs},
            subject=None if subject is None else subject.model,
            subject_keys={} if subject is None else subject_keys(subject, self.entities),
            inbound={inbound.kind: inbound for plugin in self.plugins for inbound in plugin.inbounds},
        )

    # --- entities ---
    def _collect_entities(self) -> None:
        for plugin in self.plugins:
            for resource in _by_place(plugin.resources):
                if resource.model in self.entities:
                    first = self.entities[resource.model].owner
                    self.problems.append(
                        f"{resource.model.__qualname__} is made a resource by {first} and by {resource.origin}"
                    )
                elif self.claims.claim(
                    "type", resource.name, resource.origin, "pass name= to plugin.resource()"
                ):
                    self.entities[resource.model] = self.by_name[resource.name] = EntityDefinition(
                        resource.model, resource
                    )

    def _collect_columns(self) -> None:
        for entity in self.entities.values():
            entity.model.registry.configure(cascade=True)
        targets = {entity.model.__table__: model for model, entity in self.entities.items()}
        for entity in self.entities.values():
            self._claim_field(entity, "id", entity.owner)
            self._claim_field(entity, "can", entity.owner)
            entity.columns = column_definitions(entity, targets)
            for column in entity.columns.values():
                if column.options.expose:
                    self._claim_field(entity, column.name, entity.owner)
                if column.choices_name:
                    self.claims.claim("type", column.choices_name, entity.owner)
            entity.references = {
                name: reference
                for name, reference in reference_definitions(entity).items()
                if self._claim_field(entity, reference.name, entity.owner)
            }
            entity.natural_keys = natural_keys(entity)

    def _check_relationships(self, owners: dict[Any, str]) -> None:
        for entity in self.entities.values():
            mapper: Mapper[Any] = sa.inspect(entity.model)
            allowed = {entity.owner.plugin, *required_by(self.plugins, entity.owner.plugin)}
            for relationship in mapper.relationships:
                if owners.get(relationship.mapper.local_table) not in allowed:
                    target = relationship.mapper.class_
                    self.problems.append(
                        f"{entity.model.__qualname__}.{relationship.key} is a relationship from plugin "
                        f"{entity.owner.plugin!r} to "
                        f"{target.__qualname__} ({target.__module__}), which it does not require; a "
                        "backref on another plugin's "
                        f"class? Use plugin.relation() instead"
                    )

    # --- what plugins add to entities ---
    def _collect_contributions(self, plugin: Plugin) -> None:
        for entity, relation in self._on_entities(
            _by_place(plugin.relations), lambda r: f"relation {r.name!r}"
        ):
            if relation.child not in self.entities:
                self.problems.append(
                    f"{relation.origin}: relation {relation.name!r} points at "
                    f"{relation.child.__qualname__}, which is not a resource"
                )
            elif self._claim_field(entity, camel(relation.name), relation.origin):
                entity.relations.append(relation)
        for entity, field in self._on_entities(_by_place(plugin.fields), lambda f: f"field {f.name!r}"):
            if self._claim_field(entity, camel(field.name), field.origin):
                entity.fields.append(field)
        for entity, custom in self._on_entities(
            _by_place(plugin.custom_fields), lambda c: f"custom field {c.field_name!r}"
        ):
            if self._claim_field(entity, camel(custom.field_name), custom.origin):
                entity.custom_fields.append(custom)
        for entity, action in self._on_entities(_by_place(plugin.actions), lambda a: f"action {a.name!r}"):
            entity.actions.append(action)
        for _ in self._on_entities(
            [h for h in plugin.hooks if h.model is not None], lambda h: f"hook {h.hook}"
        ):
            pass
        self._collect_extensions(plugin)
        self._collect_choices(plugin)
        self._collect_interfaces(plugin)

    def _collect_extensions(self, plugin: Plugin) -> None:
        for extension in _by_place(plugin.extensions):
            if isinstance(extension.target, str):
                continue
            what = f"extension {extension.extension.__qualname__}"
            entity = self._entity(extension.target, what, extension.origin)
            if entity is not None:
                for name in extension_field_names(extension):
                    self._claim_field(entity, name, extension.origin)
                entity.extensions.append(extension)

    def _collect_choices(self, plugin: Plugin) -> None:
        for choice in plugin.choices:
            entity = self._entity(choice.model, f"choice {choice.value!r}", choice.origin)
            if entity is None:
                continue
            column = entity.columns[choice.attribute.key]
            if not column.choices:
                self.problems.append(
                    f"{choice.origin}: {entity.name}.{column.name} is not a kehu.choice() column"
                )
            elif choice.value in column.choices:
                self.problems.append(
                    f"{choice.origin}: {entity.name}.{column.name} has the choice {choice.value!r} already"
                )
            else:
                column.choices.append(choice.value)

    def _collect_interfaces(self, plugin: Plugin) -> None:
        for interface in plugin.interfaces:
            if self.claims.claim("type", interface.name, interface.origin):
                self.interfaces[interface.protocol] = interface
        for implementation in plugin.implementations:
            found = self.interfaces.get(implementation.protocol)
            if found is None:
                self.problems.append(
                    f"{implementation.origin}: interface {implementation.protocol.__qualname__} is not "
                    "provided by an enabled plugin"
                )
                continue
            entity = self._entity(implementation.model, f"interface {found.name}", implementation.origin)
            if entity is not None:
                self._check_implementation(entity, found, implementation)

    def _check_implementation(
        self,
        entity: EntityDefinition,
        interface: d.InterfaceDeclaration,
        implementation: d.ImplementationDeclaration,
    ) -> None:
        for name in interface.fields:
            if name in implementation.getters:
                self._claim_field(entity, camel(name), implementation.origin)
            elif not self.claims.taken(f"field of {entity.name}", camel(name)):
                self.problems.append(
                    f"{implementation.origin}: {entity.name} implements {interface.name} but has no "
                    f"field {camel(name)!r}; pass {name}=lambda record: ..."
                )
        entity.interfaces.append(implementation)

    def _on_entities(
        self, declared: Sequence[Any], what: Callable[[Any], str]
    ) -> Iterator[tuple[EntityDefinition, Any]]:
        for declaration in declared:
            entity = self._entity(declaration.model, what(declaration), declaration.origin)
            if entity is not None:
                yield entity, declaration

    def _entity(self, model: type[Any], what: str, origin: Origin) -> EntityDefinition | None:
        entity = self.entities.get(model)
        if entity is None:
            self.problems.append(
                f"{origin}: {what} is added to {model.__qualname__} ({model.__module__}), which no "
                "enabled plugin provides; "
                f"enable its plugin and list it in requires=, or put the declaration under plugin.when(...)"
            )
            return None
        if entity.owner.plugin not in {origin.plugin, *required_by(self.plugins, origin.plugin)}:
            self.problems.append(
                f"{origin}: {what} is added to {entity.name} of plugin {entity.owner.plugin!r}, which "
                f"{origin.plugin!r} does not list in requires="
            )
        return entity

    def _claim_field(self, entity: EntityDefinition, name: str, origin: Origin) -> bool:
        return self.claims.claim(f"field of {entity.name}", name, origin, "rename one of them with name=")

    # --- permissions, roots and everything else with a name -------------------------------------------------------
    def _collect_permissions(self) -> None:
        for entity in self.entities.values():
            verbs = ("read", "create", "update", "delete", "purge", "export")
            for verb in verbs:
                self.permissions[entity.permission(verb)] = f"{verb.capitalize()} {entity.plural}"
            for action in entity.actions:
                name = entity.action_permission(action)
                self.permissions.setdefault(name, action.description or action.name)
            for column in entity.columns.values():
                for name in filter(None, (column.options.read, column.options.write)):
                    self.permissions.setdefault(
                        name, f"{name.rpartition(':')[2].capitalize()} {entity.name}.{column.name}"
                    )
        for plugin in self.plugins:
            if plugin.events:
                self.permissions[events_permission(plugin.name)] = f"Read the events of plugin {plugin.name}"
            for permission in plugin.permissions:
                if self.claims.claim("permission", permission.name, permission.origin):
                    self.permissions[permission.name] = permission.description

    def _check_grants(self) -> None:
        for plugin in self.plugins:
            for grant in plugin.grants:
                self.problems.extend(
                    f"{grant.origin}: the role {grant.role!r} is granted {name!r}, which no enabled plugin declares"
                    for name in grant.permissions
                    if name not in self.permissions
                )

    def _claim_roots(self) -> None:
        for entity in self.entities.values():
            for kind, name in root_names(entity):
                self.claims.claim(f"root {kind} field", name, entity.owner)
            for action in entity.actions:
                for name in (entity.name, pascal(entity.plural)):
                    self.claims.claim("root mutation field", camel(action.name) + name, action.origin)
        for plugin in self.plugins:
            for root in plugin.roots:
                self.claims.claim(f"root {root.kind} field", camel(root.name), root.origin)
            for extension in plugin.extensions:
                if isinstance(extension.target, str):
                    for name in extension_field_names(extension):
                        self.claims.claim(f"root {extension.target} field", name, extension.origin)

    def _claim_the_rest(self) -> None:
        for entity in self.entities.values():
            self._claim_generated_types(entity)
        for plugin in self.plugins:
            for settings in plugin.settings_classes:
                self.claims.claim("settings of plugin", plugin.name, settings.origin)
            for command in plugin.commands:
                self.claims.claim(
                    f"command of group {command.group!r}" if command.group else "command",
                    str(command.command.name),
                    command.origin,
                )
            for job in plugin.jobs:
                self.claims.claim("job", job.name, job.origin)
            for inbound in plugin.inbounds:
                self.claims.claim("inbound endpoint", inbound.kind, inbound.origin)
            for event in plugin.events:
                self.claims.claim("event", f"{plugin.name}.{event.event.__name__}", event.origin)

    def _claim_generated_types(self, entity: EntityDefinition) -> None:
        for suffix in GENERATED_SUFFIXES:
            self.claims.claim("type", f"{entity.name}{suffix}", entity.owner)
        for prefix in ("Create", "Update"):
            self.claims.claim("type", f"{prefix}{entity.name}Input", entity.owner)
        for name in written_by(entity).values():
            self.claims.claim("type", f"{pascal(name)}Payload", entity.owner)
        if entity.natural_keys:
            for name in (f"Upsert{entity.name}Input", f"{entity.name}Key"):
                self.claims.claim("type", name, entity.owner)
        if written_by(entity) or entity.actions:
            self.claims.claim("type", f"{entity.name}Result", entity.owner)
            self.claims.claim("type", f"{pascal(entity.plural)}Payload", entity.owner)


def _by_place(declarations: Iterable[D]) -> list[D]:
    return sorted(declarations, key=lambda each: each.origin.place)


GENERATED_SUFFIXES = (
    "Connection",
    "Edge",
    "Filter",
    "ListFilter",
    "Order",
    "OrderField",
    "Changed",
    "Rights",
)


def root_names(entity: EntityDefinition) -> list[tuple[str, str]]:
    """Kind and name of the root fields that an entity's operations give."""
    names = {
        "list": ("query", entity.plural),
        "get": ("query", entity.singular),
        "aggregate": ("query", f"{entity.plural}Aggregate"),
        "watch": ("subscription", f"{entity.singular}Changed"),
    }
    asked = [named for operation, named in names.items() if operation in entity.operations]
    written = written_by(entity)
    many = (f"{operation}{pascal(entity.plural)}" for operation in written)
    return [*asked, *(("mutation", name) for name in (*written.values(), *many))]


def written_by(entity: EntityDefinition) -> dict[str, str]:
    """The operations that write an entity, and the mutations that write one record."""
    verbs = [verb for verb in ("create", "update", "delete") if verb in entity.operations]
    return {verb: f"{verb}{entity.name}" for verb in (*verbs, *(["upsert"] if entity.natural_keys else []))}


def extension_field_names(extension: d.ExtensionDeclaration) -> list[str]:
    """The GraphQL names of a hand-written class's fields, read without importing Strawberry."""
    definition = getattr(extension.extension, "__strawberry_definition__", None)
    if definition is None:
        return []
    return [field.graphql_name or camel(field.python_name) for field in definition.fields]
