"""`kehu schema docs` writes pages that say everything the schema has, and whose links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import kehu
from kehu_graphql import Api
from kehu_graphql.schema.descriptions import Pages, pages_of

LINK = re.compile(r"(?<!\\)\]\(([^)#\s]+)(?:#([^)]+))?\)")


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(kehu.App(kehu.installed(["core", "sfa"]), "sqlite:///nothing.db"))


@pytest.fixture(scope="module")
def pages(api: Api) -> Pages:
    return pages_of(api.schema._schema, api.app.composition)


def headings(text: str) -> set[str]:
    return {line.lstrip("# ") for line in text.splitlines() if line.startswith("#")}


def test_every_type_has_a_place(api: Api, pages: Pages) -> None:
    told = set().union(*map(headings, pages.values()))
    types = {name for name in api.schema._schema.type_map if not name.startswith("__")}
    assert types - told == set()


def test_every_root_field_is_on_one_page(api: Api, pages: Pages) -> None:
    schema = api.schema._schema
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]
    asked = [line[4:] for text in pages.values() for line in text.splitlines() if line.startswith("### ")]
    assert sorted(asked) == sorted(name for root in roots for name in root.fields)


def test_the_page_of_an_entity_has_what_is_asked_about_it(pages: Pages) -> None:
    asked = {
        "customer",
        "customers",
        "customersAggregate",
        "createCustomer",
        "updateCustomers",
        "customerChanged",
    }
    assert asked <= headings(pages["Customer.md"])
    assert "| `name` | [String](scalars.md#string)! | What the customer is called. |" in pages["Customer.md"]
    assert {"node", "search", "signIn"} <= headings(pages["index.md"])


def test_every_link_leads_to_a_heading(pages: Pages) -> None:
    broken = {
        (page, name, anchor)
        for page, text in pages.items()
        for name, anchor in LINK.findall(text)
        if "://" not in name
        and (name not in pages or (anchor and anchor not in {h.lower() for h in headings(pages[name])}))
    }
    assert sum(len(LINK.findall(text)) for text in pages.values()) > 5000
    assert broken == set()


def test_the_command_writes_them(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("kehu"))
    command = [program, "schema", "docs", str(tmp_path / "pages"), "--plugins", "core"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    written = {path.name for path in (tmp_path / "pages").iterdir()}
    assert printed == f"{len(written)} pages in {tmp_path / 'pages'}.\n"
    assert {"index.md", "Customer.md", "enums.md"} <= written
