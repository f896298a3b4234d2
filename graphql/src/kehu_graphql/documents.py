"""Documents: every text is parsed and validated once while it is remembered, with the limits that hold for all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OverlappingFieldsCanBeMergedRule,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

import kehu
from kehu.kernel.caches import Cache
from kehu_graphql.bounds import Bounds
from kehu_graphql.costs import too_costly
from kehu_graphql.limits import (
    MAX_CHARACTERS,
    MAX_TOKENS,
    FieldsCanBeMerged,
    mixed_with_schema,
    repeated,
    too_large,
)
from kehu_graphql.masking import NOT_READ, NOT_VALID

# What the documents that are remembered may take; one of a hundred tokens takes about 60 kB.
REMEMBERED_BYTES = 64_000_000
TOKEN_BYTES = 560
# Of a document with many errors only so many are told.
MAX_ERRORS = 5
# To look for names that are like a wrong one takes time, so it is done for few, in documents of ordinary size.
MAX_SUGGESTIONS = 2
SUGGESTED_BYTES = 600_000

# What the parser says of documents that are only too long or too deep.
_TOO_LARGE = ("Syntax Error: Document contains more than", "Syntax Error: Document is nested too deeply")
_TOO_MUCH_TO_COMPARE = "Validation aborted."


@dataclasses.dataclass(slots=True)
class _Known:
    document: DocumentNode
    size: int
    errors: list[GraphQLError] | None = None
    may_be_costly: bool = False
    bounds: Bounds | None = None
    again: FieldNode | None = None


class Documents:
    """The documents that were asked lately; the least recently asked makes room."""

    def __init__(
        self,
        schema: GraphQLSchema,
        most: int = REMEMBERED_BYTES,
        *,
        once: Mapping[str, type[kehu.Refusal]] | None = None,
    ) -> None:
        self._schema, self._rules, self._once = schema, _rules(), once or {}
        self.known: Cache[str, _Known] = Cache(most)

    def parsed(self, text: str) -> DocumentNode:
        """The document. Raises GraphQLError for a text that is none, or that is too long."""
        return self._of(text).document

    def errors(
        self, text: str, variables: Mapping[str, Any] | None = None, *, of_stranger: bool = False
    ) -> list[GraphQLError]:
        """What is wrong with the document that `text` is; empty where it may be executed.

        It may not where it asks for too many records: with these variables, or with any where there are none. And not
        where arguments are larger than they may be, or where it asks again for what a document may ask for `once`.
        What is wrong with the document of a stranger, whom nobody knows, is not remembered.
        """
        known = self._of(text)
        if known.errors is None:
            known.errors = self._validated(known)
            known.may_be_costly = not known.errors and self._refusal(known, None) is not None
            known.again = None if known.errors else repeated(known.document, self._once)
        if known.errors:
            errors = list(known.errors)
        else:
            refusal = self._refused_again(known) or self._bounds(known).refusal(variables or {})
            if refusal is None and known.may_be_costly:
                refusal = self._refusal(known, variables)
            errors = [] if refusal is None else [refusal]
        if errors and of_stranger:
            self.known.forget(text)
        return errors

    def size(self, text: str) -> int:
        """The bytes that a document takes: an estimate that is rather too large, also for a text that is none."""
        known = self.known.find(text)
        return 4 * len(text) if known is None else known.size

    def bounds(self, text: str) -> Bounds:
        """The bounds of a document that is valid."""
        return self._bounds(self._of(text))

    def _bounds(self, known: _Known) -> Bounds:
        if known.bounds is None:
            known.bounds = Bounds(self._schema, known.document)
        return known.bounds

    def _validated(self, known: _Known) -> list[GraphQLError]:
        document = known.document
        refusal = too_large(document)
        if refusal is not None:
            return [refusal]
        errors = validate(self._schema, document, self._rules, max_errors=MAX_ERRORS, hide_suggestions=True)
        if 0 < len(errors) <= MAX_SUGGESTIONS and known.size <= SUGGESTED_BYTES:
            errors = validate(self._schema, document, self._rules, max_errors=MAX_ERRORS)
        if not errors:
            mixed = mixed_with_schema(document)
            return [] if mixed is None else [mixed]
        return [_named(error) for error in errors]

    def _refusal(self, known: _Known, variables: Mapping[str, Any] | None) -> GraphQLError | None:
        return too_costly(self._schema, known.document, variables)

    def _refused_again(self, known: _Known) -> GraphQLError | None:
        if known.again is None:
            return None
        name = known.again.name.value
        refusal = self._once[name](kehu.text("A document asks for {mutation} once.", mutation=name))
        return GraphQLError(str(refusal), known.again, original_error=refusal)

    def _of(self, text: str) -> _Known:
        known = self.known.find(text)
        if known is None:
            document = _read(text)
            size = TOKEN_BYTES * _tokens(document) + 4 * len(text)
            known = _Known(document, size)
            self.known.keep(text, known, size)
        return known


def _read(text: str) -> DocumentNode:
    if len(text) > MAX_CHARACTERS:
        raise GraphQLError(
            f"This document has {len(text):,} characters; {MAX_CHARACTERS:,} are allowed. "
            "Send long values as variables.",
            extensions={"code": "BAD_USER_INPUT", "limit": MAX_CHARACTERS},
        )
    try:
        return parse(text, max_tokens=MAX_TOKENS)
    except GraphQLSyntaxError as error:
        # Of this class, a socket would be closed for it.
        is_too_large = error.message.startswith(_TOO_LARGE)
        told: dict[str, Any] = (
            {"code": NOT_VALID, "limit": MAX_TOKENS} if is_too_large else {"code": NOT_READ}
        )
        raise GraphQLError(
            error.message, source=error.source, positions=error.positions, extensions=told
        ) from None


def _tokens(document: DocumentNode) -> int:
    """How many tokens a document was read from, which it keeps."""
    token = None if document.loc is None else document.loc.start_token
    count = 0
    while token is not None:
        count, token = count + 1, token.next
    return count


def _named(error: GraphQLError) -> GraphQLError:
    """The error, in words where graphql-core only says that it gave up; a literal that is none is no bug of ours."""
    if isinstance(error, ValidationAbortedError) and error.message == _TOO_MUCH_TO_COMPARE:
        return GraphQLError("This document selects the same fields too often to compare them all.")
    return error if error.original_error is None else GraphQLError(error.message, error.nodes)


def _rules() -> Sequence[type[ASTValidationRule]]:
    """The rules of the specification, and Strawberry's."""
    rules = [
        FieldsCanBeMerged if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules
    ]
    return *rules, MaybeNullValidationRule, OneOfInputValidationRule
