"""GraphQL over HTTP and WebSocket: Strawberry's view with one context of ours per operation."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import timedelta
from types import NoneType
from typing import Any

from cross_web import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse
from strawberry.http.streaming import AsyncTextStream, HTTPStreamTransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

import kehu
from kehu.platform.idempotency.keys import Idempotency
from kehu.platform.identity.session_watch import SessionWatch
from kehu.platform.identity.sign_in import principal_of_session
from kehu.platform.localization.catalogues import catalogues_of
from kehu_graphql.compiled import encoded
from kehu_graphql.execution import Api
from kehu_graphql.server.content_negotiation import GRAPHQL_IN_UTF8, JSON, media_type_of, preferred_type
from kehu_graphql.server.contexts import context_of
from kehu_graphql.server.json_input import read_json
from kehu_graphql.server.persisted_documents import NOT_FOUND, PersistedDocuments
from kehu_graphql.server.refusals import of_view, refused
from kehu_graphql.server.security import bearer_token, principal_of, same_origin
from kehu_graphql.server.sockets import Socket, SocketHandler, until_ended
from kehu_graphql.server.uploads import brings_files, operation_with_files

OK, BAD_REQUEST = 200, 400
# A WebSocket that does not say connection_init within this time is closed.
SOCKET_PATIENCE = timedelta(seconds=10)
# So many operations may run on one WebSocket at a time.
MOST_OPERATIONS = 100


@dataclasses.dataclass
class Asking:
    """Who asks over this request or WebSocket; makes a fresh context for each operation."""

    app: kehu.App
    connection: HTTPConnection
    principal: kehu.Principal
    documents: PersistedDocuments
    connection_params: Mapping[str, object] | None = None

    def document(self, text: str | None, extensions: Mapping[str, Any] | None) -> str | None:
        """What to execute, for a document that was sent or named. Raises GraphQLError for one that is not known."""
        return self.documents.text_of(text, extensions)

    async def context(self) -> kehu.Context:
        """A context for one operation; on a WebSocket, which stays open, with the rights of this moment."""
        if self.principal.session is not None and self.connection.scope["type"] == "websocket":
            principal = await principal_of_session(self.app, self.principal.session)
            self.principal = principal or kehu.ANONYMOUS
        ctx = context_of(self.app, self.connection, self.principal)
        key = self.connection.headers.get("idempotency-key")
        if key is not None and self.connection.scope["type"] == "http":
            ctx.idempotency = Idempotency(key)
        return ctx


class Operations(GraphQL[Any, Any]):
    """The endpoint `/graphql`, as the GraphQL over HTTP specification has it.

    A request that never ran (not parsed, not valid, variables of the wrong type) is answered without `data`; with
    status 400, and in the media type application/graphql-response+json, to clients whose Accept names that type.
    """

    websocket_adapter_class = Socket
    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, api: Api, documents: PersistedDocuments | None = None) -> None:
        super().__init__(
            api.schema,
            graphql_ide=None,
            multipart_uploads_enabled=True,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL],
            connection_init_wait_timeout=SOCKET_PATIENCE,
            max_subscriptions_per_connection=MOST_OPERATIONS,
        )
        self._app = api.app
        self._documents = documents or PersistedDocuments()

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Asking:
        known = request.scope.get("state", {}).get("principal")
        principal = known or await principal_of(self._app, request)
        request.scope["state"]["principal"] = principal
        return Asking(self._app, request, principal, self._documents)

    def encode_json(self, data: object) -> str:
        """JSON as plans write it; what orjson refuses, as Python does: integers above 64 bits, half characters."""
        try:
            return encoded(data).decode()
        except TypeError:
            return json.dumps(data, separators=(",", ":"))

    def parse_json(self, data: str | bytes) -> Any:
        """The object that a part of a request is; a list is one of requests, which Strawberry refuses."""
        try:
            found = read_json(data)
        except kehu.BadInput as refusal:
            raise HTTPException(400, str(refusal)) from None
        if not isinstance(found, dict | list | NoneType):
            raise HTTPException(400, "A request, and its variables and extensions, are objects of JSON.")
        return {} if found is None else found

    async def run(self, request: Any, *arguments: Any) -> Any:
        """The answer; in JSON too where Strawberry refuses to do anything."""
        try:
            return await super().run(request, *arguments)
        except HTTPException as error:
            return of_view(error)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and brings_files(scope):
            try:
                request = Request(scope, receive)
                scope["state"]["operation"] = await operation_with_files(self._app, request)
            except kehu.Refusal as refusal:
                principal = scope["state"].get("principal", kehu.ANONYMOUS)
                answer = refused(context_of(self._app, request, principal), refusal)
                await answer(scope, receive, send)
                return
        if scope["type"] != "http" or media_type_of(Headers(scope=scope).get("accept", "")) == JSON:
            await super().__call__(scope, receive, send)
            return
        await super().__call__(scope, receive, _in_its_media_type(scope, send))

    async def parse_multipart(self, request: Any) -> dict[str, Any]:
        """The operation that came with files, whose form was read before."""
        found: dict[str, Any] = request._request.state.operation
        return found

    async def process_result(self, request: Request, result: Any) -> GraphQLHTTPResponse:
        """The body of an answer; `data` is left out where nothing ran."""
        body = await super().process_result(request, result)
        if result.errors and result.data is None and all(error.path is None for error in result.errors):
            del body["data"]
            request.state.never_ran = not any(_is_asked_for(error) for error in result.errors)
        return body

    def _stream_result(
        self, request: Request, result: Any, transport: HTTPStreamTransport
    ) -> AsyncTextStream:
        """The text of a stream of events, which is complete when the session of its listener ends."""
        session = request.state.principal.session
        told = until_ended(self._app.service(SessionWatch), session, result)
        return super()._stream_result(request, told, transport)  # type: ignore[arg-type]  # only iterated over

    def _get_stream_transport_from_headers(self, headers: Mapping[str, str]) -> HTTPStreamTransport | None:
        """A stream of events only for clients that like it best; many list it behind JSON with every request."""
        return super()._get_stream_transport_from_headers(
            {"accept": preferred_type(headers.get("accept", ""))}
        )

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Never: the query page has an address of its own, and a GET without a document may name one."""
        return False

    async def on_ws_connect(self, context: Asking) -> Any:
        """Take the token of connection_init; a page of another origin needs one, because cookies follow it."""
        if bearer_token(context.connection.headers, context.connection_params):
            context.principal = await principal_of(self._app, context.connection, context.connection_params)
            if context.principal is kehu.ANONYMOUS:
                raise _rejection(context, "This token is not valid any more; sign in again.")
        elif not same_origin(context.connection):
            raise _rejection(context, "Another origin must send a token in connection_init.")
        return await super().on_ws_connect(context)


def _rejection(asking: Asking, message: str) -> ConnectionRejectionError:
    locale = context_of(asking.app, asking.connection, kehu.ANONYMOUS).locale
    return ConnectionRejectionError({"message": catalogues_of(asking.app).tell(message, locale)})


def _in_its_media_type(scope: Scope, send: Send) -> Send:
    """The answer as the specification has it, for clients that name its media type."""

    async def in_its_media_type(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith(JSON):
                headers["content-type"] = GRAPHQL_IN_UTF8
            if message["status"] == OK and scope["state"].get("never_ran"):
                message["status"] = BAD_REQUEST
        await send(message)

    return in_its_media_type


def _is_asked_for(error: Any) -> bool:
    """Whether the error only asks for the text of a document; clients expect status 200 with it."""
    return (error.extensions or {}).get("code") == NOT_FOUND
