"""When the visits of a plan fall."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date, time, timedelta

from kehu.business.calendars import WorkingHours
from kehu_sfa import VisitPlan

NINE = ((time(9), time(17)),)
HOURS = WorkingHours((NINE,) * 5 + ((),) * 2, exceptions=((date(2026, 4, 3), ()), (date(2026, 4, 6), ())))
MONDAY = date(2026, 3, 2)
CUSTOMER = uuid.UUID(int=7)


def test_one_customer_keeps_the_weekday_and_avoids_closed_days() -> None:
    plan = VisitPlan(name="Care", customer_id=CUSTOMER, interval_weeks=2, starts_on=date(2026, 3, 6))

    found = list(plan.slots(CUSTOMER, HOURS, begin=date(2026, 3, 20), end=date(2026, 4, 17)))

    good_friday, tuesday_after = date(2026, 4, 3), date(2026, 4, 7)
    assert found == [
        (date(2026, 3, 20), date(2026, 3, 20)),
        (good_friday, tuesday_after),
        (date(2026, 4, 17), date(2026, 4, 17)),
    ]


def test_the_customers_of_a_class_are_spread_over_the_working_days_of_the_interval() -> None:
    plan = VisitPlan(name="Care", customer_class="A", interval_weeks=2, starts_on=MONDAY)
    end = MONDAY + timedelta(days=13)

    days = [
        day
        for number in range(100)
        for _, day in plan.slots(uuid.UUID(int=number), WorkingHours((NINE,) * 7), begin=MONDAY, end=end)
    ]

    assert set(Counter(days).values()) == {10}
    assert len(set(days)) == 10
    assert {day.weekday() for day in days} == set(range(5))


def test_nothing_falls_before_the_start_or_after_the_end_of_a_plan() -> None:
    plan = VisitPlan(
        name="Care",
        customer_class="A",
        interval_weeks=1,
        starts_on=date(2026, 3, 5),
        until_on=date(2026, 3, 12),
    )

    found = list(plan.slots(CUSTOMER, HOURS, begin=MONDAY, end=date(2026, 4, 30)))

    # The seventh customer has Wednesdays; the one before the start is left out.
    assert found == [(date(2026, 3, 11), date(2026, 3, 11))]
