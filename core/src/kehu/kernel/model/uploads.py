"""Uploads: files that come with a request."""

from __future__ import annotations

import dataclasses
import hashlib


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sends: how it was called there, its media type as it was told, and what is in it.

    A declared mutation that takes one is asked for with a multipart request; `name` may be a path, or empty.
    """

    name: str
    media_type: str
    content: bytes = dataclasses.field(repr=False)

    def __str__(self) -> str:
        """The file in a word: what a request is recognised by when it is sent again."""
        return f"{self.name} {self.media_type} {hashlib.sha256(self.content).hexdigest()}"
