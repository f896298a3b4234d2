"""Metrics: `GET /metrics` in the text format of Prometheus, for those who have the right; strangers learn nothing."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import kehu
from kehu.platform.core import READ_METRICS
from kehu_graphql.compiled import Reason
from kehu_graphql.execution import Api
from kehu_graphql.server.contexts import context_of
from kehu_graphql.server.refusals import refused
from kehu_graphql.server.security import principal_of

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_route(api: Api) -> Route:
    """The figures of this process, for whoever has core.metrics:read, by a session or a bearer token."""

    async def metrics(request: Request) -> Response:
        principal = await principal_of(api.app, request)
        async with context_of(api.app, request, principal) as ctx:
            try:
                ctx.require_signed_in()
                ctx.require(READ_METRICS)
            except kehu.Refusal as refusal:
                return refused(ctx, refusal)
        headers = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"}
        return Response("\n".join(_lines(api)) + "\n", headers=headers)

    return Route("/metrics", metrics, methods=["GET"])


def _lines(api: Api) -> Iterator[str]:
    fallbacks = api.plans.fallbacks
    yield "# HELP kehu_planned_operations_total Operations that a plan answered."
    yield "# TYPE kehu_planned_operations_total counter"
    yield f"kehu_planned_operations_total {fallbacks.planned}"
    yield "# HELP kehu_unplanned_operations_total Operations that graphql-core answered, by why no plan did."
    yield "# TYPE kehu_unplanned_operations_total counter"
    for reason in Reason:
        yield f'kehu_unplanned_operations_total{{reason="{reason}"}} {fallbacks.counts[reason]}'
