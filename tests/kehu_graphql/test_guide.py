"""What docs/graphql.md and the pages below it show to front-ends works."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, validate

import kehu
from kehu_graphql import Api
from tests.templates import Templates

BLOCK = re.compile(r"^```graphql\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
async def api(database_url: str, templates: Templates) -> Any:
    app = await templates.open(database_url, "core")
    async with app.context() as ctx, ctx.write():
        for name in ("Ann", "Bea"):
            customer = ctx.add(kehu.Customer(name=name, kind="PERSON"))
            await ctx.flush()
            ctx.add(kehu.Interaction(customer_id=customer.id, kind="CALL", subject="Hello"))
    yield Api(app)
    await app.close()


def _pages(repository: Path) -> Mapping[str, str]:
    """The text of each page by its name."""
    docs = repository / "docs"
    pages = [docs / "graphql.md", *sorted((docs / "graphql").glob("*.md"))]
    return {page.name: page.read_text(encoding="utf-8") for page in pages}


async def test_every_document_of_the_guide_works(api: Api, repository: Path) -> None:
    ran, listened = 0, 0
    for page, text in _pages(repository).items():
        for document in BLOCK.findall(text):
            parsed = parse(document)
            (operation,) = (n for n in parsed.definitions if isinstance(n, OperationDefinitionNode))
            assert validate(api.schema._schema, parsed) == [], page
            if operation.operation is OperationType.SUBSCRIPTION:
                listened += 1
                continue
            known = await _known(api)
            names = [variable.variable.name.value for variable in operation.variable_definitions or ()]
            answer = await api.execute(document, {name: known[name] for name in names if name in known})
            assert "errors" not in answer, (page, document, answer)
            refused = [
                value["userErrors"]
                for value in answer["data"].values()
                if isinstance(value, dict) and value.get("userErrors")
            ]
            assert refused == [], (page, document)
            ran += 1
    assert (ran, listened) == (30, 1)


async def _known(api: Api) -> Mapping[str, Any]:
    """Values of the variables that documents of the guide have, as the data are now."""
    found = await api.execute(
        """{ customers(orderBy: [{field: ID}]) { nodes { id version } }
             interactions(filter: {status: {ne: DONE}}) { nodes { id } } }"""
    )
    customers = found["data"]["customers"]["nodes"]
    interactions = [each["id"] for each in found["data"]["interactions"]["nodes"]]
    return {
        "id": customers[0]["id"],
        "version": customers[0]["version"],
        "ids": [each["id"] for each in customers],
        "record": customers[0]["id"],
        "interaction": next(iter(interactions), None),
        "interactions": interactions[:1],
        "file": kehu.Upload("offer.pdf", "application/pdf", b"%PDF"),
        "first": 10,
    }


def test_every_page_is_found_from_the_first_one(repository: Path) -> None:
    pages = _pages(repository)
    listed = re.findall(r"\| \[[^\]]+\]\(graphql/([a-z-]+\.md)\) \|$", pages["graphql.md"], re.MULTILINE)
    assert sorted(listed) == sorted(name for name in pages if name != "graphql.md")
    assert len(listed) == len(set(listed))


def test_a_page_is_short_and_begins_with_its_task(repository: Path) -> None:
    for name, text in _pages(repository).items():
        assert text.startswith("# "), name
        assert len(text.splitlines()) <= 70, name
