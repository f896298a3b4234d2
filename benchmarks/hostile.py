"""What hostile documents cost a server: its CPU for each, and how long /healthz waits meanwhile.

`uv run python -m benchmarks.hostile`; all documents that the tests have, sent by nobody, on SQLite. Whole introspection
comes first, when no type is made, and again under other names.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
import structlog
from graphql import get_introspection_query

import kehu
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from tests.kehu_graphql.hostile import ALL as ARGUMENTS
from tests.kehu_graphql.hostile_documents import DOCUMENTS, UNREADABLE

SLOWEST = 10
AIM = 50
WHOLE = get_introspection_query()
# Seconds between two looks at /healthz, whose CPU is in the figures too.
BETWEEN = 0.02


def requests() -> dict[str, dict[str, Any]]:
    """The bodies of all requests by what they are called."""
    documents = {name: {"query": text} for name, text in {**DOCUMENTS, **UNREADABLE}.items()}
    arguments = {
        f"arguments: {name}": {"query": asked.document, "variables": {"given": asked.given}}
        for name, asked in ARGUMENTS.items()
    }
    return {
        "the first introspection": {"query": WHOLE},
        "another introspection": {"query": WHOLE.replace("IntrospectionQuery", "Again")},
        "the same introspection": {"query": WHOLE},
        **documents,
        **arguments,
    }


async def measure(http: httpx2.AsyncClient, body: dict[str, Any]) -> tuple[float, float]:
    """Milliseconds of CPU for one request, and how long after it was due /healthz answered at worst."""
    content, waits = json.dumps(body).encode(), [0.0]

    async def look() -> None:
        while True:
            due = time.perf_counter() + BETWEEN
            await asyncio.sleep(BETWEEN)
            await http.get("/healthz")
            waits.append(time.perf_counter() - due)

    looking = asyncio.create_task(look())
    await asyncio.sleep(BETWEEN)
    began = time.process_time()
    await http.post("/graphql", content=content, headers={"Content-Type": "application/json"})
    spent = time.process_time() - began
    await asyncio.sleep(BETWEEN)
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
    return 1000 * spent, 1000 * max(waits)


async def run(plugins: list[str], folder: Path) -> dict[str, tuple[float, float]]:
    """The figures of all requests, each sent once."""
    app = kehu.App(kehu.installed(plugins), f"sqlite:///{folder / 'kehu.db'}")
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    transport = httpx2.ASGITransport(asgi(Api(app)))
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://kehu", timeout=600) as http:
            await http.get("/healthz")
            return {name: await measure(http, body) for name, body in requests().items()}
    finally:
        await app.close()


def main() -> None:
    """Measure, and print a table of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", default="core,sfa,partner_inventory")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(run(given.plugins.split(","), Path(folder)))
    spent = sorted(cpu for cpu, _ in figures.values())
    slowest = sorted(figures, key=lambda name: -figures[name][0])[:SLOWEST]
    dear = sum(cpu > AIM for cpu in spent)
    summary = (
        f"{len(figures)} requests: {statistics.median(spent):.1f} ms of CPU (median), {dear} above {AIM} ms"
    )
    lines = [
        summary,
        "",
        "| request | CPU, ms | /healthz waited, ms |",
        "|---|---|---|",
        *(f"| {name} | {figures[name][0]:.0f} | {figures[name][1]:.0f} |" for name in slowest),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
