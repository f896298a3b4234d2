"""What the schema makes of entities says what it is, as a front-end developer reads it beside the field."""

from __future__ import annotations

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema

import kehu
from kehu.composition.compose import root_names
from kehu_graphql import Api

MADE_OF = ("", "Connection", "Edge", "Changed", "Result", "Rights", "Aggregate")
FROM_OUTSIDE = {"UUID"}


@pytest.fixture(scope="module")
def app() -> kehu.App:
    return kehu.App(kehu.installed(["core", "sfa"]), "sqlite:///nothing.db")


@pytest.fixture(scope="module")
def schema(app: kehu.App) -> GraphQLSchema:
    return Api(app).schema._schema


def test_every_type_has_a_description(schema: GraphQLSchema) -> None:
    missing = {t.name for t in schema.type_map.values() if not t.name.startswith("__") and not t.description}
    assert missing == FROM_OUTSIDE


def test_every_field_of_records_lists_and_payloads_has_a_description(
    app: kehu.App, schema: GraphQLSchema
) -> None:
    names = {f"{entity}{suffix}" for entity in app.composition.by_name for suffix in MADE_OF}
    types = [t for t in schema.type_map.values() if isinstance(t, GraphQLObjectType)]
    shown = [t for t in types if t.name in names or t.name.endswith("Payload")]

    assert len(shown) > 300
    missing = {f"{t.name}.{name}" for t in shown for name, field in t.fields.items() if not field.description}
    assert missing == set()


def test_every_root_field_and_its_arguments_have_descriptions(app: kehu.App, schema: GraphQLSchema) -> None:
    made = {name for entity in app.composition.entities.values() for _, name in root_names(entity)}
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]
    fields = {name: field for root in roots for name, field in root.fields.items()}

    assert {name for name, field in fields.items() if not field.description} == set()
    missing = {
        f"{name}({argument})"
        for name in made
        for argument, a in fields[name].args.items()
        if not a.description
    }
    assert missing == set()


def test_every_operator_of_a_filter_has_a_description(app: kehu.App, schema: GraphQLSchema) -> None:
    of_entities = {f"{entity}Filter" for entity in app.composition.by_name}
    filters = [
        t
        for t in schema.type_map.values()
        if isinstance(t, GraphQLInputObjectType) and t.name.endswith("Filter") and t.name not in of_entities
    ]
    missing = {
        f"{t.name}.{name}" for t in filters for name, field in t.fields.items() if not field.description
    }
    assert missing == set()
