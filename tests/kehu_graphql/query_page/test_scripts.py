"""What the scripts of the query page read and write, tried in Node.js."""

from __future__ import annotations

import re
from typing import Any

import pytest
from graphql import build_schema, get_introspection_query, graphql_sync, parse, print_ast, validate

import kehu
from kehu_graphql import Api
from tests.kehu_graphql.query_page.conftest import Ask

DOCUMENTS = [
    "{ customers(first: 5) { totalCount nodes { name interactions(first: 2) { nodes { subject } } } } }",
    '{ customers(filter: {name: {contains: "a, }"}}, orderBy: [{field: NAME, direction: DESC}]) { nodes { id } } }',
    """query A($id: ID!, $tags: [String!]! = ["x", "y"]) @live { node(id: $id) { ... on Customer { name } ...F } }
    fragment F on Contact { name @include(if: true) nick: shortName }""",
    r'''mutation{win(id:"1",note:"""a \""" { b"""){userErrors{message}}}subscription S{changed{operation}}''',
    "# first\n{ # second\n  a # third\n  # fourth\n  b(x: 1 # fifth\n  , y: -2.5e3)\n}\n# last",
    '{ a(input: {\n  name: "N"\n  tags: [\n    "x"\n  ]\n}) { on query fragment: type } }',
    "query Empty { __typename }",
]
BROKEN = ["{ a(", '{ a(x: "', '{ a(x: """b', "}}}", "query {", "query A", "…你好", ""]


@pytest.fixture(scope="module")
def sdl() -> str:
    return Api(kehu.App(kehu.installed(["core", "sfa"]))).sdl


@pytest.mark.parametrize("language", ["graphql", "json"])
def test_tokens_are_the_whole_text(ask: Ask, language: str) -> None:
    texts = [*DOCUMENTS, *BROKEN, '{"a": [1, -2.5, true, null, "x\\"y"]}']

    tokens = ask("tokens", f'(text) => tokensOf(text, "{language}")', texts)

    assert ["".join(token["text"] for token in found) for found in tokens] == texts
    assert all(token["kind"] for found in tokens for token in found)


def test_names_are_coloured_by_what_they_mean(ask: Ask) -> None:
    document = "query A($id: ID!) { a(x: $id, y: RED, z: true) @skip(if: false) { ...F ... on B { c } } }"

    (tokens,) = ask("tokens", '(text) => tokensOf(text, "graphql")', [document])
    kinds: dict[str, set[str]] = {}
    for token in tokens:
        if token["kind"] not in {"space", "mark"}:
            kinds.setdefault(token["kind"], set()).add(token["text"])

    assert kinds == {
        "keyword": {"query", "on", "true", "false"},
        "type": {"A", "ID", "B"},
        "variable": {"$", "id"},
        "argument": {"x", "y", "z", "if"},
        "enum": {"RED"},
        "directive": {"@", "skip"},
        "field": {"a", "F", "c"},
    }


def test_tidy_keeps_the_meaning_and_all_comments(ask: Ask) -> None:
    tidied = ask("tokens", "tidied", DOCUMENTS)

    for before, after in zip(DOCUMENTS, tidied, strict=True):
        assert print_ast(parse(after)) == print_ast(parse(before))
        assert re.findall("# .+", after) == re.findall("# .+", before)


def test_tidy_has_nothing_to_do_a_second_time(ask: Ask) -> None:
    once = ask("tokens", "tidied", DOCUMENTS)

    assert ask("tokens", "tidied", once) == once


def test_tidy_puts_one_field_on_a_line(ask: Ask) -> None:
    given = 'query A($id: ID!) { a(x: {y: [1,2]}, z: "b") @skip(if: false) { c: d, ...F } e }'

    assert ask("tokens", "tidied", [given])[0].splitlines() == [
        "query A($id: ID!) {",
        '  a(x: {y: [1, 2]}, z: "b") @skip(if: false) {',
        "    c: d",
        "    ...F",
        "  }",
        "  e",
        "}",
    ]


def test_tidy_leaves_what_it_cannot_read_complete(ask: Ask) -> None:
    tidied = ask("tokens", "tidied", BROKEN)

    assert ["".join(text.split()) for text in tidied] == ["".join(text.split()) for text in BROKEN]


def test_the_operation_under_the_cursor_is_the_one_that_runs(ask: Ask) -> None:
    text = "{ a }\nmutation Add { b }\nfragment F on T { c }\nsubscription { z }"
    expression = f"(at) => operationAt({text!r}, at)"

    found = ask("tokens", expression, [0, text.index("b"), text.index("c"), text.index("z")])

    assert [(one["kind"], one["name"]) for one in found] == [
        ("query", None),
        ("mutation", "Add"),
        ("query", None),
        ("subscription", None),
    ]


def test_only_the_chosen_operation_is_sent_and_its_lines_stay(ask: Ask) -> None:
    text = "{ a }\nmutation Add {\n  b ...F\n}\nfragment F on T { c }"

    (sent,) = ask("tokens", "(text) => onlyOperation(text, operationsOf(text)[1])", [text])

    assert sent == "     \nmutation Add {\n  b ...F\n}\nfragment F on T { c }"


def test_a_document_without_an_operation_runs_nothing(ask: Ask) -> None:
    texts = ["", "# only words", "fragment F on T { c }"]

    assert ask("tokens", "(text) => operationAt(text, 0)", texts) == [None, None, None]


def test_every_root_field_that_the_explorer_writes_is_a_valid_operation(ask: Ask, sdl: str) -> None:
    schema = build_schema(sdl)
    introspection: Any = graphql_sync(schema, get_introspection_query()).data
    expression = """(data) => {
        const schema = new Schema(data.__schema);
        return schema.roots.flatMap(({ operation, name }) =>
            schema.type(name).fields.map((field) => `${operation} {\\n${schema.written(field)}\\n}`));
    }"""

    (written,) = ask("schema", expression, [introspection])

    refused = {text: [error.message for error in validate(schema, parse(text))] for text in written}
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    assert {text: errors for text, errors in refused.items() if errors} == {}
    assert len(written) == sum(len(root.fields) for root in roots if root)


def test_the_search_finds_records_and_root_fields_first(ask: Ask, sdl: str) -> None:
    introspection: Any = graphql_sync(build_schema(sdl), get_introspection_query()).data
    expression = """(data) => new Schema(data.__schema).find("Customer").matches
        .slice(0, 2).map(({ type, field }) => [type.name, field?.name ?? null])"""

    assert ask("schema", expression, [introspection]) == [[["Customer", None], ["Query", "customer"]]]


def test_both_languages_have_the_same_labels_and_all_are_used(
    ask: Ask, console_files: dict[str, str]
) -> None:
    english, chinese = ask("labels", "(code) => Object.keys(LANGUAGES[code])", ["en", "zh"])
    text = "".join(console_files.values())
    in_page = re.findall(r'data-label(?:-\w+)?="(\w+)"', console_files["index.html"])
    in_scripts = re.findall(r'(?:label|list)\("(\w+)"', text)
    in_choices = re.findall(r'label\([^)]*\? "(\w+)" : "(\w+)"', text)

    assert english == chinese
    assert set(english) == {*in_page, *in_scripts, *(name for pair in in_choices for name in pair)}


def test_the_page_speaks_the_first_language_it_knows(ask: Ask) -> None:
    preferred = [["zh-CN", "en"], ["zh-Hant-TW"], ["de", "zh", "en"], ["en-GB", "zh"], ["fr"], []]

    assert ask("labels", "languageOf", preferred) == ["zh", "zh", "zh", "en", "en", "en"]
