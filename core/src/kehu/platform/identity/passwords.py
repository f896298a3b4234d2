"""Passwords: argon2id hashes, checked in the same time whether there is such a user or not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from kehu.kernel.errors import Refusal
from kehu.kernel.texts import text
from kehu.platform.identity.guesses import is_guessable

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000

_hasher = PasswordHasher()


class WeakPassword(Refusal):
    """The password is too short, easily guessed, or too long to be hashed in good time."""

    code = "WEAK_PASSWORD"


def check_strength(password: str, about: Iterable[str | None] = ()) -> None:
    """Raise WeakPassword below 10 or above 1,000 characters, and for what is easily guessed.

    `about` are the e-mail address and the name of whose password it is.
    """
    if len(password) < SHORTEST_PASSWORD:
        message = text("A password needs at least {shortest} characters.", shortest=SHORTEST_PASSWORD)
        raise WeakPassword(message, field="password")
    if len(password) > LONGEST_PASSWORD:
        message = text("A password has at most {longest} characters.", longest=LONGEST_PASSWORD)
        raise WeakPassword(message, field="password")
    if is_guessable(password, about):
        raise WeakPassword(text("That password is easily guessed; choose another."), field="password")


async def hash_password(password: str, about: Iterable[str | None] = ()) -> str:
    """The hash to keep; takes about 50 ms of a thread. Raises WeakPassword, as `check_strength` does."""
    check_strength(password, about)
    return await asyncio.to_thread(_hasher.hash, password)


async def rehash(password: str) -> str:
    """The hash to keep from now on of a password that is in use, however easily guessed it is."""
    return await asyncio.to_thread(_hasher.hash, password)


async def is_password(password: str, kept: str | None) -> bool:
    """Whether `kept` is the hash of `password`. Without a hash the answer is no, and takes as long."""
    if len(password) > LONGEST_PASSWORD:
        return False
    matches = await asyncio.to_thread(_verify, password, kept or _nobodys_hash())
    return matches and kept is not None


def needs_rehash(kept: str) -> bool:
    """Whether the parameters of hashing have changed since `kept` was made."""
    return _hasher.check_needs_rehash(kept)


def _verify(password: str, kept: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody")
