"""What a client would like to be answered with, by its Accept header."""

from __future__ import annotations

EVENTS = "text/event-stream"
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
GRAPHQL_IN_UTF8 = f"{GRAPHQL}; charset=utf-8"


def media_type_of(accept: str) -> str:
    """GraphQL's media type for clients that name it; `*/*` and silence get JSON, which every client reads."""
    return GRAPHQL_IN_UTF8 if GRAPHQL in accept else JSON


def preferred_type(accept: str) -> str:
    """The media type that an Accept header likes best: the highest q, and of several the first."""
    ranges = [part.strip() for part in accept.split(",")]
    return max(ranges, key=_quality).partition(";")[0]


def _quality(media_range: str) -> float:
    _, _, quality = media_range.replace(" ", "").partition(";q=")
    try:
        return float(quality.partition(";")[0]) if quality else 1.0
    except ValueError:
        return 0.0
