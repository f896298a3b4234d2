"""Identifiers: time-ordered UUIDs inside, opaque global ids outside."""

from __future__ import annotations

import base64
import binascii
import uuid

import uuid_utils

from kehu.kernel.errors import BadInput, cut
from kehu.kernel.texts import text, type_label


def uuid7() -> uuid.UUID:
    """A new UUID version 7 (RFC 9562): sorts by creation time, so that inserts touch the index's right edge."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


def global_id(type_name: str, key: uuid.UUID) -> str:
    """The opaque GraphQL id of a record: base64 of `Type:uuid`."""
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


def parse_global_id(value: str, *, field: object = None) -> tuple[str, uuid.UUID]:
    """Type name and key of a global id. Raises BadInput (BAD_ID, blaming `field`) for anything else."""
    try:
        type_name, _, key = base64.b64decode(value, validate=True).decode().partition(":")
        return type_name, uuid.UUID(key)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadInput(
            text(
                "{value!r} is not an id of this API; use the `id` of a record as it was given.",
                value=cut(value),
            ),
            code="BAD_ID",
            field=field,
        ) from None


def key_of(value: str, expected: str, *, field: object = None) -> uuid.UUID:
    """The key inside the global id of an `expected` record.

    Raises BadInput (BAD_ID, blaming `field`) for the id of another type.
    """
    type_name, key = parse_global_id(value, field=field)
    if type_name != expected:
        sentence = text(
            "Expected the id of a {expected}, but got one of a {type}.",
            expected=type_label(expected),
            type=type_label(cut(type_name)),
        )
        raise BadInput(sentence, code="BAD_ID", field=field)
    return key
