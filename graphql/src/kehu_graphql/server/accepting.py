"""What a client would like to be answered with, by its Accept header."""

from __future__ import annotations

from starlette.datastructures import Headers

EVENTS = "text/event-stream"


def accepts_graphql_response(headers: Headers) -> bool:
    """Whether the client names the media type; `*/*` and silence get application/json, which every client reads."""
    return "application/graphql-response+json" in headers.get("accept", "")


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
