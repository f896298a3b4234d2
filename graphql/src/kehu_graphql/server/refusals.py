"""What a client is told in JSON where nothing was done: errors with a code each, and the status that fits."""

from __future__ import annotations

from cross_web import HTTPException as ViewError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

import kehu
from kehu.platform.localization.catalogues import catalogues_of

_STATUS = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "ATTACHMENT_TOO_LARGE": 413,
    "ATTACHMENT_TYPE_REFUSED": 415,
}
_CODES = {
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    415: "UNSUPPORTED_MEDIA_TYPE",
    500: "INTERNAL_SERVER_ERROR",
}
_SENTENCES = {404: "There is nothing at this address.", 405: "This address does not take this method."}
_OTHER_CODE = "BAD_USER_INPUT"
# What Strawberry says of a body that is neither JSON nor a form.
_OTHER_MEDIA_TYPE = "Unsupported content type"
_SUBSCRIPTION = "subscriptions are not allowed"
_AS_EVENTS = "A subscription is answered with events: accept text/event-stream, or use a WebSocket."


def refused(ctx: kehu.Context, refusal: kehu.Refusal, *, status: int | None = None) -> Response:
    """The errors of a request that was not done, with the status that fits the first of them."""
    tell, locale = catalogues_of(ctx.app).tell, ctx.locale
    shown = [
        {"message": tell(error.message, locale), "extensions": {"code": error.code, "field": error.field}}
        for error in refusal.errors
    ]
    return JSONResponse({"errors": shown}, status_code=status or _STATUS.get(refusal.errors[0].code, 400))


def told(message: str, status: int) -> Response:
    """One error, whose code follows from the status."""
    error = {"message": message, "extensions": {"code": _CODES.get(status, _OTHER_CODE)}}
    return JSONResponse({"errors": [error]}, status_code=status)


def of_view(error: ViewError) -> Response:
    """What Strawberry's view would say in plain text."""
    if error.reason.startswith(_SUBSCRIPTION):
        return told(_AS_EVENTS, error.status_code)
    answer = told(error.reason, 415 if error.reason == _OTHER_MEDIA_TYPE else error.status_code)
    if answer.status_code == 405:
        # Source: RFC 9110, 15.5.6.
        answer.headers["Allow"] = "GET, POST"
    return answer


async def of_route(request: Request, error: Exception) -> Response:
    """What Starlette would say in plain text: there is no such address, or not for this method."""
    if not isinstance(error, HTTPException):
        raise error
    answer = told(_SENTENCES.get(error.status_code, error.detail), error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def gone(request: Request, error: Exception) -> Response:
    """Nobody is there to be told; the log has a line that says so by its status."""
    return Response(status_code=400)


async def failed(request: Request, error: Exception) -> Response:
    """What went wrong is in the log, under the id of the request."""
    return told("Something went wrong on our side.", 500)


ANSWERS = {HTTPException: of_route, ClientDisconnect: gone, Exception: failed}
