"""Interactions as an iCalendar text. Source: RFC 5545."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

LONGEST_LINE = 75
WITHOUT_AN_END = timedelta(minutes=30)


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a calendar; times in UTC."""

    uid: str
    changed_at: datetime
    begins: datetime
    ends: datetime | None
    summary: str
    description: str = ""
    location: str = ""
    sequence: int = 0


def calendar_text(name: str, entries: Sequence[Entry]) -> str:
    """The whole feed, with CRLF and lines of 75 octets at most."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kehu//sfa//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        *(line for entry in entries for line in _entry_lines(entry)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _entry_lines(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_moment(entry.changed_at)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTART:{_moment(entry.begins)}"
    yield f"DTEND:{_moment(entry.ends or entry.begins + WITHOUT_AN_END)}"
    yield f"SUMMARY:{_escaped(entry.summary)}"
    for name, value in (("DESCRIPTION", entry.description), ("LOCATION", entry.location)):
        if value:
            yield f"{name}:{_escaped(value)}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of 75 octets, none of which cuts a character; all but the first begin with a blank."""
    piece, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > LONGEST_LINE:
            yield piece
            piece, octets = " ", 1
        piece += character
        octets += size
    yield piece
