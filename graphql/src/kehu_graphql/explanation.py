"""Explanations, as `kehu query --explain` shows them: by which plan, with which SQL, or why by none."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLError, OperationType, get_operation_ast

import kehu
from kehu_graphql.compiled import Fallback
from kehu_graphql.execution import Api


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """How one document is answered. `errors` are those of the answer; what a mutation would do is not run."""

    plan: Sequence[str]
    reason: Fallback | None
    statements: Sequence[str]
    errors: Sequence[str]

    @property
    def lines(self) -> Iterator[str]:
        """The explanation as text."""
        yield "Way: a plan" if self.reason is None else "Way: graphql-core"
        if self.reason is not None:
            yield f"Reason: {self.reason}"
        for title, parts in (("Plan", self.plan), ("SQL", self.statements), ("Errors", self.errors)):
            if parts:
                yield f"{title}:"
                yield from (f"  {part}" for part in parts)


async def explained(
    api: Api, document: str, variables: Mapping[str, Any], *, principal: kehu.Principal, operation: str | None
) -> Explanation:
    """How the document is answered to this principal. A query is run for it; a mutation is planned and not run."""
    statements: list[str] = []
    plan: Sequence[str] = ()
    errors: Sequence[str] = ()
    is_run = not _writes(api, document, operation)
    with _listening(api.app, statements):
        async with api.app.context(principal) as ctx:
            found = api.plans.found(ctx, document, variables, operation)
            reason = found if isinstance(found, Fallback) else None
            if not isinstance(found, Fallback):
                plan = found[0].lines
                if is_run:
                    answer = await found[0].run(ctx, found[1], variables)
                    reason = answer if isinstance(answer, Fallback) else None
            if reason is not None and is_run:
                result: Any = await api.schema.execute(
                    document, variable_values=dict(variables), context_value=ctx, operation_name=operation
                )
                errors = [error.message for error in result.errors or ()]
    return Explanation(plan, reason, statements, errors)


def _writes(api: Api, document: str, operation: str | None) -> bool:
    try:
        node = get_operation_ast(api.schema.documents.parsed(document), operation)
    except GraphQLError:
        return False
    return node is not None and node.operation is OperationType.MUTATION


@contextlib.contextmanager
def _listening(app: kehu.App, statements: list[str]) -> Iterator[None]:
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(" ".join(statement.split()))

    engine = app.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
