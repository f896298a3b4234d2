"""What surrounds each operation: a fresh context, limits before execution, and errors that give nothing away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import (
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    SchemaExtension,
    ValidationCache,
)

import kehu
from kehu_graphql.masking import shown

MAX_DEPTH = 15
MAX_ALIASES = 60
MAX_TOKENS = 5000
CACHED_DOCUMENTS = 1000


class PerOperation(SchemaExtension):
    """One context for each operation; Strawberry makes one per WebSocket, whose operations would share a session."""

    async def on_operation(self) -> AsyncIterator[None]:
        given = self.execution_context.context
        if isinstance(given, kehu.Context):
            yield
            self._mask(given)
            return
        ctx = given.context()
        self.execution_context.context = ctx
        try:
            yield
        finally:
            await ctx.close()
        self._mask(ctx)

    def _mask(self, ctx: kehu.Context) -> None:
        result: Any = self.execution_context.result
        errors: list[GraphQLError] | None = getattr(result, "errors", None)
        for found in (errors, self.execution_context.pre_execution_errors):
            if found:
                found[:] = [shown(error, ctx) for error in found]


EXTENSIONS: list[Any] = [
    PerOperation,
    lambda: QueryDepthLimiter(max_depth=MAX_DEPTH),
    lambda: MaxAliasesLimiter(max_alias_count=MAX_ALIASES),
    lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
    lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
    lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
]
