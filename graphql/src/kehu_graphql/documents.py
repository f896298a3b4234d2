"""Documents: every text is parsed and validated once while it is remembered, with the limits that hold for all."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import ASTValidationRule, DocumentNode, GraphQLError, GraphQLSchema, parse
from strawberry.schema.schema import validate_document

from kehu_graphql.bounds import Bounds
from kehu_graphql.costs import too_costly

REMEMBERED_DOCUMENTS = 1000
# Longer texts than clients write are taken, but not kept.
LONGEST_REMEMBERED = 20_000


@dataclasses.dataclass(slots=True)
class _Known:
    document: DocumentNode
    errors: list[GraphQLError] | None = None
    may_be_costly: bool = False
    bounds: Bounds | None = None


class Documents:
    """The documents that were asked lately; the least recently asked makes room."""

    def __init__(
        self, schema: GraphQLSchema, rules: Sequence[type[ASTValidationRule]], *, max_tokens: int
    ) -> None:
        self._schema, self._rules, self._max_tokens = schema, tuple(rules), max_tokens
        self._known: collections.OrderedDict[str, _Known] = collections.OrderedDict()

    def parsed(self, text: str) -> DocumentNode:
        """The document. Raises GraphQLError for a text that is none, or that has too many tokens."""
        return self._of(text).document

    def errors(self, text: str, variables: Mapping[str, Any] | None = None) -> list[GraphQLError]:
        """What is wrong with the document that `text` is; empty where it may be executed.

        It may not where it asks for too many records: with these variables, or with any where there are none. And not
        where arguments are larger than they may be.
        """
        known = self._of(text)
        if known.errors is None:
            known.errors = validate_document(self._schema, known.document, self._rules)
            known.may_be_costly = not known.errors and self._refusal(known, None) is not None
        if known.errors:
            return list(known.errors)
        refusal = self._bounds(known).refusal(variables or {})
        if refusal is None and known.may_be_costly:
            refusal = self._refusal(known, variables)
        return [] if refusal is None else [refusal]

    def bounds(self, text: str) -> Bounds:
        """The bounds of a document that is valid."""
        return self._bounds(self._of(text))

    def _bounds(self, known: _Known) -> Bounds:
        if known.bounds is None:
            known.bounds = Bounds(self._schema, known.document)
        return known.bounds

    def _refusal(self, known: _Known, variables: Mapping[str, Any] | None) -> GraphQLError | None:
        return too_costly(self._schema, known.document, variables)

    def _of(self, text: str) -> _Known:
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        known = _Known(parse(text, max_tokens=self._max_tokens))
        if len(text) <= LONGEST_REMEMBERED:
            self._known[text] = known
            if len(self._known) > REMEMBERED_DOCUMENTS:
                self._known.popitem(last=False)
        return known
