"""Documents: every text is parsed and validated once while it is remembered, with the limits that hold for all."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Sequence

from graphql import ASTValidationRule, DocumentNode, GraphQLError, GraphQLSchema, parse
from strawberry.schema.schema import validate_document

REMEMBERED_DOCUMENTS = 1000
# Longer texts than clients write are taken, but not kept.
LONGEST_REMEMBERED = 20_000


@dataclasses.dataclass(slots=True)
class _Known:
    document: DocumentNode
    errors: list[GraphQLError] | None = None


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

    def errors(self, text: str) -> list[GraphQLError]:
        """What is wrong with the document that `text` is; empty where it may be executed."""
        known = self._of(text)
        if known.errors is None:
            known.errors = validate_document(self._schema, known.document, self._rules)
        return list(known.errors)

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
