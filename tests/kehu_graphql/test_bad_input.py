"""Arguments that cannot be understood are answered with a sentence, and nothing else happens."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest

import kehu
from tests.crm import Crm, crm_of

NOBODY = base64.b64encode(b"Product:01a205ab-d643-72d6-a37b-64d328d03f26").decode()
NOT_OF_THIS_API = "'garbage' is not an id of this API; use the `id` of a record as it was given."
OF_A_PRODUCT = "Expected the id of a {}, but got one of a Product."


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(url=shared_database_url) as crm:
        await crm.store(kehu.Customer(name="Huawei"), kehu.Product(code="P1", name="Paper"))
        yield crm


async def problems(crm: Crm, document: str, **variables: object) -> list[tuple[str, str]]:
    """Code and message of the errors of an answer."""
    answer = await crm.answer(document, variables)
    return [(error["extensions"]["code"], error["message"]) for error in answer["errors"]]


async def test_a_garbage_cursor_is_refused(crm: Crm) -> None:
    assert await problems(crm, '{ customers(after: "garbage") { totalCount } }') == [
        ("BAD_CURSOR", "'garbage' is no cursor of this API; use `endCursor` or `cursor` as it was given.")
    ]


async def test_a_cursor_of_another_list_is_refused(crm: Crm) -> None:
    page = await crm.ask("{ products(first: 1) { pageInfo { endCursor } } }")
    cursor = page["products"]["pageInfo"]["endCursor"]

    assert await problems(crm, "query ($c: String) { customers(after: $c) { totalCount } }", c=cursor) == [
        (
            "BAD_CURSOR",
            "This cursor was made with another orderBy or for another list; start again without it.",
        )
    ]


@pytest.mark.parametrize(
    ("key", "message"), [("garbage", NOT_OF_THIS_API), (NOBODY, OF_A_PRODUCT)], ids=["garbage", "product"]
)
@pytest.mark.parametrize(
    "document",
    [
        "query ($id: ID!) { customer(id: $id) { name } }",
        "query ($id: ID!) { interactions(filter: {customerId: {eq: $id}}) { totalCount } }",
    ],
    ids=["get", "filter"],
)
async def test_an_id_of_another_type_is_refused(crm: Crm, document: str, key: str, message: str) -> None:
    assert await problems(crm, document, id=key) == [("BAD_ID", message.format("Customer"))]


@pytest.mark.parametrize(
    ("key", "message"), [("garbage", NOT_OF_THIS_API), (NOBODY, OF_A_PRODUCT)], ids=["garbage", "product"]
)
@pytest.mark.parametrize(
    ("document", "expected", "field"),
    [
        ('updateCustomer(input: {id: $id, name: "Li"})', "Customer", "id"),
        ("deleteCustomer(id: $id)", "Customer", "id"),
        ("completeInteraction(id: $id)", "Interaction", "id"),
        (
            'createInteraction(input: {kind: CALL, customerId: $id, subject: "Li"})',
            "Customer",
            "customerId",
        ),
    ],
    ids=["update", "delete", "action", "create"],
)
async def test_a_write_with_an_id_of_another_type_is_refused_at_its_field(
    crm: Crm, document: str, expected: str, field: str, key: str, message: str
) -> None:
    (answer,) = (
        await crm.ask(
            f"mutation ($id: ID!) {{ {document} {{ userErrors {{ code message field }} }} }}", {"id": key}
        )
    ).values()

    told = message.format(expected)
    assert answer["userErrors"] == [{"code": "BAD_ID", "message": told, "field": field}]
    assert [customer.name for customer in await crm.all(kehu.Customer)] == ["Huawei"]
    assert await crm.count(kehu.Interaction) == 0
