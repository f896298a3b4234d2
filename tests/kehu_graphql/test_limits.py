"""Limits are looked at in one walk through what was sent, whatever it stands for."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    parse,
    visit,
)
from graphql.language import Visitor

import kehu
from kehu_graphql import Api
from kehu_graphql.documents import REMEMBERED_BYTES, Documents
from kehu_graphql.limits import MAX_SELECTIONS, MAX_TOKENS, Measured, Size, too_large
from tests.kehu_graphql.hostile_documents import DOCUMENTS, UNREADABLE


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(kehu.App(kehu.installed(["core"]), "sqlite:////nowhere/kehu.db"))


@pytest.fixture
def documents(api: Api) -> Documents:
    return Documents(api.schema._schema)


def read(text: str) -> DocumentNode | None:
    """The document, where it can be read at all."""
    try:
        return parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError:
        return None


class Counter(Visitor):
    """Counts the selections of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def enter(self, node: Any, *_args: Any) -> None:
        """Count it, if it is one."""
        self.count += isinstance(node, FieldNode | FragmentSpreadNode | InlineFragmentNode)


def selections(document: DocumentNode) -> int:
    """How many fields and fragments stand in a document."""
    counter = Counter()
    visit(document, counter)
    return counter.count


def test_what_is_spread_counts_each_time() -> None:
    document = parse(
        """query { a: customers { ...Page } b: customers { ...Page } __schema { types { name } } }
        fragment Page on CustomerConnection { nodes { ... on Customer { c: name } } }"""
    )

    measured = Measured(document)

    assert measured.size == Size(selections=2 * 5 + 3, aliases=4, depth=2, nesting=4, schemas=1, types=0)
    assert measured.visited == selections(document) == 10


def test_every_node_is_looked_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Also where fragments double what the one before them stands for."""
    counted = 0
    for name, text in DOCUMENTS.items():
        document = read(text)
        if document is None:
            continue
        try:
            visited, there = Measured(document).visited, selections(document)
        except GraphQLError:
            continue
        assert visited == there, name
        counted += 1

    with capsys.disabled():
        print(f"\n{counted} hostile documents: every node was looked at once.")  # noqa: T201  # how many there are
    assert counted > 30


@pytest.mark.parametrize("name", [*DOCUMENTS, *UNREADABLE])
def test_a_hostile_document_is_refused(documents: Documents, name: str) -> None:
    text = {**DOCUMENTS, **UNREADABLE}[name]
    try:
        errors = documents.errors(text, of_stranger=True)
    except GraphQLError as refusal:
        errors = [refusal]

    assert errors
    assert len(documents.known) == 0


def test_what_is_refused_by_its_size_makes_no_types() -> None:
    """Types are made when a document comes to them; nobody comes to those of a document that is too large."""
    schema = Api(kehu.App(kehu.installed(["core"]), "sqlite:////nowhere/kehu.db")).schema
    made: dict[str, Any] = schema.schema_converter.type_map
    before = set(made)
    refused = [text for text in DOCUMENTS.values() if (found := read(text)) and too_large(found)]

    for text in refused:
        assert schema.documents.errors(text)

    assert len(refused) > 20
    assert set(made) == before


def test_a_document_of_ordinary_size_is_not_refused(documents: Documents) -> None:
    fields = "id name createdAt updatedAt version kind " * 8
    document = f"query A {{ customers {{ nodes {{ ...F }} }} }} fragment F on Customer {{ {fields} }}"

    assert documents.errors(document) == []
    assert documents.errors(f"{{ {'__typename ' * (MAX_SELECTIONS + 1)} }}") != []


def test_few_errors_are_told_with_a_suggestion_and_many_without(documents: Documents) -> None:
    (one,) = documents.errors("{ custmers { totalCount } }")
    many = documents.errors("{ " + " ".join(f"custmers{at} {{ totalCount }}" for at in range(50)) + " }")

    assert (
        one.message
        == "Cannot query field 'custmers' on type 'Query'. Did you mean 'customers', 'customer', 'users', or 'user'?"
    )
    assert [error.message for error in many[:-1]] == [
        f"Cannot query field 'custmers{at}' on type 'Query'." for at in range(5)
    ]
    assert many[-1].message == "Too many validation errors, error limit reached. Validation aborted."


@pytest.fixture
def traced() -> Iterator[None]:
    gc.collect()
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
def test_documents_are_remembered_by_their_bytes(api: Api) -> None:
    """Long ones that differ in a word, as a stranger may send them."""
    documents = Documents(api.schema._schema, most=4_000_000)
    before = tracemalloc.get_traced_memory()[0]

    for at in range(30):
        asked = f'nodes(ids: ["{at}", {"1, " * 700}]) {{ id }}'
        assert documents.errors(f"{{ {asked} }}", of_stranger=True) == []

    gc.collect()
    assert 1_000_000 < tracemalloc.get_traced_memory()[0] - before < 4_200_000
    assert 3_000_000 < documents.known.taken <= 4_000_000
    assert REMEMBERED_BYTES <= 64_000_000


def test_only_what_is_wrong_is_forgotten(documents: Documents) -> None:
    documents.errors("{ __typename }", of_stranger=True)
    documents.errors("{ nothing }", of_stranger=True)
    documents.errors("{ nobody }")

    assert [text in documents.known for text in ("{ __typename }", "{ nothing }", "{ nobody }")] == [
        True,
        False,
        True,
    ]
