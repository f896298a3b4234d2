"""Who has no language of their own is answered in what their client likes: Accept-Language, over every way."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.kehu_graphql.server.conftest import EMAIL
from tests.kehu_graphql.server.ways import WAYS, Ask

ENGLISH, CHINESE = "Sign in first.", "请先登录。"
LIKED = {
    "zh-CN": CHINESE,
    "zh": CHINESE,
    "zh-TW,zh;q=0.9,en;q=0.8": CHINESE,
    "en;q=0.5, zh-Hans;q=0.9": CHINESE,
    "de, zh;q=0.3": CHINESE,
    "ZH-cn": CHINESE,
    "zh; Q=1.0, en; q=0.999": CHINESE,
    "en-GB,en;q=0.9,zh;q=0.8": ENGLISH,
    "zh;q=0, en": ENGLISH,
    "zh;q=0.000": ENGLISH,
    "zh;q=much": ENGLISH,
    "zh;q=nan": ENGLISH,
    "*": ENGLISH,
    "de": ENGLISH,
    "": ENGLISH,
    ";;,,=q": ENGLISH,
    "zh," + "x" * 1_000: ENGLISH,
}


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_strangers_are_answered_in_the_language_that_their_client_likes(client: TestClient, ask: Ask) -> None:
    told = {
        liked: ask(client, "{ customers { nodes { id } } }", {"Accept-Language": liked}) for liked in LIKED
    }
    assert {liked: answer["errors"][0]["message"] for liked, answer in told.items()} == LIKED


REFUSED: Mapping[str, tuple[str, Any]] = {
    "/session": ("电子邮件地址或密码错误。", {"email": EMAIL, "password": "wrong"}),
    "/graphql": (
        "「电子邮件」有 400 个字符，最多接受 320 个。",
        {
            "query": 'mutation ($e: String!) { signIn(email: $e, password: "") { userErrors { message } } }',
            "variables": {"e": "x" * 400},
        },
    ),
}


@pytest.mark.parametrize("address", REFUSED)
def test_who_signs_in_is_refused_in_the_language_of_the_client(client: TestClient, address: str) -> None:
    message, given = REFUSED[address]
    answer = client.post(address, json=given, headers={"Accept-Language": "zh-CN"})
    assert f'"message":"{message}"' in answer.text.replace('": "', '":"')


@pytest.mark.parametrize("address", ["/feeds/core/none", "/metrics", f"/attachments/{uuid.UUID(int=0)}"])
def test_addresses_that_refuse_say_so_in_that_language_too(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"Accept-Language": "zh-CN"})
    (error,) = answer.json()["errors"]
    assert any("一" <= character <= "鿿" for character in error["message"])


def test_who_has_a_language_is_answered_in_it(signed_in: TestClient) -> None:
    for ask in WAYS.values():
        answer = ask(signed_in, '{ customer(id: "x") { id } }', {"Accept-Language": "zh-CN"})
        assert "is not an id of this API" in answer["errors"][0]["message"]
