"""Documents that clients name by their SHA-256 hash instead of sending them with every request.

Automatic ones: a client sends the hash alone, is told PERSISTED_QUERY_NOT_FOUND the first time, and then sends hash
and text once. Trusted ones: only the documents of a file are executed, whether they are sent or named.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from graphql import GraphQLError

import kehu
from kehu.kernel.caches import Cache

KEPT_BYTES = 16_000_000
LONGEST = 50_000
NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"


class PersistedDocuments:
    """What hashes stand for; the texts that clients sent last, or those of `trusted` and no others.

    Texts of at most LONGEST characters are kept, KEPT_BYTES of them together; a longer one has to be sent each time.
    """

    def __init__(self, trusted: Mapping[str, str] | None = None) -> None:
        self._trusted = None if trusted is None else {_hash(text): text for text in trusted.values()}
        self._named = dict(trusted or {}) | (self._trusted or {})
        self._sent: Cache[str, str] = Cache(KEPT_BYTES)

    def text_of(self, text: str | None, extensions: Mapping[str, Any] | None) -> str | None:
        """The document to execute, None where the client sent and named none.

        Raises GraphQLError with the code PERSISTED_QUERY_NOT_FOUND, PERSISTED_QUERY_MISMATCH or NOT_TRUSTED.
        """
        name = _name(extensions)
        if self._trusted is not None:
            return self._trusted_text(text, name)
        if name is None:
            return text
        return self._recall(name) if text is None else self._keep(name, text)

    def _trusted_text(self, text: str | None, name: str | None) -> str | None:
        known = self._named.get(name or "") if text is None else self._named.get(_hash(text))
        if known is None:
            raise _refusal("This server executes the documents of its own front-ends only.", "NOT_TRUSTED")
        return known

    def _recall(self, name: str) -> str:
        text = self._sent.find(name)
        if text is None:
            raise _refusal("PersistedQueryNotFound", NOT_FOUND)
        return text

    def _keep(self, name: str, text: str) -> str:
        if _hash(text) != name:
            raise _refusal(
                "The hash is not the SHA-256 of the document that came with it.", "PERSISTED_QUERY_MISMATCH"
            )
        if len(text) <= LONGEST:
            self._sent.keep(name, text, sys.getsizeof(text) + sys.getsizeof(name))
        return text


def read_trusted(path: Path) -> dict[str, str]:
    """The documents of a file by their names: an object of names and texts, or the manifest of Apollo's tools.

    Raises SetupError for a file that cannot be read or is neither.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise kehu.SetupError(f"The trusted documents in {path} cannot be read: {error}.") from error
    if isinstance(content, dict) and isinstance(content.get("operations"), list):
        content = {
            each.get("id"): each.get("body") for each in content["operations"] if isinstance(each, dict)
        }
    if not isinstance(content, dict) or not all(
        isinstance(name, str) and isinstance(text, str) for name, text in content.items()
    ):
        raise kehu.SetupError(
            f"{path} must hold a JSON object of names and documents, or the manifest that Apollo's tools write."
        )
    return content


def _name(extensions: Mapping[str, Any] | None) -> str | None:
    persisted = (extensions or {}).get("persistedQuery")
    name = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return name if isinstance(name, str) else None


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _refusal(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})
