"""What reads and writes cost without prepared statements, and through PgBouncer: ratios to the same server directly.

`uv run python -m benchmarks.pooler`; needs pgbouncer. The three ways take turns, request by request.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Mapping

import kehu
from kehu_graphql import Api
from tests.pooler import pooled
from tests.postgres import running_postgres

CUSTOMERS = 200
TURNS = 400
DOCUMENTS = {
    "one customer": "query ($id: ID!) { customer(id: $id) { name createdAt } }",
    "fifty customers with their interactions": (
        "query ($id: ID!) { customers(first: 50) { nodes { id name interactions(first: 5) { nodes { subject } } } }"
        " customer(id: $id) { id } }"
    ),
    "a new interaction": (
        'mutation ($id: ID!) { createInteraction(input: {customerId: $id, kind: CALL, subject: "Offer"})'
        " { userErrors { code } } }"
    ),
}


async def measure(apis: Mapping[str, Api], document: str, customer: str) -> dict[str, float]:
    """The median milliseconds of each way."""
    spent: dict[str, list[float]] = {name: [] for name in apis}
    for _ in range(TURNS):
        for name, api in apis.items():
            began = time.perf_counter()
            answer = await api.execute(document, {"id": customer})
            spent[name].append(1000 * (time.perf_counter() - began))
            assert "errors" not in answer, answer
    return {name: statistics.median(times[TURNS // 10 :]) for name, times in spent.items()}


async def run(direct: str, through: str) -> None:
    """Print a line of Markdown for each document."""
    plugins = kehu.installed(["core"])
    apps = {
        "directly": kehu.App(plugins, direct),
        "nothing prepared": kehu.App(plugins, direct, direct_url=direct),
        "through PgBouncer": kehu.App(plugins, through, direct_url=direct),
    }
    app = apps["directly"]
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    async with app.context() as ctx, ctx.write():
        made = [ctx.add(kehu.Customer(name=f"Customer {at}")) for at in range(CUSTOMERS)]
    apis = {name: Api(each) for name, each in apps.items()}
    for name, document in DOCUMENTS.items():
        found = await measure(apis, document, kehu.global_id("Customer", made[0].id))
        first = found["directly"]
        cells = " | ".join(f"{each / first:.2f}" for each in found.values())
        sys.stdout.write(f"| {name} | {first:.2f} ms | {cells} |\n")
    for each in apps.values():
        await each.close()


def main() -> None:
    """Measure on a PostgreSQL of its own."""
    with running_postgres() as server:
        direct = server.create_database()
        with pooled(direct) as through:
            asyncio.run(run(direct, through))


if __name__ == "__main__":
    main()
