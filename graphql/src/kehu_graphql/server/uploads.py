"""Files that come with an operation: multipart requests, as the specification of GraphQL multipart requests has them.

A form can be sent by a page of any site without being asked first. Therefore such a request needs a header that only
a script of our own origin can set, or a bearer token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Scope

import kehu
from kehu_graphql.server.json_input import read_json
from kehu_graphql.server.middleware import MAX_BODY_BYTES
from kehu_graphql.server.security import bearer_token, principal_of

MULTIPART = "multipart/form-data"
MAX_FILES = 10
PREFLIGHT = ("graphql-require-preflight", "apollo-require-preflight")


def brings_files(scope: Scope) -> bool:
    """Whether this is a multipart request."""
    media_type = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return scope["method"] == "POST" and media_type == MULTIPART


async def operation_with_files(app: kehu.App, request: Request) -> dict[str, Any]:
    """The operation of a multipart request with a kehu.Upload in the place of each file, at most MAX_FILES.

    Nothing is read of what nobody who is signed in sends. Raises BadInput (PREFLIGHT_REQUIRED, BAD_USER_INPUT) and
    Unauthenticated.
    """
    headers = request.headers
    if bearer_token(headers) is None and not any(name in headers for name in PREFLIGHT):
        raise kehu.BadInput(
            "A multipart request needs the header GraphQL-Require-Preflight, or a bearer token.",
            code="PREFLIGHT_REQUIRED",
        )
    principal = request.scope["state"]["principal"] = await principal_of(app, request)
    if principal is kehu.ANONYMOUS:
        raise kehu.Unauthenticated("Sign in first.")
    try:
        form = await request.form(max_files=MAX_FILES, max_fields=2, max_part_size=MAX_BODY_BYTES)
    except (HTTPException, MultiPartException) as error:
        raise kehu.BadInput(f"The multipart request cannot be read: {_reason(error)}") from error
    except (LookupError, ValueError) as error:  # An encoding that there is not, or bytes that are not in it.
        raise kehu.BadInput("The multipart request cannot be read: it is in no known encoding.") from error
    try:
        return await _filled(form)
    finally:
        await form.close()


def _reason(error: HTTPException | MultiPartException) -> str:
    return error.detail if isinstance(error, HTTPException) else error.message


async def _filled(form: FormData) -> dict[str, Any]:
    operation, places = _json(form, "operations"), _json(form, "map")
    files = {name: value for name, value in form.items() if isinstance(value, UploadFile)}
    for name in files.keys() - places.keys():
        raise kehu.BadInput(f"The map does not say where the file {name!r} belongs.", field="map")
    for name, paths in places.items():
        if name not in files:
            raise kehu.BadInput(f"The map names the file {name!r}, which was not sent.", field="map")
        upload = await _upload(files[name])
        for path in paths if isinstance(paths, list) else [paths]:
            _place(operation, path, upload)
    return operation


def _json(form: FormData, name: str) -> dict[str, Any]:
    given = form.get(name)
    try:
        found = read_json(given) if isinstance(given, str) else None
    except kehu.BadInput:
        found = None
    if not isinstance(found, dict):
        raise kehu.BadInput(f"A multipart request has a JSON object in its field {name!r}.", field=name)
    return found


async def _upload(file: UploadFile) -> kehu.Upload:
    return kehu.Upload(file.filename or "", file.content_type or "", await file.read())


def _place(operation: Mapping[str, Any], path: object, upload: kehu.Upload) -> None:
    """Put a file where the operation has null, such as at `variables.file` or `variables.files.0`."""
    keys = path.split(".") if isinstance(path, str) else []
    inner: Any = operation
    try:
        if keys[0] != "variables":
            raise KeyError(path)
        for key in keys[:-1]:
            inner = inner[int(key) if isinstance(inner, list) else key]
        last = int(keys[-1]) if isinstance(inner, list) else keys[-1]
        if inner[last] is not None:
            raise KeyError(path)
        inner[last] = upload
    except (LookupError, TypeError, ValueError):
        sentence = f"The map puts a file at {path!r}, where the operation has no null among its variables."
        raise kehu.BadInput(sentence, field="map") from None
