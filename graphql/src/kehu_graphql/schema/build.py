"""Build the schema of a plugin set: every type once, with everything that all plugins add to it."""

from __future__ import annotations

import contextlib
import copy
import gc
import inspect
from collections.abc import Sequence
from typing import Any, cast

import strawberry
from graphql import GraphQLDirective, GraphQLError, GraphQLObjectType, specified_directives
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types.field import StrawberryField
from strawberry.types.graphql import OperationType

import kehu
from kehu.kernel.names import camel
from kehu.kernel.reading.attributes import Catalogue
from kehu.platform.idempotency.keys import once
from kehu_graphql.documents import Documents
from kehu_graphql.extensions import EXTENSIONS
from kehu_graphql.limits import named_types
from kehu_graphql.masking import told
from kehu_graphql.schema import mutations, roots
from kehu_graphql.schema.aggregates import aggregate_field
from kehu_graphql.schema.converter import Converter
from kehu_graphql.schema.fields import GeneratedField, define, new_class
from kehu_graphql.schema.inputs import define_filter, define_order
from kehu_graphql.schema.objects import define_connection, define_object
from kehu_graphql.schema.on_demand import FieldsOnDemand, SchemaOnDemand
from kehu_graphql.schema.registry import SCALARS, Registry
from kehu_graphql.schema.search import search_field
from kehu_graphql.schema.visible_records import seen


@strawberry.type
class _Nothing:
    """What Strawberry begins with: it would walk through every type of a schema that it is given."""

    nothing: bool


_ANSWERED_ONCE = frozenset((OperationType.QUERY, OperationType.MUTATION))


class KehuSchema(strawberry.Schema):
    """A Strawberry schema on demand, which translates mapped classes of types that plugins wrote by hand."""

    def __init__(
        self, registry: Registry, query: type[Any], mutation: type[Any] | None, subscription: type[Any] | None
    ) -> None:
        self._registry = registry
        config = StrawberryConfig(scalar_map=SCALARS, relay_use_legacy_global_id=False)
        super().__init__(query=_Nothing, extensions=EXTENSIONS, config=config)
        self.query, self.mutation, self.subscription = query, mutation, subscription
        self.schema_converter = self._converter = Converter(
            config=config, scalar_overrides={}, scalar_map=SCALARS, get_fields=self.get_fields
        )
        roots = [None if cls is None else self._root(cls) for cls in (query, mutation, subscription)]
        types = [self._entity(cls) for cls in registry.objects.values()]
        self._on_demand = SchemaOnDemand(
            roots,
            types,
            self._converter.type_map,
            self._make,
            directives=self._directives([*roots, *types]),
            extensions={Converter.DEFINITION_BACKREF: self},
        )
        self._on_demand._strawberry_schema = self  # type: ignore[attr-defined]  # where Strawberry looks for itself
        self._schema = self._on_demand
        self.documents = Documents(self._schema, once=registry.once)
        self.introspection: Any = None  # an Api brings it, which stands on what plans are made of

    def _converted(self, cls: type[Any]) -> GraphQLObjectType:
        return self._converter.from_object(cls.__strawberry_definition__)

    def _root(self, cls: type[Any]) -> GraphQLObjectType:
        kind = self._converted(cls)
        if not self._registry.has_hand_written:
            fields = {self._converter.name_of(field): field for field in cls.__strawberry_definition__.fields}
            kind.fields = FieldsOnDemand(fields, self._converter.from_field)
        return kind

    def _make(self, name: str) -> None:
        cls = self._registry.named(name)
        if cls is not None:
            self._converter.from_maybe_optional(StrawberryAnnotation(cls).resolve())

    def _entity(self, cls: type[Any]) -> GraphQLObjectType:
        kind = self._converted(cls)
        kind.is_type_of = None  # every resolver returns records of the type that it says
        return kind

    def _directives(self, kinds: Sequence[Any]) -> Sequence[GraphQLDirective]:
        """Those of the specification, and those that plugins wrote by hand, which a walk through all types finds."""
        if not self._registry.has_hand_written:
            return specified_directives
        return self._collect_graphql_directives(self._collect_schema_directives((), kinds))

    def make_whole(self) -> None:
        """Make every type. Raises ValueError or TypeError for declarations that make no valid schema."""
        _ = self._on_demand.whole
        self._resolve_node_ids()

    def get_extensions(self, sync: bool = False) -> list[Any]:
        # introspect() executes synchronously, which extensions that must be awaited would break.
        return [] if sync else super().get_extensions(sync)

    async def execute(self, query: str | None, **asked: Any) -> Any:  # type: ignore[override]  # all else by its name
        """The answer to an operation; over HTTP to no subscription, which has many and needs a stream or a socket."""
        allowed = asked.pop("allowed_operation_types", None)
        if allowed is not None:
            allowed = _ANSWERED_ONCE.intersection(allowed)
        return await super().execute(query, allowed_operation_types=allowed, **asked)

    async def made_whole(self) -> None:
        """Make every type, bit by bit, while others have their turn."""
        await self._on_demand.made_whole()

    async def make_types_of(self, text: str) -> None:
        """Make the types that a document names, bit by bit, before it is validated, which others would wait for."""
        if text not in self.documents.known:
            with contextlib.suppress(GraphQLError):  # Who parses it next says what is wrong.
                await self._on_demand.made_named(named_types(self.documents.parsed(text)))

    def process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Name what is wrong with the document; Strawberry would log every refusal with a traceback instead.

        kehu_graphql.masking sees to the errors of operations that ran, and logs what is unexpected.
        """
        for error in errors:
            if error.original_error is None:
                told(error)

    def get_fields(self, type_definition: Any) -> list[StrawberryField]:
        """The fields of a type; of those that were written by hand a copy, because another App may share them."""
        return [
            field if isinstance(field, GeneratedField) else self._translated(copy.copy(field))
            for field in type_definition.fields
        ]

    def _translated(self, field: StrawberryField) -> StrawberryField:
        annotation = field.type_annotation
        resolver = field.base_resolver
        if annotation is None and resolver is not None:
            annotation = resolver.type_annotation
        raw = annotation.evaluate() if annotation is not None else None
        if raw is not None and self._registry.needs(raw):
            field.type_annotation = StrawberryAnnotation(self._registry.output(raw))
            if self._registry.has_records(raw):
                field.extensions = [*field.extensions, SeenByReader()]
        return field


_ROOTS = {
    "Query": "What can be read.",
    "Mutation": "What can be changed; each field is a transaction of its own, one after the other.",
    "Subscription": "What can be listened to.",
}


def build_schema(composition: kehu.Composition) -> KehuSchema:
    """The schema of a plugin set. Raises CompositionError for declarations that cannot be made into it.

    The garbage collector rests meanwhile: it would look at hundreds of thousands of new objects that all stay.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _build(composition)
    finally:
        if collecting:
            gc.enable()


def _build(composition: kehu.Composition) -> KehuSchema:
    registry, catalogue = Registry(composition), composition.derived(Catalogue)
    for model, entity in composition.entities.items():
        define_filter(registry, catalogue, model)
        define_order(registry, catalogue, model)
        define_object(registry, entity)
        define_connection(registry, entity)
    query, mutation, subscription = _roots(composition, registry)
    if registry.problems:
        raise kehu.CompositionError(registry.problems)
    schema = KehuSchema(registry, query, mutation, subscription)
    names = {model: entity.name for model, entity in composition.entities.items()}
    node = schema.schema_converter.from_interface(strawberry.relay.Node.__strawberry_definition__)  # type: ignore[attr-defined]
    node.resolve_type = lambda record, info, abstract: names[type(record)]
    if registry.has_hand_written:
        schema.make_whole()
    return schema


def _roots(
    composition: kehu.Composition, registry: Registry
) -> tuple[type[Any], type[Any] | None, type[Any] | None]:
    catalogue = composition.derived(Catalogue)
    query: list[Any] = [*roots.node_fields(registry), search_field()]
    mutation: list[Any] = []
    subscription: list[Any] = []
    for entity in composition.entities.values():
        query += roots.entity_queries(registry, entity)
        mutation += mutations.entity_mutations(registry, entity)
        if "aggregate" in entity.operations:
            query.append(aggregate_field(registry, catalogue, entity))
        if "watch" in entity.operations:
            subscription.append(roots.entity_subscription(registry, entity))
    made: dict[str, Any] = {
        "query": (query, roots.root_query),
        "mutation": (mutation, mutations.root_mutation),
        "subscription": (subscription, roots.root_subscription),
    }
    for declared in composition.roots:
        fields, make = made[declared.kind]
        fields.append(make(registry, declared))
    for extension in composition.root_extensions:
        kind = cast(str, extension.target)
        made[kind][0].extend(_hand_written(extension.extension, [OncePerKey()] if kind == "mutation" else []))
    return (
        _root("Query", query) or new_class("Query"),
        _root("Mutation", mutation),
        _root("Subscription", subscription),
    )


class SeenByReader(FieldExtension):
    """A field that a plugin wrote by hand: the records that it gives are those that the reader may see."""

    async def resolve_async(self, next_: Any, source: Any, info: Any, **given: Any) -> Any:
        found = next_(source, info, **given)
        return await seen(info.context, await found if inspect.isawaitable(found) else found)


class OncePerKey(FieldExtension):
    """A mutation that a plugin wrote by hand: asked for with an idempotency key it is one transaction, done once."""

    async def resolve_async(self, next_: Any, source: Any, info: Any, **given: Any) -> Any:
        ctx: kehu.Context = info.context
        if ctx.idempotency is None:
            return await next_(source, info, **given)

        async def work() -> dict[str, Any]:
            return {"result": await next_(source, info, **given)}

        return (await once(ctx, info.path.key, work))["result"]


def _root(name: str, fields: Sequence[Any]) -> type[Any] | None:
    return define(new_class(name), lambda: list(fields), description=_ROOTS[name]) if fields else None


def _hand_written(extension: type[Any], more: Sequence[FieldExtension]) -> list[StrawberryField]:
    fields = []
    for original in extension.__strawberry_definition__.fields:
        field = copy.copy(original)
        field.graphql_name = original.graphql_name or camel(original.python_name)
        field.extensions = [*field.extensions, *more]
        fields.append(field)
    return fields
