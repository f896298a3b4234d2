"""Feeds: `GET /feeds/<plugin>/<name>?token=SECRET`, for programs that cannot sign in."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import kehu
from kehu.platform.feeds import read_feed
from kehu_graphql.server.contexts import context_of
from kehu_graphql.server.refusals import refused


def feed_route(app: kehu.App) -> Route:
    """Whoever has the address reads the feed; 404 for one that is not there, or not any more."""

    async def feed(request: Request) -> Response:
        name, token = request.path_params["name"], request.query_params.get("token", "")
        async with context_of(app, request, kehu.ANONYMOUS) as ctx:
            try:
                found = await read_feed(ctx, name, token)
            except kehu.Refusal as refusal:
                return refused(ctx, refusal, status=404)
        headers = {"Content-Type": found.media_type, "Cache-Control": "private, no-store"}
        return Response(found.content, headers=headers)

    return Route("/feeds/{name:path}", feed, methods=["GET"])
