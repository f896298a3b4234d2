from __future__ import annotations

import random

import pytest

from kehu.platform.jobs.backoff import retry_after

LONGEST = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]


@pytest.mark.parametrize(("attempt", "longest"), list(enumerate(LONGEST, start=1)))
def test_each_retry_waits_twice_as_long_up_to_an_hour(attempt: int, longest: int) -> None:
    chance = random.Random(1)

    waits = [retry_after(attempt, chance).total_seconds() for _ in range(200)]

    assert longest / 2 <= min(waits) < longest * 0.52
    assert longest * 0.98 < max(waits) <= longest


def test_a_thousandth_attempt_waits_no_longer_than_an_hour() -> None:
    assert retry_after(1000, random.Random(1)).total_seconds() <= 3600
