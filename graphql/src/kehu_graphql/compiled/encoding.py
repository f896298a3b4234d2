"""Answers as JSON."""

from __future__ import annotations

import json

import orjson


def encoded(answer: object) -> bytes:
    """An answer as JSON: moments in UTC as RFC 3339 has them. Raises TypeError for what JSON has no way to say."""
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


def encoded_anyhow(answer: object) -> bytes:
    """The same; what orjson refuses, as Python does it: integers above 64 bits, half characters."""
    try:
        return encoded(answer)
    except TypeError:
        return json.dumps(answer, separators=(",", ":")).encode()
