"""What every contestant in Python is served with: uvicorn, uvloop and httptools, one process, one route."""

from __future__ import annotations

import base64
import gc
import json
import os
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

DATABASE = os.environ.get("BENCH_DATABASE", "")
PORT = int(os.environ.get("BENCH_PORT", "0"))
POOL = 10


def address() -> dict[str, Any]:
    """What asyncpg.connect takes for the database of the benchmark."""
    url = sa.make_url(DATABASE)
    return {
        "host": url.host or url.query["host"],
        "port": url.port,
        "user": url.username,
        "database": url.database,
    }


def serve(app: Any) -> None:
    """Serve until the process is ended; what is there now is left alone by the garbage collector."""
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app, host="127.0.0.1", port=PORT, log_level="error", access_log=False, loop="uvloop", http="httptools"
    )


def answering(answer: Callable[[str, dict[str, Any]], Awaitable[bytes | str]]) -> Starlette:
    """A server that answers `{"question": "Q1", "variables": {...}}`."""

    async def endpoint(request: Request) -> Response:
        asked = json.loads(await request.body())
        body = await answer(asked["question"], asked["variables"])
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/graphql", endpoint, methods=["POST"])])


def cursor(name: str, key: object) -> str:
    """A cursor as somebody would write it by hand."""
    return base64.b64encode(json.dumps([name, str(key)]).encode()).decode()


def new_key() -> uuid.UUID:
    """The key of a new record."""
    return uuid.uuid4()
