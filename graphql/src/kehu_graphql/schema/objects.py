"""Object types of entities: columns, references, relations, and what plugins add."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
import strawberry

import kehu
from kehu.kernel.composition import ColumnDefinition, EntityDefinition, ReferenceDefinition
from kehu.kernel.ids import global_id
from kehu.kernel.names import camel
from kehu.kernel.plugin import declarations as d
from kehu.kernel.reading.attributes import sql_kind
from kehu.kernel.reading.pages import ListArguments, Page, pages_of_parents
from kehu_graphql.schema.fields import (
    GeneratedField,
    define,
    field,
    list_of,
    new_class,
    nullable,
    sentence,
)
from kehu_graphql.schema.functions import DeclaredFunction, blaming, unwrapped
from kehu_graphql.schema.inputs import column_type, list_arguments
from kehu_graphql.schema.registry import Registry
from kehu_graphql.schema.rights import rights_fields
from kehu_graphql.schema.visible_records import seen, seen_each


def define_object(registry: Registry, entity: EntityDefinition) -> None:
    """The type of an entity, with everything that all plugins have added to it."""
    # What people declare is looked at here, so that a start tells what is wrong with it.
    columns = [column for column in entity.columns.values() if column.options.expose]
    for column in columns:
        column_type(registry, column)
    for custom in entity.custom_fields:
        registry.output(custom.kind)
    computed = [_computed_field(registry, entity, declared) for declared in entity.fields]
    implemented = [registry.interface(implementation.protocol) for implementation in entity.interfaces]
    interfaces = [each.__strawberry_definition__ for each in (strawberry.relay.Node, *implemented)]  # type: ignore[attr-defined]

    def fields() -> list[Any]:
        made: list[Any] = [_id_field(entity)]
        made += [_column_field(registry, column) for column in columns]
        made += [_reference_field(registry, reference, entity) for reference in entity.references.values()]
        made += [_custom_field(registry, custom) for custom in entity.custom_fields]
        made += [_relation_field(registry, relation) for relation in entity.relations]
        made += [*computed, *rights_fields(entity)]
        for extension in entity.extensions:
            made += extension.extension.__strawberry_definition__.fields
        for implementation in entity.interfaces:
            made += _interface_fields(registry, implementation)
        return made

    cls, name = registry.objects[entity.model], entity.name
    cls.resolve_id = classmethod(lambda c, root, *, info: str(root.id))
    cls.resolve_typename = classmethod(lambda c, root, info: name)
    define(cls, fields, name=name, interfaces=interfaces, description=entity.declaration.description)


def define_connection(registry: Registry, entity: EntityDefinition) -> None:
    """`CustomerConnection` and `CustomerEdge`, as Relay has them, with `nodes` and `totalCount`."""
    node = registry.objects[entity.model]
    edge = define(
        new_class(f"{entity.name}Edge"),
        lambda: [
            field("node", node, get=lambda e: e[0].records[e[1]], description="The record."),
            field(
                "cursor",
                str,
                get=lambda e: e[0].cursor(e[1]),
                description="Its place in the list, for `after` and `before`.",
            ),
        ],
        description="A record and its place in a list.",
    )

    async def total(page: Page, info: Any) -> int:
        return await page.count()

    define(
        registry.connections[entity.model],
        lambda: [
            field(
                "edges",
                list_of(edge),
                get=lambda page: [(page, i) for i in range(len(page))],
                description="Records with cursors.",
            ),
            field("nodes", list_of(node), get=lambda page: page.records, description="The records."),
            field(
                "pageInfo", strawberry.relay.PageInfo, get=_page_info, description="Whether there is more."
            ),
            field(
                "totalCount",
                int,
                resolve=total,
                description="How many there are in all; counted only when asked for.",
            ),
        ],
        description=f"A page of {entity.plural}.",
    )


# --- columns and references ---
def _id_field(entity: EntityDefinition) -> GeneratedField:
    name = entity.name
    return field(
        "id",
        strawberry.ID,
        get=lambda record: global_id(name, record.id),
        means=entity,
        description="The record's global id.",
    )


def _column_field(registry: Registry, column: ColumnDefinition) -> GeneratedField:
    kind = column_type(registry, column)
    annotation = nullable(kind) if column.nullable or column.options.read else kind
    get = _getter(registry, column)
    if column.options.read:
        return field(
            column.name,
            annotation,
            resolve=_guarded(column.options.read, get or _attribute(column.attribute)),
            means=column,
            description=column.description,
            deprecated=column.options.deprecated,
        )
    return field(
        column.name,
        annotation,
        get=get,
        attribute=None if get is not None else column.attribute,
        means=column,
        description=column.description,
        deprecated=column.options.deprecated,
    )


def _getter(registry: Registry, column: ColumnDefinition) -> Callable[[Any], Any] | None:
    if column.target is None:
        return None
    name, attribute = registry.composition.entities[column.target].name, column.attribute

    def get(record: Any) -> str | None:
        key = getattr(record, attribute)
        return None if key is None else global_id(name, key)

    return get


def _attribute(name: str) -> Callable[[Any], Any]:
    return lambda record: getattr(record, name)


def _guarded(permission: str, get: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda record, info: get(record) if info.context.can(permission) else None


def _reference_field(
    registry: Registry, reference: ReferenceDefinition, entity: EntityDefinition
) -> GeneratedField:
    permission = entity.columns[reference.key].options.read

    def resolve(record: Any, info: Any) -> Any:
        key = getattr(record, reference.key)
        if key is None or (permission is not None and not info.context.can(permission)):
            return None
        return info.context.load(reference.target, key)

    # Nullable even where the key never is: the record may lie outside of what the reader may see.
    description = entity.columns[reference.key].description
    annotation = nullable(registry.objects[reference.target])
    return field(
        reference.name,
        annotation,
        resolve=resolve,
        means=reference,
        description=description,
        deprecated=entity.columns[reference.key].options.deprecated,
    )


def _custom_field(registry: Registry, custom: kehu.CustomField[Any, Any]) -> GeneratedField:
    annotation = nullable(registry.output(custom.kind))
    if custom.read:
        return field(
            camel(custom.field_name),
            annotation,
            resolve=_guarded(custom.read, custom.get),
            means=custom,
            description=custom.description,
            deprecated=custom.deprecated,
        )
    name, gone = camel(custom.field_name), custom.deprecated
    return field(
        name, annotation, get=custom.get, means=custom, description=custom.description, deprecated=gone
    )


# --- relations ---
def _relation_field(registry: Registry, relation: d.RelationDeclaration) -> GeneratedField:
    key = relation.foreign_key
    child = relation.child

    def resolve(record: Any, info: Any, **given: Any) -> Any:
        ctx: kehu.Context = info.context
        if relation.read:
            ctx.require(relation.read)
        arguments = ListArguments(**given)

        async def fetch(parents: Sequence[Any]) -> Sequence[Page]:
            return await pages_of_parents(ctx, key, parents, arguments)

        return ctx.loader(("relation", child, key.key, repr(arguments)), fetch).load(record.id)

    description = relation.description or f"The {registry.composition.entities[child].plural} of this record."
    # Nullable, as everything that comes from elsewhere: an error in one list leaves the others.
    annotation: Any = registry.connections[child]
    if relation.origin.plugin != registry.composition.entities[relation.model].owner.plugin or relation.read:
        annotation = nullable(annotation)
    return field(
        camel(relation.name),
        annotation,
        resolve=resolve,
        means=relation,
        arguments=list_arguments(registry, child),
        description=description,
        deprecated=relation.deprecated,
    )


# --- what plugins compute ---
def _computed_field(
    registry: Registry, entity: EntityDefinition, computed: d.FieldDeclaration
) -> GeneratedField:
    foreign = computed.origin.plugin != entity.owner.plugin
    if computed.kind == "sql":
        kind = registry.output(sql_kind(computed))
        return _made(computed, nullable(kind), _sql_resolver(computed), {})
    function = DeclaredFunction(registry, computed.function, computed.origin, skip=1)
    returns = function.returns
    if computed.kind == "batch":
        returns = getattr(returns, "__args__", (returns,))[0]
        resolve = _batch_resolver(computed, function)
    else:
        resolve = _single_resolver(computed, function)
    annotation = registry.output(returns)
    # A third party's exception may empty its own field only, so what is added to a foreign type is nullable.
    return _made(
        computed,
        nullable(annotation) if foreign or computed.read else annotation,
        resolve,
        function.arguments,
    )


def _made(
    computed: d.FieldDeclaration, annotation: Any, resolve: Callable[..., Any], arguments: Mapping[str, Any]
) -> GeneratedField:
    return field(
        camel(computed.name),
        annotation,
        resolve=_with_right(computed.read, resolve),
        means=computed,
        arguments=arguments,
        description=computed.description,
        deprecated=computed.deprecated,
    )


def _with_right(permission: str | None, resolve: Callable[..., Any]) -> Callable[..., Any]:
    if permission is None:
        return resolve
    return lambda record, info, **given: (
        resolve(record, info, **given) if info.context.can(permission) else None
    )


def _single_resolver(computed: d.FieldDeclaration, function: DeclaredFunction) -> Callable[..., Any]:
    if function.is_plain and not function.has_records:

        def plain(record: Any, info: Any) -> Any:
            with blaming(computed.origin.plugin):
                return unwrapped(computed.function(record))

        return plain

    async def resolve(record: Any, info: Any, **given: Any) -> Any:
        return await function.answer(info.context, info, given, record)

    return resolve


def _batch_resolver(computed: d.FieldDeclaration, function: DeclaredFunction) -> Callable[..., Any]:
    def resolve(record: Any, info: Any, **given: Any) -> Any:
        ctx: kehu.Context = info.context

        async def fetch(records: Sequence[Any]) -> Sequence[Any]:
            values = list(await function.call(ctx, info, given, list(records)))
            if len(values) != len(records):
                said = f"{computed.name} returned {len(values)} values for {len(records)} records"
                with blaming(computed.origin.plugin):
                    raise RuntimeError(f"{computed.origin}: {said}")
            return await seen_each(ctx, values) if function.has_records else values

        return ctx.loader(("batch", computed.origin, computed.name, repr(given)), fetch).load(record)

    return resolve


def _sql_resolver(computed: d.FieldDeclaration) -> Callable[..., Any]:
    model = computed.model

    def resolve(record: Any, info: Any) -> Any:
        ctx: kehu.Context = info.context

        async def fetch(keys: Sequence[Any]) -> Sequence[Any]:
            with blaming(computed.origin.plugin):
                rows = await ctx.session.execute(
                    sa.select(model.id, computed.function(model)).where(model.id.in_(keys))
                )
            found = {row[0]: row[1] for row in rows}
            return [found.get(key) for key in keys]

        return ctx.loader(("sql", model, computed.name), fetch).load(record.id)

    return resolve


def _interface_fields(
    registry: Registry, implementation: d.ImplementationDeclaration
) -> list[GeneratedField]:
    kinds = registry.composition.interfaces[implementation.protocol].fields
    return [
        field(
            camel(name),
            registry.output(kinds[name]),
            get=None if registry.has_records(kinds[name]) else get,
            resolve=_seen_by_reader(get) if registry.has_records(kinds[name]) else None,
            description=sentence(name),
        )
        for name, get in implementation.getters.items()
    ]


def _seen_by_reader(get: Callable[[Any], Any]) -> Callable[..., Any]:
    async def resolve(record: Any, info: Any) -> Any:
        return await seen(info.context, get(record))

    return resolve


def _page_info(page: Page) -> strawberry.relay.PageInfo:
    return strawberry.relay.PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.cursor(0) if len(page) else None,
        end_cursor=page.cursor(len(page) - 1) if len(page) else None,
    )
