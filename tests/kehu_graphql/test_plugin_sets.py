"""Every set of plugins composes, in any order, and shows nothing of those that are left out."""

from __future__ import annotations

import itertools
import re

import pytest

import kehu
from kehu_graphql import Api
from tests.depth import IS_DEEP

PLUGINS = ("care", "customer_data", "marketing", "partner_inventory", "service", "sfa")
SUBSETS = [set_ for size in range(len(PLUGINS) + 1) for set_ in itertools.combinations(PLUGINS, size)]


def _pairwise() -> list[tuple[str, ...]]:
    """Few sets, in which any two plugins are both there, both left out, and each there without the other."""
    wanted = {pair for subset in SUBSETS for pair in _pairs(subset)}
    found = []
    while wanted:
        best = max(SUBSETS, key=lambda subset: len(wanted & _pairs(subset)))
        found.append(best)
        wanted -= _pairs(best)
    return found


def _pairs(subset: tuple[str, ...]) -> set[tuple[str, bool, str, bool]]:
    both = itertools.combinations(PLUGINS, 2)
    return {(one, one in subset, other, other in subset) for one, other in both}


def _sdl(names: tuple[str, ...]) -> str:
    plugins = kehu.installed(["core", *names])
    return Api(kehu.App(plugins)).sdl


@pytest.mark.parametrize(
    "names", SUBSETS if IS_DEEP else _pairwise(), ids=lambda names: "+".join(["core", *names])
)
def test_the_order_of_a_set_does_not_change_one_byte_of_its_schema(names: tuple[str, ...]) -> None:
    plugins = kehu.installed(["core", *names])
    forwards, backwards = kehu.App(plugins), kehu.App(plugins[::-1])
    assert list(forwards.composition.by_name) == list(backwards.composition.by_name)
    assert Api(forwards).sdl == Api(backwards).sdl


def test_a_plugin_that_is_left_out_leaves_no_trace() -> None:
    everything, sales = _sdl(PLUGINS), _sdl(("sfa",))
    others = kehu.App(kehu.installed(["core", *PLUGINS])).composition
    foreign = [e.name for e in others.by_name.values() if e.owner.plugin not in ("core", "sfa")]
    tables = kehu.App(kehu.installed(["core", "sfa"])).composition.metadata.tables
    assert not [name for name in foreign if re.search(rf"\b(type|input) {name}\b", sales)]
    assert not [name for name in tables if not name.startswith(("core_", "sfa_"))]
    assert "Opportunity" in everything
    assert "Opportunity" not in _sdl(())
