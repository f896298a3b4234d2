"""Types are made when a document comes to them, and nobody can tell."""

from __future__ import annotations

import dataclasses
import random

import pytest
from graphql import GraphQLSchema

import kehu
from kehu_graphql.schema.build import KehuSchema, build_schema
from kehu_graphql.schema.on_demand import SchemaOnDemand

COMPOSITION = kehu.compose(kehu.installed(["core"]))


def fresh() -> KehuSchema:
    """A schema that nobody has asked for anything."""
    return build_schema(COMPOSITION)


def made(schema: KehuSchema) -> set[str]:
    return set(schema.schema_converter.type_map)


def whole(schema: KehuSchema) -> GraphQLSchema:
    found = schema._schema
    assert isinstance(found, SchemaOnDemand)
    return found.whole


def test_a_query_makes_the_types_that_it_comes_to() -> None:
    schema = fresh()

    assert schema.documents.errors("{ customers { nodes { owner { name } } } }") == []

    assert {"CustomerConnection", "Customer", "User"} <= made(schema)
    assert made(schema).isdisjoint({"CreateCustomerPayload", "CustomerMin", "CustomerListFilter"})
    assert len(made(schema)) < 0.7 * len(whole(schema).type_map)


def test_every_type_is_found_by_its_name_and_is_that_of_the_whole_schema() -> None:
    schema = fresh()
    names = sorted(whole(fresh()).type_map)
    random.Random(1).shuffle(names)

    found = {name: schema._schema.get_type(name) for name in names}

    assert found == dict(whole(schema).type_map)


def test_what_implements_an_interface_is_known_from_the_start() -> None:
    schema = fresh()._schema

    before = [kind.name for kind in schema.get_possible_types(schema.type_map["Node"])]  # type: ignore[arg-type]  # an interface

    assert before == list(COMPOSITION.by_name)
    assert len(schema.type_map) > len(before)
    assert [kind.name for kind in schema.get_possible_types(schema.type_map["Node"])] == before  # type: ignore[arg-type]


def test_the_schema_is_the_same_whatever_was_asked_before() -> None:
    asked, unasked = fresh(), fresh()
    for document in ("mutation { deleteCustomer(id: 1) { deletedId } }", "{ teams { edges { cursor } } }"):
        asked.documents.errors(document)

    assert asked.as_str() == unasked.as_str()
    assert asked.introspect() == unasked.introspect()


def test_an_unknown_type_is_told_as_ever() -> None:
    (error,) = fresh().documents.errors("query ($f: CustomerFiltre) { customers(filter: $f) { totalCount } }")

    assert error.message.startswith("Unknown type 'CustomerFiltre'. Did you mean 'CustomerFilter', ")


def test_an_annotation_without_a_type_is_told_at_the_start() -> None:
    firm = kehu.Plugin("firm", requires=["core"])

    async def size_of(number: complex) -> int:
        """Take what GraphQL has no type for."""
        return int(abs(number))

    firm.query()(size_of)

    with pytest.raises(kehu.CompositionError, match=r"builtins\.complex stands in an annotation"):
        build_schema(kehu.compose([*COMPOSITION.plugins, firm]))


def test_a_name_that_is_generated_too_is_told_at_the_start() -> None:
    firm = kehu.Plugin("firm", requires=["core"])

    @dataclasses.dataclass
    class CustomerFilter:
        """Named as what customers are filtered by."""

        width: int

    async def sieve() -> CustomerFilter:
        """Give the filter."""
        return CustomerFilter(2)

    sieve.__annotations__["return"] = CustomerFilter
    firm.query()(sieve)

    with pytest.raises(kehu.CompositionError, match="type 'CustomerFilter' is defined by kehu itself and by"):
        build_schema(kehu.compose([*COMPOSITION.plugins, firm]))
