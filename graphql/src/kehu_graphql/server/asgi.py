"""The ASGI application: GraphQL, sign-in, the query page and the health check of one App."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Lifespan

import kehu
from kehu.kernel.jobs import JOBS_AT_ONCE
from kehu.platform.attachments.fields import FOLDER
from kehu.platform.core import CoreSettings
from kehu.platform.jobs.runner import job_runner
from kehu_graphql.execution import Api
from kehu_graphql.introspection import refusal_of
from kehu_graphql.query_page import console_routes
from kehu_graphql.server.attachments import attachment_routes
from kehu_graphql.server.feeds import feed_route
from kehu_graphql.server.inbound import inbound_route
from kehu_graphql.server.metrics import metrics_route
from kehu_graphql.server.middleware import MAX_BODY_BYTES, BodyLimit, RequestLog
from kehu_graphql.server.operations import Operations
from kehu_graphql.server.persisted_documents import PersistedDocuments
from kehu_graphql.server.planned_requests import COMPRESSED_FROM, COMPRESSION, PATH, Planned
from kehu_graphql.server.refusals import ANSWERS
from kehu_graphql.server.security import principal_of
from kehu_graphql.server.sessions import session_route
from kehu_graphql.server.uploads import MULTIPART


def asgi(
    api: Api,
    *,
    examples: Sequence[dict[str, str]] = (),
    jobs_at_once: int = JOBS_AT_ONCE,
    trusted: Mapping[str, str] | None = None,
) -> Starlette:
    """The application that `kehu serve` runs; `examples` are the documents that the query page offers.

    It runs the App's jobs too, `jobs_at_once` of them. With `trusted` documents it executes no others.
    """
    named = PersistedDocuments(trusted)
    operations = Operations(api, named)
    routes: list[BaseRoute] = [
        Route(PATH, operations),
        WebSocketRoute(PATH, operations),
        Route("/schema.graphql", _schema(api)),
        Route("/healthz", _health(api)),
        metrics_route(api),
        session_route(api.app),
        inbound_route(api.app),
        *attachment_routes(api.app),
        feed_route(api.app),
        *console_routes(examples),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Planned, api, named),
            Middleware(RequestLog),
            Middleware(BodyLimit, most=_longest_body(api.app)),
            Middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM, compresslevel=COMPRESSION),
        ],
        exception_handlers=ANSWERS,
        lifespan=_lifespan(api, jobs_at_once),
    )


def _longest_body(app: kehu.App) -> Callable[[str, str], int]:
    """A megabyte; where files come as much as a file may be, and with an operation a megabyte more."""
    file = app.settings_of(CoreSettings).attachment_max_bytes

    def most(path: str, media_type: str) -> int:
        if path == FOLDER:
            return file
        return file + MAX_BODY_BYTES if (path, media_type) == (PATH, MULTIPART) else MAX_BODY_BYTES

    return most


def _lifespan(api: Api, jobs_at_once: int) -> Lifespan[Starlette]:
    @contextlib.asynccontextmanager
    async def lifespan(server: Starlette) -> AsyncIterator[None]:
        await api.app.hooks.run("kehu_start", app=api.app)
        gc.freeze()  # What is here now stays for ever; the collector need not look at it, now or later.
        try:
            async with job_runner(api.app, jobs_at_once=jobs_at_once):
                yield
        finally:
            await api.app.hooks.run("kehu_stop", app=api.app)
            await api.app.close()

    return lifespan


def _schema(api: Api) -> Callable[[Request], Awaitable[Response]]:
    """The schema as a file for tools; who has it already learns so from its ETag."""
    made: list[tuple[str, str]] = []

    async def schema(request: Request) -> Response:
        refusal = refusal_of(api.app, await principal_of(api.app, request))
        if refusal is not None:
            return JSONResponse({"errors": [refusal.formatted]}, status_code=403)
        if not made:
            await api.schema.made_whole()
            sdl = await asyncio.to_thread(lambda: api.sdl)
            made.append((sdl, f'"{hashlib.sha256(sdl.encode()).hexdigest()}"'))
        ((sdl, etag),) = made
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(sdl, media_type="text/plain", headers=headers)

    return schema


def _health(api: Api) -> Callable[[Request], Awaitable[Response]]:
    async def health(request: Request) -> JSONResponse:
        try:
            async with api.app.engine.connect() as connection:
                await connection.execute(sa.text("SELECT 1"))
        except sa.exc.SQLAlchemyError:
            return JSONResponse({"status": "database unreachable"}, status_code=503)
        return JSONResponse({"status": "ok"})

    return health
