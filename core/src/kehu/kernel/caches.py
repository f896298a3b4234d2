"""Caches: what was made once is kept until it takes more bytes than it may together; the least recently used goes."""

from __future__ import annotations

import collections
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Values by their keys, of at most `most` bytes; what is larger than a quarter of that is not kept at all.

    Whoever keeps a value says how many bytes it takes, of which an estimate will do that is rather too large.
    """

    def __init__(self, most: int) -> None:
        self._most, self._taken = most, 0
        self._known: collections.OrderedDict[K, tuple[V, int]] = collections.OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, key: K) -> bool:
        return key in self._known

    @property
    def taken(self) -> int:
        """The bytes of all values."""
        return self._taken

    def find(self, key: K) -> V | None:
        """The value, which is in use again; None where it is not known."""
        known = self._known.get(key)
        if known is None:
            return None
        self._known.move_to_end(key)
        return known[0]

    def keep(self, key: K, value: V, size: int) -> None:
        """Keep a value of this many bytes, instead of the one that is known."""
        self.forget(key)
        if size > self._most // 4:
            return
        self._known[key] = value, size
        self._taken += size
        while self._taken > self._most:
            _, (_, freed) = self._known.popitem(last=False)
            self._taken -= freed

    def forget(self, key: K) -> None:
        """Keep it no longer."""
        known = self._known.pop(key, None)
        if known is not None:
            self._taken -= known[1]
