"""The text of a calendar feed, as RFC 5545 has it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from kehu_sfa.feeds.ical import Entry, calendar_text

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_an_entry_has_its_times_in_utc_and_its_text_escaped() -> None:
    entry = Entry("1@kehu", AT, AT, None, "Call: Meier; Sons, Ltd", "one\ntwo\\three", sequence=3)

    assert calendar_text("Ann", [entry]).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kehu//sfa//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Ann",
        "BEGIN:VEVENT",
        "UID:1@kehu",
        "DTSTAMP:20260302T093000Z",
        "SEQUENCE:3",
        "DTSTART:20260302T093000Z",
        "DTEND:20260302T100000Z",
        "SUMMARY:Call: Meier\\; Sons\\, Ltd",
        "DESCRIPTION:one\\ntwo\\\\three",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_lines_are_folded_at_75_octets_and_unfold_to_the_same(summary: str) -> None:
    text = calendar_text("Ann", [Entry("1", AT, AT, AT, summary)])

    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = text.replace("\r\n ", "")
    plain = summary.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert f"SUMMARY:{plain}\r\n" in unfolded
