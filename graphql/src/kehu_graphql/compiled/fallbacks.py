"""Fallbacks: what no plan answers and graphql-core does, and why; counted for `/metrics`, and told in the log."""

from __future__ import annotations

import collections
import dataclasses
import enum
import os

import structlog
from graphql import GraphQLError

import kehu
from kehu.kernel.errors import plugin_to_blame
from kehu_graphql.compiled.operations import NotCovered
from kehu_graphql.compiled.serializers import GaveUp

log = structlog.get_logger("kehu.graphql")

STRICT = "KEHU_STRICT_PLANS"
LONGEST_DETAIL = 400
# What PostgreSQL says of a value that cannot be written: statements of plans fail so on purpose.
_DATA_EXCEPTION = "22"


class Reason(enum.StrEnum):
    """Why graphql-core answers an operation. All but `UNEXPECTED` are as they should be."""

    ANONYMOUS = "ANONYMOUS"
    DATABASE = "DATABASE"
    INVALID = "INVALID"
    TOO_DEEP = "TOO_DEEP"
    VARIABLES = "VARIABLES"
    NOT_COVERED = "NOT_COVERED"
    IDEMPOTENCY_KEY = "IDEMPOTENCY_KEY"
    REFUSED = "REFUSED"
    VALUE = "VALUE"
    PLUGIN = "PLUGIN"
    PAYLOAD = "PAYLOAD"
    UNEXPECTED = "UNEXPECTED"


@dataclasses.dataclass(frozen=True, slots=True)
class Fallback:
    """Why there is no plan, or no answer of it; `detail` names what was not covered, or says what was wrong."""

    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


class Fallbacks:
    """How many operations plans answered, and how many were left to graphql-core for each reason.

    With `KEHU_STRICT_PLANS=1`, as in tests, an unexpected error is raised instead of being left to graphql-core.
    """

    def __init__(self) -> None:
        self.planned = 0
        self.counts: collections.Counter[Reason] = collections.Counter()
        self._is_strict = os.environ.get(STRICT) == "1"

    def logged(self, error: Exception) -> Fallback:
        """Why `error` leaves an operation to graphql-core, told to the log. Strict, an unexpected one is raised."""
        cause = _cause(error)
        reason = _reason(cause)
        if reason is Reason.UNEXPECTED:
            log.warning("not planned for an unexpected reason", exc_info=error)
            if self._is_strict:
                raise error
            return Fallback(reason, f"{type(cause).__name__}: {cause}"[:LONGEST_DETAIL])
        if reason is Reason.NOT_COVERED:
            log.info("not planned", reason=str(reason), detail=str(cause))
        else:
            # What is wrong with a document may quote what somebody typed, so only the answer says it.
            log.debug("not planned", reason=str(reason))
        said = cause.message if isinstance(cause, GraphQLError) else str(cause)
        return Fallback(reason, (plugin_to_blame(cause) or said)[:LONGEST_DETAIL])


def _cause(error: Exception) -> Exception:
    """What a resolver raised, where a plan gave up because of it."""
    while isinstance(error, GaveUp) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return error


_REASONS: dict[type[Exception], Reason] = {
    NotCovered: Reason.NOT_COVERED,
    GaveUp: Reason.VALUE,
    kehu.Refusal: Reason.REFUSED,
    GraphQLError: Reason.INVALID,
    RecursionError: Reason.TOO_DEEP,
}


def _reason(error: Exception) -> Reason:
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    if plugin_to_blame(error) is not None:
        return Reason.PLUGIN
    state = getattr(error, "sqlstate", None)
    return Reason.VALUE if isinstance(state, str) and state.startswith(_DATA_EXCEPTION) else Reason.UNEXPECTED
