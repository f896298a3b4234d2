"""What a document may ask for once: one that asks for it again is refused whole, over every way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

import kehu
from kehu.platform.identity.models import SignInAttempts, SignInSession
from kehu_graphql import Api
from tests.kehu_graphql.server.conftest import EMAIL, PASSWORD
from tests.kehu_graphql.server.ways import WAYS, Ask

SIGN_IN = f'signIn(email: "{EMAIL}", password: "{PASSWORD}") {{ result {{ token }} userErrors {{ code }} }}'
OTHER = 'signIn(email: "bob@example.com", password: "wrong") { userErrors { code } }'
AGAIN = {
    "aliases": f"mutation {{ signOut {{ userErrors {{ code }} }} a: {SIGN_IN} b: {OTHER} }}",
    "a fragment": f"mutation {{ {SIGN_IN} ...More }} fragment More on Mutation {{ b: {OTHER} }}",
    "an inline fragment": f"mutation {{ {SIGN_IN} ... on Mutation {{ ... {{ b: {OTHER} }} }} }}",
    "a condition": f'mutation {{ {SIGN_IN} b: signIn(email: "", password: "") @skip(if: true) '
    "{ userErrors { code } } }",
}


@pytest.mark.parametrize("ask", [ask for name, ask in WAYS.items() if name != "GET"])
def test_nothing_is_done_of_a_document_that_signs_in_twice(client: TestClient, api: Api, ask: Ask) -> None:
    for document in AGAIN.values():
        answer = ask(client, document, {})
        assert "data" not in answer or answer["data"] is None
        assert [(e["extensions"]["code"], e["message"]) for e in answer["errors"]] == [
            ("ONE_SIGN_IN", "A document asks for signIn once.")
        ]
    assert asyncio.run(kept(api.app)) == (0, 0)


async def kept(app: kehu.App) -> tuple[int, int]:
    """How many sessions and attempts to sign in there are."""
    async with app.context() as ctx:
        counted: list[Any] = [
            await ctx.session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (SignInSession, SignInAttempts)
        ]
    return counted[0], counted[1]


@pytest.mark.parametrize(
    ("document", "operation"),
    [
        (f"mutation {{ {SIGN_IN} {SIGN_IN} }}", None),
        (f"mutation One {{ {SIGN_IN} }} mutation Other {{ a: {SIGN_IN} }}", "One"),
        (f"mutation {{ ...It ...It }} fragment It on Mutation {{ {SIGN_IN} }}", None),
    ],
)
def test_what_is_one_field_of_the_answer_is_asked_for_once(
    client: TestClient, document: str, operation: str | None
) -> None:
    answer = client.post("/graphql", json={"query": document, "operationName": operation}).json()
    assert answer["data"]["signIn"]["userErrors"] == []
