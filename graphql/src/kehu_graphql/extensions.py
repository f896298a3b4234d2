"""What surrounds each operation: a fresh context, limits before execution, and errors that give nothing away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import sqlalchemy as sa
import structlog
from graphql import ExecutionResult, GraphQLError, parse
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

import kehu
from kehu.platform.idempotency.keys import recall, remember
from kehu_graphql.documents import Documents
from kehu_graphql.limits import asks_for_schema, may_ask_for_schema
from kehu_graphql.masking import shown

log = structlog.get_logger("kehu.graphql")

ANY_DOCUMENT = "{ __typename }"
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,100}")


class PerOperation(SchemaExtension):
    """One context for each operation; Strawberry makes one per WebSocket, whose operations would share a session.

    It is the last extension, because the others would validate a document again that was refused here.
    """

    _refusal: GraphQLError | None = None

    async def on_operation(self) -> AsyncIterator[None]:
        given = self.execution_context.context
        if isinstance(given, kehu.Context):
            yield
            self._mask(given)
            return
        asked = self.execution_context
        try:
            asked.query = given.document(asked.query, asked.operation_extensions)
        except GraphQLError as refusal:
            asked.query, self._refusal = ANY_DOCUMENT, refusal
        ctx = asked.context = await given.context()
        try:
            yield
        finally:
            await ctx.close()
        self._mask(ctx)

    def on_validate(self) -> Iterator[None]:
        if self._refusal is not None:
            self.execution_context.pre_execution_errors = [self._refusal]
        yield

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """What is sent one after the other is masked before it is sent, not when the last was."""
        ctx = self.execution_context.context
        errors: list[GraphQLError] | None = getattr(result, "errors", None)
        if errors and isinstance(ctx, kehu.Context):
            errors[:] = [shown(error, ctx) for error in errors]
        yield

    def _mask(self, ctx: kehu.Context) -> None:
        result: Any = self.execution_context.result
        errors: list[GraphQLError] | None = getattr(result, "errors", None)
        for found in (errors, self.execution_context.pre_execution_errors):
            if found:
                found[:] = [shown(error, ctx) for error in found]


class OncePerKey(SchemaExtension):
    """A mutation that is asked for again under the same idempotency key is answered, not done, again."""

    async def on_execute(self) -> AsyncIterator[None]:
        asked, ctx = self.execution_context, self.execution_context.context
        if ctx.idempotency is None or asked.operation_type is not OperationType.MUTATION:
            ctx.idempotency = None
            yield
            return
        try:
            kept = await recall(ctx, asked.query or "", asked.variables or {}, asked.operation_name)
        except kehu.Refusal as refusal:
            asked.result = ExecutionResult(None, [GraphQLError(str(refusal), original_error=refusal)])
            yield
            return
        if kept is not None:
            asked.result = ExecutionResult(kept, None)
            yield
            return
        yield
        await self._keep(ctx)

    async def _keep(self, ctx: kehu.Context) -> None:
        """Keep the answer; if that fails, it is made anew from what was done."""
        result = self.execution_context.result
        if not isinstance(result, ExecutionResult) or result.errors:
            return
        try:
            await remember(ctx, result.data)
        except (kehu.Refusal, sa.exc.SQLAlchemyError) as error:
            log.warning("the answer could not be kept", trace_id=ctx.request_id, error=str(error))


class PersistedOnly(SchemaExtension):
    """Parses and validates each document once, and not again while it is remembered.

    One that cannot be read is told when it is validated: what is raised sooner ends a stream in its middle.
    """

    _refusal: GraphQLError | None = None

    async def on_parse(self) -> AsyncIterator[None]:
        asked = self.execution_context
        if asked.query is not None:
            try:
                await cast(Any, asked.schema).make_types_of(asked.query)
                asked.graphql_document = self._documents.parsed(asked.query)
            except GraphQLError as refusal:
                self._refusal, name = refusal, asked._provided_operation_name or ""
                named = f"query {name}" if _NAME.fullmatch(name) else ""
                asked.graphql_document = parse(f"{named}{ANY_DOCUMENT}")
        yield

    def on_validate(self) -> Iterator[None]:
        text = self.execution_context.query
        if self._refusal is not None:
            self.execution_context.pre_execution_errors = [self._refusal]
        elif text is not None:
            given, ctx = self.execution_context.variables or {}, self.execution_context.context
            self.execution_context.pre_execution_errors = self._documents.errors(
                text, given, of_stranger=ctx.principal is kehu.ANONYMOUS
            )
        yield

    @property
    def _documents(self) -> Documents:
        schema: Any = self.execution_context.schema
        found: Documents = schema.documents
        return found


class AskedForSchema(SchemaExtension):
    """What is told of the schema itself is made aside, and told to those who may know it."""

    async def on_execute(self) -> AsyncIterator[None]:
        asked, schema = self.execution_context, cast(Any, self.execution_context.schema)
        text, document = asked.query or "", asked.graphql_document
        if document is not None and may_ask_for_schema(text) and schema.introspection is not None:
            name = asked.operation_name
            if asks_for_schema(document, name):
                asked.result = await schema.introspection.result(
                    asked.context, text, document=document, name=name, variables=asked.variables or {}
                )
        yield


EXTENSIONS: list[Any] = [AskedForSchema, OncePerKey, PersistedOnly, PerOperation]
