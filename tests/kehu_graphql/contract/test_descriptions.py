"""The schema says what everything is, as a front-end developer reads it beside the field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
)

import kehu
from kehu_graphql import Api
from tests.kehu_graphql.test_plugin_sets import PLUGINS


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return Api(kehu.App(kehu.installed(["core", *PLUGINS]), "sqlite:///nothing.db")).schema._schema


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Everything that has a name, and what is said of it."""
    for kind in schema.type_map.values():
        if not kind.name.startswith("__"):
            yield kind.name, kind.description
            for name, member in members(kind).items():
                yield f"{kind.name}.{name}", member.description
                for argument, given in getattr(member, "args", {}).items():
                    yield f"{kind.name}.{name}({argument})", given.description


def members(kind: GraphQLNamedType) -> dict[str, Any]:
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        return dict(kind.fields)
    return dict(kind.values) if isinstance(kind, GraphQLEnumType) else {}


def test_everything_of_all_plugins_has_a_description(schema: GraphQLSchema) -> None:
    texts = dict(described(schema))
    assert len(texts) > 15_000
    assert {name for name, text in texts.items() if not text} == set()


def test_a_figure_and_a_filter_say_what_the_field_says(schema: GraphQLSchema) -> None:
    texts = dict(described(schema))
    said = "Revenue of a year, in annualRevenueCurrency."
    about = [
        "Customer.annualRevenue",
        "CustomerFilter.annualRevenue",
        "CustomerOrderField.ANNUAL_REVENUE",
        "CustomerSum.annualRevenue",
        "CreateCustomerInput.annualRevenue",
    ]
    assert [texts[name] for name in about] == [said] * len(about)
    assert texts["CustomerKind.ORGANIZATION"] == "Organization."
