"""When a period of a programme has ended, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from kehu_partner_inventory import PartnerProgramme, ReviewInterval


@pytest.mark.parametrize(
    ("interval", "today", "from_on", "until_on"),
    [
        (ReviewInterval.MONTH, date(2028, 3, 1), date(2028, 2, 1), date(2028, 2, 29)),
        (ReviewInterval.MONTH, date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31)),
        (ReviewInterval.QUARTER, date(2026, 6, 30), date(2026, 1, 1), date(2026, 3, 31)),
        (ReviewInterval.QUARTER, date(2026, 7, 1), date(2026, 4, 1), date(2026, 6, 30)),
        (ReviewInterval.HALF_YEAR, date(2026, 12, 31), date(2026, 1, 1), date(2026, 6, 30)),
        (ReviewInterval.YEAR, date(2026, 12, 31), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_the_last_period_that_is_over_ends_before_the_one_of_today(
    interval: ReviewInterval, today: date, from_on: date, until_on: date
) -> None:
    assert interval.last_over(today) == (from_on, until_on)


def test_a_period_is_due_until_it_was_reviewed_and_never_where_people_ask() -> None:
    programme = PartnerProgramme(review_interval=ReviewInterval.QUARTER)
    programme.count_from(date(2026, 3, 2))
    assert programme.period_to_review(date(2026, 3, 31)) is None
    assert programme.period_to_review(date(2026, 4, 1)) == (date(2026, 1, 1), date(2026, 3, 31))
    programme.reviewed_until_on = date(2026, 3, 31)
    assert programme.period_to_review(date(2026, 6, 30)) is None
    programme.review_interval = None
    assert programme.period_to_review(date(2027, 1, 1)) is None
