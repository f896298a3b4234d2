"""GraphQL over HTTP and WebSocket: Strawberry's view with one context of ours per operation."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

import kehu
from kehu_graphql.execution import Api
from kehu_graphql.server.security import bearer_token, principal_of, same_origin


@dataclasses.dataclass
class Asking:
    """Who asks over this request or WebSocket; makes a fresh context for each operation."""

    app: kehu.App
    connection: HTTPConnection
    principal: kehu.Principal
    connection_params: Mapping[str, object] | None = None

    def context(self) -> kehu.Context:
        """A context for one operation."""
        return self.app.context(self.principal, request_id=self.connection.state.request_id)


class Operations(GraphQL[Any, Any]):
    """The endpoint `/graphql`."""

    def __init__(self, api: Api) -> None:
        super().__init__(api.schema, graphql_ide=None, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL])
        self._app = api.app

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Asking:
        return Asking(self._app, request, await principal_of(self._app, request))

    async def on_ws_connect(self, context: Asking) -> Any:
        """Take the token of connection_init; a page of another origin needs one, because cookies follow it."""
        if bearer_token(context.connection.headers, context.connection_params):
            context.principal = await principal_of(self._app, context.connection, context.connection_params)
            if context.principal is kehu.ANONYMOUS:
                raise ConnectionRejectionError(
                    {"message": "This token is not valid any more; sign in again."}
                )
        elif not same_origin(context.connection):
            raise ConnectionRejectionError(
                {"message": "Another origin must send a token in connection_init."}
            )
        return await super().on_ws_connect(context)
