"""Contexts of requests: who asks, under which id, from where, and in which language."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import HTTPConnection

import kehu

# Browsers send a few languages; a longer list is not read.
LONGEST_LANGUAGES = 300


def context_of(app: kehu.App, request: HTTPConnection, principal: kehu.Principal) -> kehu.Context:
    """A context for one operation of a request."""
    ctx = app.context(principal, request_id=request.state.request_id)
    ctx.address = request.client.host if request.client else None
    ctx.language = language_of(request.headers)
    return ctx


def language_of(headers: Mapping[str, str]) -> str | None:
    """What Accept-Language says, such as `zh-TW,zh;q=0.9,en;q=0.8`; None where it says nothing that is read."""
    return readable(headers.get("accept-language"))


def readable(given: str | None) -> str | None:
    """The header, if it is none that only keeps us busy."""
    return given if given and len(given) <= LONGEST_LANGUAGES else None
