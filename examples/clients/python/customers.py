"""A client in Python, with gql: sign in, page through customers, change one, hear of changes of others.

Run it against a server: `KEHU_EMAIL=... KEHU_PASSWORD=... python customers.py`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable
from typing import Any

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

ADDRESS = os.environ.get("KEHU_URL", "http://127.0.0.1:8000") + "/graphql"
PATIENCE_SECONDS = 60

SIGN_IN = gql(
    """mutation SignIn($email: String!, $password: String!) {
      signIn(email: $email, password: $password) { result { token } userErrors { message } } }"""
)
CUSTOMERS = gql(
    """query Customers($after: String) {
      customers(first: 5, after: $after, orderBy: [{field: NAME}]) {
        nodes { id version name }
        pageInfo { hasNextPage endCursor } } }"""
)
RENAME = gql(
    """mutation Rename($input: UpdateCustomerInput!) {
      updateCustomer(input: $input) { customer { version name } userErrors { code field } } }"""
)
CREATE = gql(
    """mutation Create($input: CreateCustomerInput!) {
      createCustomer(input: $input) { customer { id } userErrors { code field } } }"""
)
CHANGED = gql("subscription Changed { customerChanged { operation customer { name } } }")


async def sign_in(email: str, password: str) -> str:
    """The token that each request is sent with. Raises PermissionError with the reason why there is none."""
    async with Client(transport=HTTPXAsyncTransport(url=ADDRESS)) as session:
        SIGN_IN.variable_values = {"email": email, "password": password}
        answer = (await session.execute(SIGN_IN))["signIn"]
    if answer["result"] is None:
        raise PermissionError(answer["userErrors"][0]["message"])
    return str(answer["result"]["token"])


async def ask(session: Any, request: Any, **variables: Any) -> dict[str, Any]:
    """The data of an answer. Raises TransportQueryError for one with errors."""
    request.variable_values = variables
    data: dict[str, Any] = await session.execute(request)
    return data


async def every_customer(session: Any) -> AsyncIterator[dict[str, Any]]:
    """All customers by name, a page at a time."""
    after = None
    while True:
        page = (await ask(session, CUSTOMERS, after=after))["customers"]
        for customer in page["nodes"]:
            yield customer
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


async def codes_of(asked: Awaitable[object]) -> list[str]:
    """The codes of the errors of an answer; none for one without errors."""
    try:
        await asked
    except TransportQueryError as failed:
        return [error["extensions"]["code"] for error in failed.errors or ()]
    return []


async def next_change(token: str, listening: asyncio.Event) -> str:
    """The name of the customer that is written next, whoever writes it."""
    parameters = {"Authorization": f"Bearer {token}"}
    transport = WebsocketsTransport(url=ADDRESS.replace("http", "ws", 1), init_payload=parameters)
    async with Client(transport=transport) as session:
        asyncio.get_running_loop().call_later(0.5, listening.set)
        async for news in session.subscribe(CHANGED):
            return str(news["customerChanged"]["customer"]["name"])
    raise ConnectionError("The server ended the subscription.")


async def main() -> None:
    """Everything once, each step checked."""
    token = await sign_in(os.environ["KEHU_EMAIL"], os.environ["KEHU_PASSWORD"])
    # The client fetches the schema, all of it, and checks each document before it is sent.
    headers = {"Authorization": f"Bearer {token}"}
    transport = HTTPXAsyncTransport(url=ADDRESS, headers=headers, timeout=PATIENCE_SECONDS)
    async with Client(
        transport=transport, fetch_schema_from_transport=True, execute_timeout=PATIENCE_SECONDS
    ) as session:
        customers = [customer async for customer in every_customer(session)]
        assert len({customer["id"] for customer in customers}) == len(customers) > 10

        one = customers[0]
        change = {"id": one["id"], "version": one["version"], "name": one["name"] + " 一"}
        renamed = (await ask(session, RENAME, input=change))["updateCustomer"]
        assert renamed["customer"] == {"version": one["version"] + 1, "name": change["name"]}
        refused = (await ask(session, RENAME, input=change))["updateCustomer"]
        assert refused == {"customer": None, "userErrors": [{"code": "CONFLICT", "field": "version"}]}

        assert await codes_of(ask(session, CUSTOMERS, after="garbage")) == ["BAD_CURSOR"]

        listening = asyncio.Event()
        told = asyncio.create_task(next_change(token, listening))
        await listening.wait()
        await ask(session, CREATE, input={"name": "Heard of"})
        assert await asyncio.wait_for(told, 10) == "Heard of"
    print("gql: all as expected.")


if __name__ == "__main__":
    asyncio.run(main())
