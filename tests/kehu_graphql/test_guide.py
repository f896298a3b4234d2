"""What docs/graphql.md shows to front-ends works, on the data of the demo."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationType, get_operation_ast, parse, validate

import kehu
from kehu_graphql import Api
from tests.templates import Templates

BLOCK = re.compile(r"^```graphql\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
async def api(database_url: str, templates: Templates) -> Any:
    app = await templates.open(database_url, "core")
    async with app.context() as ctx, ctx.write():
        ann = ctx.add(kehu.Customer(name="Ann", kind="PERSON"))
        await ctx.flush()
        ctx.add(kehu.Interaction(customer_id=ann.id, kind="CALL", direction="INBOUND", subject="Hello"))
    yield Api(app)
    await app.close()


async def test_every_document_of_the_guide_works(api: Api, repository: Path) -> None:
    documents = BLOCK.findall((repository / "docs" / "graphql.md").read_text(encoding="utf-8"))
    found = await api.execute("{ customers { nodes { id version } } }")
    (variables,) = found["data"]["customers"]["nodes"]
    ran = 0
    for document in documents:
        parsed = parse(document)
        operation = get_operation_ast(parsed)
        assert operation is not None
        assert validate(api.schema._schema, parsed) == []
        if operation.operation is OperationType.SUBSCRIPTION:
            continue
        answer = await api.execute(document, variables)
        assert "errors" not in answer, document
        assert [value["userErrors"] for value in answer["data"].values() if "userErrors" in value] in (
            [],
            [[]],
        )
        ran += 1
    assert ran == len(documents) - 1 == 13
