"""A cache keeps as many bytes as it may, and of those what was used last."""

from __future__ import annotations

from kehu.kernel.caches import Cache


def test_what_was_not_used_for_longest_makes_room() -> None:
    cache: Cache[str, int] = Cache(40)
    for number, name in enumerate("abcd"):
        cache.keep(name, number, 10)

    assert cache.find("a") == 0
    cache.keep("e", 4, 10)

    assert [name in cache for name in "abcde"] == [True, False, True, True, True]
    assert (len(cache), cache.taken) == (4, 40)


def test_what_is_larger_than_a_quarter_is_not_kept() -> None:
    cache: Cache[str, int] = Cache(40)
    cache.keep("a", 1, 11)

    assert (cache.find("a"), cache.taken) == (None, 0)


def test_what_is_kept_again_counts_once() -> None:
    cache: Cache[str, int] = Cache(40)
    for size in (10, 5):
        cache.keep("a", size, size)
    cache.forget("b")

    assert (cache.find("a"), cache.taken) == (5, 5)
    cache.forget("a")
    assert cache.taken == 0
