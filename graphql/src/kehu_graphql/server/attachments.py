"""Files: `POST /attachments?record=ID&name=NAME` brings one, `GET /attachments/KEY` gets it back."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import kehu
from kehu.platform.attachments.actions import attach, attachment_with_content
from kehu.platform.attachments.fields import FOLDER, path
from kehu_graphql.server.contexts import context_of
from kehu_graphql.server.refusals import refused
from kehu_graphql.server.security import principal_of


def attachment_routes(app: kehu.App) -> list[Route]:
    """The routes of files; who asks is known as on /graphql: by a session of this origin, or a bearer token."""

    async def bring(request: Request) -> Response:
        asked = request.query_params
        async with context_of(app, request, await principal_of(app, request)) as ctx:
            try:
                ctx.require_signed_in()
                attachment = await attach(
                    ctx,
                    asked.get("record", ""),
                    name=asked.get("name", ""),
                    media_type=request.headers.get("content-type", ""),
                    content=await request.body(),
                )
            except kehu.Refusal as refusal:
                return refused(ctx, refusal)
        return JSONResponse({"attachment": _shown(attachment)}, status_code=201)

    async def get(request: Request) -> Response:
        async with context_of(app, request, await principal_of(app, request)) as ctx:
            try:
                ctx.require_signed_in()
                ctx.require("core.attachment:read")
                attachment, content = await attachment_with_content(ctx, request.path_params["key"])
            except kehu.Refusal as refusal:
                return refused(ctx, refusal)
        return _file(request, attachment, content)

    return [Route(FOLDER, bring, methods=["POST"]), Route(f"{FOLDER}/{{key:uuid}}", get, methods=["GET"])]


def _file(request: Request, attachment: kehu.Attachment, content: bytes) -> Response:
    """The file to be saved: a browser never shows it as a page of this server."""
    etag = f'"{attachment.checksum}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers | {"Content-Type": attachment.media_type})


def _shown(attachment: kehu.Attachment) -> dict[str, object]:
    return {
        "id": kehu.global_id("Attachment", attachment.id),
        "recordId": attachment.record_id,
        "name": attachment.name,
        "mediaType": attachment.media_type,
        "size": attachment.size,
        "checksum": attachment.checksum,
        "path": path(attachment),
    }
