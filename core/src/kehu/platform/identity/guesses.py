"""Guessing: which passwords somebody who guesses tries first, however long they are."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator

FEWEST_DIFFERENT = 4
LONGEST_REPEATED = 5
SHORTEST_PART = 3
LONGEST_REST = 4

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
)
_COMMON = frozenset(
    (
        *("password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "motdepasse", "contrasena", "kennwort"),
        *(
            "iloveyou",
            "letmein",
            "welcome",
            "willkommen",
            "changeme",
            "default",
            "secret",
            "geheim",
            "master",
        ),
        *(
            "administrator",
            "admin",
            "superuser",
            "qwerty",
            "qwertz",
            "qwertyuiop",
            "1q2w3e4r5t",
            "1qaz2wsx3edc",
        ),
        *("q1w2e3r4t5", "1q2w3e4r5t6y", "zaq12wsx", "qazwsxedc", "asdfghjkl", "monkey", "dragon", "sunshine"),
        *("princess", "football", "baseball", "basketball", "superman", "batman", "trustno1", "starwars"),
        *("computer", "internet", "whatever", "liverpool", "michelle", "jennifer", "woaini", "woaini1314"),
        *(
            "5201314",
            "kehu",
            "kehucrm",
            "abc123",
            "a123456",
            "aa123456",
            "temporary",
            "summer",
            "winter",
            "spring",
        ),
    )
)
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def is_guessable(password: str, about: Iterable[str | None] = ()) -> bool:
    """Whether a password is blank, repeats itself, counts, is among the most common, or is what `about` says.

    `about` are the e-mail address and the name of whose password it is.
    """
    typed = unicodedata.normalize("NFKC", password).casefold()
    return (
        len(set("".join(typed.split()))) < FEWEST_DIFFERENT
        or _repeats(typed)
        or _counts(typed)
        or _is_common(typed)
        or any(_is_mostly(typed, part) for part in _parts(about))
    )


def _repeats(typed: str) -> bool:
    """A short text again and again, such as abcabcabcabc."""
    return any((typed[:n] * len(typed))[: len(typed)] == typed for n in range(1, LONGEST_REPEATED + 1))


def _counts(typed: str) -> bool:
    """Neighbours in the alphabet, among the numbers or on a keyboard, such as 1234567890, one after the other."""
    steps = list(itertools.pairwise(typed))
    near = sum(any(a + b in row or b + a in row for row in _ROWS) or a == b for a, b in steps)
    return near >= len(steps) - 1


def _is_common(typed: str) -> bool:
    return typed in _COMMON or _AROUND.sub("", _AROUND.sub("", typed)) in _COMMON


def _parts(about: Iterable[str | None]) -> Iterator[str]:
    for text in about:
        whole = unicodedata.normalize("NFKC", text or "").casefold()
        for part in (whole, whole.partition("@")[0], *re.split(r"[\W_]+", whole)):
            yield re.sub(r"[\W_]+", "", part)


def _is_mostly(typed: str, part: str) -> bool:
    """Whether nothing but a few characters stands beside this part, or only digits do."""
    letters = re.sub(r"[\W_]+", "", typed)
    if len(part) < SHORTEST_PART or part not in letters:
        return False
    rest = letters.replace(part, "")
    return len(rest) <= LONGEST_REST or rest.isdigit()
