"""The released schemas: what front-ends rely on is a file, and a change of it is seen in review.

`./uv run nox -s schemas` writes the files anew.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from graphql import BreakingChangeType, GraphQLSchema, find_breaking_changes

import kehu
from kehu_graphql import Api
from kehu_graphql.schema.diff import compare
from tests.kehu_graphql.test_plugin_sets import PLUGINS

SETS = {"+".join(names): names for names in (["core"], ["core", "sfa"], ["core", "partner_inventory", "sfa"])}


@pytest.fixture(scope="module")
def everything() -> GraphQLSchema:
    return _schema(PLUGINS)


def _schema(plugins: Sequence[str]) -> GraphQLSchema:
    return Api(kehu.App(kehu.installed(["core", *plugins]))).schema._schema


def _printed(plugins: list[str]) -> str:
    return Api(kehu.App(kehu.installed(plugins))).sdl


@pytest.mark.parametrize("name", SETS)
def test_the_schema_is_the_one_that_was_released(name: str, repository: Path) -> None:
    released = (repository / "contracts" / f"schema.{name}.graphql").read_text(encoding="utf-8")
    printed = _printed(SETS[name])
    assert printed == released, "\n".join(compare(released, printed).lines)


@pytest.mark.parametrize("others", [["sfa"], ["sfa", "partner_inventory"]])
def test_a_plugin_breaks_no_front_end_of_the_others(others: list[str]) -> None:
    assert compare(_printed(["core"]), _printed(["core", *others])).breaking == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_disabling_a_plugin_only_takes_away_what_is_its_own(plugin: str, everything: GraphQLSchema) -> None:
    """What the others have is there as it was: nothing of another type, nothing that must be given besides."""
    others = _schema([name for name in PLUGINS if name != plugin])
    taken = {change.type for change in find_breaking_changes(everything, others)}

    assert find_breaking_changes(others, everything) == []
    assert taken <= {
        kind for kind in BreakingChangeType if kind.name.endswith(("_REMOVED", "_REMOVED_FROM_ENUM"))
    }


def test_a_removed_field_is_a_breaking_change() -> None:
    old = "type Query { name: String, age: String }"
    assert compare(old, "type Query { name: String }").lines == ["breaking   Field Query.age was removed."]


def test_a_new_field_is_none() -> None:
    new = "type Query { name: String, age: String }"
    assert compare("type Query { name: String }", new).lines == ["added      Query.age"]


def test_a_field_that_is_to_go_is_told_of_before_and_after_it_went() -> None:
    reason = "Use name. Deprecated since 2026-01-01, may go after 2026-07-01."
    now = "type Query { name: String, age: String }"
    told = f'type Query {{ name: String, age: String @deprecated(reason: "{reason}") }}'
    gone = "type Query { name: String }"

    assert compare(now, told).lines == [f"deprecated Query.age: {reason}"]
    assert compare(told, told).deprecated == []
    assert compare(told, gone).lines == [f"breaking   Field Query.age was removed. {reason}"]


def test_the_command_tells_by_its_status_what_would_break(repository: Path, tmp_path: Path) -> None:
    released = (repository / "contracts" / "schema.core.graphql").read_text(encoding="utf-8")
    old = tmp_path / "old.graphql"
    command = [str(Path(sys.executable).with_name("kehu")), "schema", "diff", str(old), "--plugins", "core"]

    def told() -> tuple[int, str]:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    old.write_text(released, encoding="utf-8")
    assert told() == (0, "The schemas are the same for every document.\n")
    old.write_text(released.replace("type Query {", "type Query {\n  weather: String\n", 1), encoding="utf-8")
    assert told() == (1, "breaking   Field Query.weather was removed.\n")
