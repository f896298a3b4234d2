"""Who is asking: a bearer token, or the session cookie of a browser on our own origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import AnyStr
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, cookie_parser
from starlette.types import Scope

import kehu
from kehu.platform.identity.sign_in import principal_of_token

_SECURE_COOKIE = "__Host-kehu_session"
_PLAIN_COOKIE = "kehu_session"


def cookie_name(scope: Scope) -> str:
    """`__Host-` binds the cookie to this host and to https; plain http is for the machine one sits at."""
    return _SECURE_COOKIE if scope.get("scheme") in ("https", "wss") else _PLAIN_COOKIE


async def principal_of(
    app: kehu.App, connection: HTTPConnection, parameters: Mapping[str, object] | None = None
) -> kehu.Principal:
    """The principal of a request or WebSocket; ANONYMOUS where nobody is signed in.

    `parameters` are those of a WebSocket's connection_init, where browsers cannot send headers.
    """
    token = bearer_token(connection.headers, parameters)
    if token is None and same_origin(connection):
        token = connection.cookies.get(cookie_name(connection.scope))
    return await _bearer(app, token)


async def principal_of_scope(app: kehu.App, scope: Scope, head: Mapping[bytes, bytes]) -> kehu.Principal:
    """The same for a request of which there is no more than its scope; `head` are the headers in it."""
    token = _token(head.get(b"authorization", b"").decode("latin-1"))
    if token is None and b"cookie" in head and _is_ours(head.get(b"origin"), head.get(b"host")):
        token = cookie_parser(head[b"cookie"].decode("latin-1")).get(cookie_name(scope))
    return await _bearer(app, token)


def bearer_token(headers: Headers, parameters: Mapping[str, object] | None = None) -> str | None:
    """The token of `Authorization: Bearer ...`, in the headers or in the parameters of a WebSocket."""
    given = headers.get("authorization") or str(
        (parameters or {}).get("authorization") or (parameters or {}).get("Authorization") or ""
    )
    return _token(given)


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that sent the request is ours; a cookie alone proves nothing, browsers send it for anybody.

    Requests without an Origin header are not made by a page of another site.
    """
    return _is_ours(connection.headers.get("origin"), connection.headers.get("host"))


def _is_ours(origin: AnyStr | None, host: AnyStr | None) -> bool:
    try:
        return origin is None or urlsplit(origin).netloc == host
    except ValueError:  # Such as http://[, which is the address of nothing.
        return False


def _token(given: str) -> str | None:
    scheme, _, token = given.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def _bearer(app: kehu.App, token: str | None) -> kehu.Principal:
    if not token:
        return kehu.ANONYMOUS
    return await principal_of_token(app, token) or kehu.ANONYMOUS
