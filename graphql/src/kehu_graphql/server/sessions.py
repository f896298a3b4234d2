"""Signing in from a browser: the token goes into a cookie that no script can read."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import kehu
from kehu.platform.identity.sign_in import LONGEST, sign_in, sign_out
from kehu.platform.localization.catalogues import catalogues_of
from kehu_graphql.server.contexts import context_of
from kehu_graphql.server.json_input import read_json
from kehu_graphql.server.security import cookie_name, principal_of, same_origin


def session_route(app: kehu.App) -> Route:
    """`/session`: POST {email, password} signs in, GET tells who is signed in, DELETE signs out."""

    async def session(request: Request) -> Response:
        if not same_origin(request):
            return _refused("FORBIDDEN", "Sign in from a page of this server.", 403)
        return await {"GET": _who, "HEAD": _who, "POST": _enter, "DELETE": _leave}[request.method](
            app, request
        )

    return Route("/session", session, methods=["GET", "POST", "DELETE"])


async def _who(app: kehu.App, request: Request) -> Response:
    principal = await principal_of(app, request)
    if principal is kehu.ANONYMOUS:
        return JSONResponse({"user": None})
    return JSONResponse(
        {
            "user": {
                "id": kehu.global_id("User", principal.id) if principal.id else None,
                "name": principal.name,
            }
        }
    )


async def _enter(app: kehu.App, request: Request) -> Response:
    given = await _json(request)
    if given is None:
        return _refused("BAD_USER_INPUT", "Send a JSON object with email and password.", 400)
    async with context_of(app, request, kehu.ANONYMOUS) as ctx:
        try:
            signed_in = await sign_in(
                ctx,
                str(given.get("email", "")),
                str(given.get("password", "")),
                device=request.headers.get("user-agent"),
                address=ctx.address,
            )
        except kehu.Refusal as refusal:
            error = refusal.errors[0]
            status = 429 if error.code == "TOO_MANY_ATTEMPTS" else 401
            return _refused(error.code, catalogues_of(app).tell(error.message, ctx.locale), status)
    response = JSONResponse({"expiresAt": signed_in.expires_at.isoformat()})
    response.set_cookie(
        cookie_name(request.scope),
        signed_in.token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.scope["scheme"] == "https",
        path="/",
    )
    return response


async def _leave(app: kehu.App, request: Request) -> Response:
    async with context_of(app, request, await principal_of(app, request)) as ctx:
        await sign_out(ctx)
    response = Response(status_code=204)
    response.delete_cookie(cookie_name(request.scope), path="/")
    return response


async def _json(request: Request) -> dict[str, Any] | None:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return None
    try:
        given = read_json(await request.body())
    except kehu.BadInput:
        return None
    return given if isinstance(given, dict) else None


def _refused(code: str, message: str, status: int) -> Response:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status_code=status)
