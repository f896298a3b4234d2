"""Sends the files of the query page, with headers that let them run nothing but themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

Endpoint = Callable[[Request], Awaitable[Response]]

MEDIA_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}

# The page keeps to its own origin: nothing inline, nothing foreign, in nobody's frame, no markup made from text.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


def console_routes(examples: Sequence[Mapping[str, str]] = ()) -> list[BaseRoute]:
    """The page at `/`, the files it loads, and `/examples.json`: documents to start from, `title` and `document` each.

    The page talks to `/graphql` and `/session` beside it. All addresses are relative, so it may be mounted anywhere.
    """
    routes: list[BaseRoute] = [
        Route("/" if name == "index.html" else f"/{name}", _sending(name, source))
        for name, source in _sources(files("kehu_graphql.query_page").joinpath("files"))
    ]
    return [*routes, Route("/examples.json", _examples(examples))]


def _sources(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry, f"{prefix}{entry.name}/")
        elif entry.name.rpartition(".")[2] in MEDIA_TYPES:
            yield prefix + entry.name, entry


def _sending(name: str, source: Traversable) -> Endpoint:
    content = source.read_bytes()
    headers = {
        # Always asked for again, answered with 304 while it is the same: a new version is seen at once.
        "Cache-Control": "no-cache",
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]

    async def send(request: Request) -> Response:
        if _is_known(headers["ETag"], request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media_type)

    return send


def _is_known(tag: str, known: str) -> bool:
    return tag in (given.strip().removeprefix("W/") for given in known.split(","))


def _examples(examples: Sequence[Mapping[str, str]]) -> Endpoint:
    given = [dict(example) for example in examples]

    async def send(_: Request) -> Response:
        return JSONResponse(given, headers={"Cache-Control": "no-cache"})

    return send
