"""What a calendar answers through GraphQL, on both databases."""

from __future__ import annotations

import kehu
from kehu_graphql import Api
from tests.kehu.business.calendars.factories import saved_calendar

DOCUMENT = """{
  calendars {
    nodes {
      name timeZone isDefault
      isOpen
      onSunday: isOpen(at: "2026-03-01T10:00:00Z")
      hoursOn(day: "2026-03-02")
      christmas: hoursOn(day: "2026-12-25")
      dueAt(start: "2026-03-06T17:00:00Z", minutes: 120)
      workingSeconds(start: "2026-03-06T17:00:00Z", end: "2026-03-09T10:00:00Z")
      hours(first: 1) { totalCount nodes { weekday opens closes } }
    }
  }
}"""


async def test_a_calendar_tells_when_it_is_open_and_when_a_promise_is_due(app: kehu.App) -> None:
    await saved_calendar(app, country="CH")

    answer = await Api(app).execute(DOCUMENT)

    assert "errors" not in answer, answer
    assert answer["data"]["calendars"]["nodes"] == [
        {
            "name": "Office",
            "timeZone": "UTC",
            "isDefault": True,
            "isOpen": True,
            "onSunday": False,
            "hoursOn": ["09:00-12:00", "13:00-18:00"],
            "christmas": [],
            "dueAt": "2026-03-09T10:00:00Z",
            "workingSeconds": 7200,
            "hours": {
                "totalCount": 10,
                "nodes": [{"weekday": "MONDAY", "opens": "09:00", "closes": "12:00"}],
            },
        }
    ]
