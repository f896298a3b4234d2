from __future__ import annotations

import uuid

from kehu.platform.jobs.leases import Leases

ANN, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


class Stopwatch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_worker_whose_count_stands_still_for_the_lease_is_dead() -> None:
    watch = Stopwatch()
    leases = Leases(20, longest_step=10, monotonic=watch)

    seen = []
    for beats in (7, 7, 7, 7, 7):
        seen.append(leases.stood_still({ANN: beats}))
        watch.now += 5

    assert seen == [{}, {}, {}, {}, {ANN: 7}]


def test_a_worker_whose_count_moves_lives() -> None:
    watch = Stopwatch()
    leases = Leases(20, longest_step=10, monotonic=watch)

    for beats in range(100):
        assert leases.stood_still({ANN: beats, BOB: beats // 3}) == {}
        watch.now += 5


def test_a_worker_is_watched_for_a_whole_lease_by_one_who_comes_later() -> None:
    watch = Stopwatch()
    Leases(20, longest_step=10, monotonic=watch).stood_still({ANN: 7})
    watch.now += 100

    assert Leases(20, longest_step=10, monotonic=watch).stood_still({ANN: 7}) == {}


def test_a_worker_that_beats_again_lives_again() -> None:
    watch = Stopwatch()
    leases = Leases(20, longest_step=10, monotonic=watch)
    for beats in (7, 7, 7, 8, 8, 8):
        assert leases.stood_still({ANN: beats}) == {}
        watch.now += 9


def test_a_worker_that_left_is_forgotten() -> None:
    watch = Stopwatch()
    leases = Leases(20, longest_step=10, monotonic=watch)
    for _ in range(2):
        leases.stood_still({ANN: 7})
        watch.now += 10
    leases.stood_still({})
    watch.now += 10

    assert leases.stood_still({ANN: 7}) == {}


def test_who_stood_still_too_does_not_bury_others() -> None:
    """After a stall of the whole machine each worker has seen nothing move, and all of them live."""
    watch = Stopwatch()
    leases = Leases(20, longest_step=10, monotonic=watch)
    leases.stood_still({ANN: 7})
    watch.now += 3600

    assert leases.stood_still({ANN: 7}) == {}
    watch.now += 10
    assert leases.stood_still({ANN: 7}) == {ANN: 7}
