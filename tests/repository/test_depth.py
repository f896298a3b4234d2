"""How much of the tests runs: at depth 1 one of both databases where the other would say the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests import depth
from tests.depth import chosen

HERE = Path("/tests-live-here")


def items(*names: str) -> Sequence[pytest.Item]:
    made: list[Any] = [SimpleNamespace(nodeid=name, path=HERE / name.partition("::")[0]) for name in names]
    return [cast(pytest.Item, Item(**vars(each))) for each in made]


class Item(SimpleNamespace):
    __hash__ = object.__hash__  # type: ignore[assignment]  # as pytest's have


def names_of(found: Sequence[pytest.Item]) -> list[str]:
    return [each.nodeid for each in chosen(found, HERE)]


def pair(file: str, name: str, more: str = "") -> list[str]:
    return [f"{file}::{name}[{database}{more}]" for database in depth.DATABASES]


def test_of_a_pair_one_runs_and_always_the_same() -> None:
    pairs = [pair("tests/kehu_sfa/leads/test_rules.py", f"test_{at}", "-EUR") for at in range(40)]
    found = [names_of(items(*each)) for each in pairs]

    assert [len(each) for each in found] == [1] * 40
    assert found == [names_of(items(*each[::-1])) for each in pairs]
    assert 10 < sum("sqlite" in each[0] for each in found) < 30


@pytest.mark.parametrize(
    "file", ["tests/kehu/kernel/reading/test_pages.py", "tests/kehu_sfa/leads/test_api.py"]
)
def test_both_run_of_what_a_database_could_do_otherwise_and_of_one_path_of_each_noun(file: str) -> None:
    assert names_of(items(*pair(file, "test_it"))) == pair(file, "test_it")


def test_all_that_is_on_one_database_or_none_runs() -> None:
    alone = [
        "tests/a/test_b.py::test_c[postgresql]",
        "tests/a/test_b.py::test_d",
        "tests/a/test_b.py::test_e[x-y]",
    ]
    assert names_of(items(*alone)) == alone


def test_everything_runs_where_it_is_to_be_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "IS_DEEP", True)
    both = pair("tests/kehu_sfa/leads/test_rules.py", "test_it")
    assert names_of(items(*both)) == both


def test_the_folders_of_both_databases_are_there(repository: Path) -> None:
    assert [folder for folder in depth.ON_BOTH if not (repository / folder).is_dir()] == []
