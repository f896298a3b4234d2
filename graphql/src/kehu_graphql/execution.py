"""Api: an App with its schema, ready to execute documents in this process."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import orjson
from graphql import GraphQLError

import kehu
from kehu.platform.idempotency.keys import Idempotency
from kehu_graphql.compiled import Plans
from kehu_graphql.introspection import Introspection
from kehu_graphql.limits import asks_for_schema, may_ask_for_schema
from kehu_graphql.schema.build import KehuSchema, build_schema

Answer = dict[str, Any]


class Api:
    """Executes GraphQL documents on behalf of a principal, with the same schema that the server offers."""

    def __init__(self, app: kehu.App) -> None:
        self.app = app
        self.schema: KehuSchema = app.composition.derived(build_schema)
        if self.schema.introspection is None:
            self.schema.introspection = Introspection(self.schema._on_demand)
        self.introspection: Introspection = self.schema.introspection
        self.plans = Plans(app, self.schema._schema, self.schema.documents)

    @property
    def sdl(self) -> str:
        """The schema in the schema definition language; the same bytes for the same set of plugins."""
        return self.schema.as_str() + "\n"

    async def execute(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        principal: kehu.Principal = kehu.SYSTEM,
        operation: str | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """The answer to a query or mutation, as the GraphQL specification has it: `data`, and `errors` if any.

        A mutation that is repeated with the same `idempotency_key` within a day is done once, and answered the same.
        """
        async with self.app.context(principal) as ctx:
            ctx.idempotency = None if idempotency_key is None else Idempotency(idempotency_key)
            await self.schema.make_types_of(document)
            planned = await self.plans.answer(ctx, document, variables or {}, operation)
            if planned is not None:
                answer: Answer = orjson.loads(planned)
                return answer
            result: Any = await self.schema.execute(
                document, variable_values=dict(variables or {}), context_value=ctx, operation_name=operation
            )
        return _answer(result)

    async def answer(
        self, ctx: kehu.Context, document: str, variables: Mapping[str, Any], operation: str | None
    ) -> bytes | None:
        """The answer as JSON, where a plan or introspection gives one; None for what graphql-core has to answer."""
        await self.schema.make_types_of(document)
        told = await self._told_of_schema(ctx, document, variables, operation)
        return told or await self.plans.answer(ctx, document, variables, operation)

    async def _told_of_schema(
        self, ctx: kehu.Context, text: str, variables: Mapping[str, Any], operation: str | None
    ) -> bytes | None:
        documents = self.schema.documents
        if not may_ask_for_schema(text):
            return None
        try:
            document = documents.parsed(text)
            if documents.errors(text, variables, of_stranger=ctx.principal is kehu.ANONYMOUS):
                return None
        except GraphQLError:
            return None
        if not asks_for_schema(document, operation):
            return None
        result = await self.introspection.result(
            ctx, text, document=document, name=operation, variables=variables
        )
        return None if result.errors else orjson.dumps({"data": result.data})

    async def subscribe(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        principal: kehu.Principal = kehu.SYSTEM,
    ) -> AsyncGenerator[Answer, None]:
        """The answers of a subscription, until it ends or the caller stops reading."""
        async with self.app.context(principal) as ctx:
            results: Any = await self.schema.subscribe(
                document, variable_values=dict(variables or {}), context_value=ctx
            )
            if not hasattr(results, "__aiter__"):
                yield _answer(results)
                return
            async for result in results:
                yield _answer(result)


def _answer(result: Any) -> Answer:
    data = result.data
    answer: Answer = {"data": orjson.loads(orjson.dumps(data)) if isinstance(data, orjson.Fragment) else data}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    return answer
