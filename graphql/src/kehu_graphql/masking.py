"""What a client learns of an error: a refusal whole, a mistake in the document whole, anything else only a trace id."""

from __future__ import annotations

import structlog
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

import kehu
from kehu.kernel.errors import LONGEST_MESSAGE, cut
from kehu.platform.localization.catalogues import catalogues_of

log = structlog.get_logger("kehu.graphql")

# Of a request that names no document, an operation that it does not have, or one that may not be asked for so.
_NOTHING_TO_RUN = (CannotGetOperationTypeError, InvalidOperationTypeError, MissingQueryError)

NOT_VALID = "GRAPHQL_VALIDATION_FAILED"
NOT_READ = "GRAPHQL_PARSE_FAILED"
MESSAGE = "Something went wrong on our side. The trace id leads to the details in the server's log."


def shown(error: GraphQLError, ctx: kehu.Context) -> GraphQLError:
    """The error as the client may see it, in its language; an unexpected one is logged with its traceback."""
    trace_id = ctx.request_id
    cause = _cause(error)
    if cause is None:
        return told(error)
    if isinstance(cause, kehu.Refusal):
        error.message = catalogues_of(ctx.app).tell(cause.errors[0].message, ctx.locale)
        error.extensions = {**cause.extensions, "traceId": trace_id}
        return error
    if isinstance(cause, _NOTHING_TO_RUN):
        error.extensions = {"code": kehu.BadInput.code}
        return error
    plugin = getattr(cause, "kehu_plugin", None)
    log.error("unexpected error", trace_id=trace_id, plugin=plugin, path=error.path, exc_info=cause)
    extensions = {
        "code": "INTERNAL_SERVER_ERROR",
        "traceId": trace_id,
        **({"plugin": plugin} if plugin else {}),
    }
    message = catalogues_of(ctx.app).tell(MESSAGE, ctx.locale)
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)


def told(error: GraphQLError) -> GraphQLError:
    """What is wrong with a document or its variables, with a code, and without all that it was sent."""
    error.extensions = {"code": NOT_VALID, **(error.extensions or {})}
    error.message = cut(error.message, LONGEST_MESSAGE)
    return error


def _cause(error: GraphQLError) -> Exception | None:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
