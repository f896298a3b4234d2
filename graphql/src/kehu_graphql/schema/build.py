"""Build the schema of a plugin set: every type once, with everything that all plugins add to it."""

from __future__ import annotations

import copy
import gc
from collections.abc import Sequence
from typing import Any, cast

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

import kehu
from kehu.idempotency.keys import once
from kehu.names import camel
from kehu.reading.attributes import Catalogue
from kehu_graphql.documents import Documents
from kehu_graphql.extensions import EXTENSIONS, MAX_TOKENS, rules
from kehu_graphql.masking import NOT_VALID
from kehu_graphql.schema import mutations, roots
from kehu_graphql.schema.aggregates import aggregate_field
from kehu_graphql.schema.fields import GeneratedField, define, new_class
from kehu_graphql.schema.inputs import define_filter, define_order
from kehu_graphql.schema.objects import define_connection, define_object
from kehu_graphql.schema.registry import SCALARS, Registry
from kehu_graphql.schema.searching import search_field


class KehuSchema(strawberry.Schema):
    """A Strawberry schema that translates mapped classes and never changes a field that another App may share."""

    def __init__(self, registry: Registry, **kwargs: Any) -> None:
        self._registry = registry
        super().__init__(**kwargs)
        self.documents = Documents(self._schema, rules(), max_tokens=MAX_TOKENS)

    def get_extensions(self, sync: bool = False) -> list[Any]:
        # introspect() executes synchronously, which extensions that must be awaited would break.
        return [] if sync else super().get_extensions(sync)

    def process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Name what is wrong with the document; Strawberry would log every refusal with a traceback instead.

        kehu_graphql.masking sees to the errors of operations that ran, and logs what is unexpected.
        """
        for error in errors:
            if error.original_error is None:
                error.extensions = {"code": NOT_VALID, **(error.extensions or {})}

    def get_fields(self, type_definition: Any) -> list[StrawberryField]:
        return [self._translated(copy.copy(field)) for field in type_definition.fields]

    def _translated(self, field: StrawberryField) -> StrawberryField:
        if isinstance(field, GeneratedField):
            return field
        annotation = field.type_annotation
        resolver = field.base_resolver
        if annotation is None and resolver is not None:
            annotation = resolver.type_annotation
        raw = annotation.evaluate() if annotation is not None else None
        if raw is not None and self._registry.needs(raw):
            field.type_annotation = StrawberryAnnotation(self._registry.output(raw))
        return field


_ROOTS = {
    "Query": "What can be read.",
    "Mutation": "What can be changed; each field is a transaction of its own, one after the other.",
    "Subscription": "What can be listened to.",
}


# Scalars that Strawberry brings without a word.
_SCALAR_TEXTS = {"UUID": 'A UUID, as a string: `"0190f3c4-7d5e-7a6b-8c9d-0e1f2a3b4c5d"`.'}


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
    schema = KehuSchema(
        registry,
        query=query,
        mutation=mutation,
        subscription=subscription,
        types=list(registry.objects.values()),
        extensions=EXTENSIONS,
        config=StrawberryConfig(scalar_map=SCALARS, relay_use_legacy_global_id=False),
    )
    _use_plain_resolvers(schema._schema, composition)
    for kind in schema._schema.type_map.values():
        kind.description = kind.description or _SCALAR_TEXTS.get(kind.name)
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
    return define(new_class(name), list(fields), description=_ROOTS[name]) if fields else None


def _hand_written(extension: type[Any], more: Sequence[FieldExtension]) -> list[StrawberryField]:
    fields = []
    for original in extension.__strawberry_definition__.fields:
        field = copy.copy(original)
        field.graphql_name = original.graphql_name or camel(original.python_name)
        field.extensions = [*field.extensions, *more]
        fields.append(field)
    return fields


def _use_plain_resolvers(schema: GraphQLSchema, composition: kehu.Composition) -> None:
    """Replace Strawberry's closures of generated fields, and the type check of each record, by direct calls."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        if kind.name in composition.by_name:
            kind.is_type_of = None
        for graphql_field in kind.fields.values():
            field = graphql_field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
            if isinstance(field, GeneratedField) and not field.extensions:
                if field.get is not None:
                    graphql_field.resolve = _calling(field.get)
                elif field.resolve is None:
                    graphql_field.resolve = _reading(field.python_name)
    node = schema.get_type("Node")
    names = {model: entity.name for model, entity in composition.entities.items()}
    node.resolve_type = lambda record, info, abstract: names[type(record)]  # type: ignore[union-attr]


def _calling(get: Any) -> Any:
    return lambda record, info: get(record)


def _reading(attribute: str) -> Any:
    return lambda record, info: getattr(record, attribute)
