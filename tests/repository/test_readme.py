"""The file of a consultant in README.md does what README.md says of it, from the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Kehu = Callable[..., str]

CREATE = """
mutation {
  withoutRegion: createCustomer(input: {name: "Huawei"}) { ...payload }
  inTheEast: createCustomer(input: {name: "Huawei", region: "east"}) { ...payload }
  bargain: createCustomer(input: {name: "Bargain Bin", region: "north"}) { ...payload }
  south: createCustomer(input: {name: "Huawei", region: "south"}) { ...payload }
  north: createCustomer(input: {name: "Haier", region: "north"}) { ...payload }
}
fragment payload on CreateCustomerPayload {
  customer { name region } userErrors { code field message plugin }
}
"""
BY_REGION = """
{
  northern: customers(filter: {region: {eq: "north"}}) { nodes { name region } }
  ordered: customers(orderBy: [{field: REGION}]) { nodes { name } }
}
"""
TRAIL = '{ auditEntries(filter: {entity: {eq: "Customer"}, operation: {eq: CREATE}}) { nodes { changes } } }'
# A second consultant's file, which completes records; it comes after the first, by name.
SECOND = """
import kehu

plugin = kehu.Plugin("beta", requires=["core"])


@plugin.before_write(kehu.Customer)
async def complete(ctx: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
    change.obj.notes = change.obj.notes or "New here."
"""


@pytest.fixture(scope="module")
def rules(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file that stands in README.md."""
    (source,) = re.findall(
        r"^```python\n(.*?)^```$", (repository / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len([line for line in source.splitlines() if line.strip()]) <= 15
    folder = tmp_path_factory.mktemp("consultant")
    (folder / "acme.py").write_text(source, encoding="utf-8")
    (folder / "beta.py").write_text(SECOND, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run_kehu(rules: Path) -> Kehu:
    """Run `kehu --plugins-dir rules ...` in that folder, on a database with its tables."""
    program = [str(Path(sys.executable).with_name("kehu")), "--plugins", "core", "--plugins-dir", str(rules)]

    def run(*arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [*program, *arguments], cwd=rules, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("db", "upgrade")
    return run


@pytest.fixture(scope="module")
def answer(run_kehu: Kehu) -> Any:
    """What `kehu query` answers to customers that the file refuses, and to two that it takes."""
    return json.loads(run_kehu("query", "-", stdin=CREATE))["data"]


def test_the_field_is_required_and_typed(answer: Any) -> None:
    for missing_or_unknown in ("withoutRegion", "inTheEast"):
        assert answer[missing_or_unknown]["customer"] is None
        assert [(error["field"], error["plugin"]) for error in answer[missing_or_unknown]["userErrors"]] == [
            ("region", "acme")
        ]


def test_the_rule_names_its_field_and_its_plugin(answer: Any) -> None:
    veto = {
        "code": "VETO",
        "field": "name",
        "message": "We do not deal with bargain shops.",
        "plugin": "acme",
    }

    assert answer["bargain"] == {"customer": None, "userErrors": [veto]}


def test_the_field_can_be_filtered_and_ordered_by(answer: Any, run_kehu: Kehu) -> None:
    assert (answer["south"]["userErrors"], answer["north"]["userErrors"]) == ([], [])

    found = json.loads(run_kehu("query", "-", stdin=BY_REGION))["data"]

    assert found["northern"]["nodes"] == [{"name": "Haier", "region": "north"}]
    assert [customer["name"] for customer in found["ordered"]["nodes"]] == ["Haier", "Huawei"]


def test_the_trail_shows_which_plugin_changed_what(answer: Any, run_kehu: Kehu) -> None:
    assert answer["south"]["userErrors"] == []

    entries = json.loads(run_kehu("query", "-", stdin=TRAIL))["data"]["auditEntries"]["nodes"]

    changes = {entry["changes"]["name"]["after"]: entry["changes"] for entry in entries}
    assert set(changes) == {"Haier", "Huawei"}
    assert changes["Huawei"]["acme.region"] == {"before": None, "after": "south"}
    assert changes["Huawei"]["notes"] == {"before": None, "after": "New here.", "plugin": "beta"}
