from __future__ import annotations

import uuid

from kehu.jobs.leases import Leases

ANN, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


class Stopwatch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_worker_whose_count_stands_still_for_the_lease_is_dead() -> None:
    watch = Stopwatch()
    leases = Leases(20, watch)

    seen = []
    for beats in (7, 7, 7, 7, 7):
        seen.append(leases.stood_still({ANN: beats}))
        watch.now += 5

    assert seen == [{}, {}, {}, {}, {ANN: 7}]


def test_a_worker_whose_count_moves_lives() -> None:
    watch = Stopwatch()
    leases = Leases(20, watch)

    for beats in range(100):
        assert leases.stood_still({ANN: beats, BOB: beats // 3}) == {}
        watch.now += 5


def test_a_worker_is_watched_for_a_whole_lease_by_one_who_comes_later() -> None:
    watch = Stopwatch()
    Leases(20, watch).stood_still({ANN: 7})
    watch.now += 100

    assert Leases(20, watch).stood_still({ANN: 7}) == {}


def test_a_worker_that_beats_again_lives_again() -> None:
    watch = Stopwatch()
    leases = Leases(20, watch)
    leases.stood_still({ANN: 7})
    watch.now += 19
    leases.stood_still({ANN: 8})
    watch.now += 19

    assert leases.stood_still({ANN: 8}) == {}


def test_a_worker_that_left_is_forgotten() -> None:
    watch = Stopwatch()
    leases = Leases(20, watch)
    leases.stood_still({ANN: 7})
    watch.now += 30
    leases.stood_still({})

    assert leases.stood_still({ANN: 7}) == {}
