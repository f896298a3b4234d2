"""`kehu query --explain`: by which plan a document is answered, with which SQL, or why by none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

import kehu
from kehu.ops.cli import main
from kehu_graphql import Api
from kehu_graphql.explanation import explained
from tests.templates import Templates


@pytest.fixture
async def api(database_url: str, templates: Templates) -> AsyncIterator[Api]:
    app = await templates.open(database_url, "core")
    yield Api(app)
    await app.close()


async def lines(api: Api, document: str) -> list[str]:
    found = await explained(api, document, {}, principal=kehu.SYSTEM, operation=None)
    return list(found.lines)


async def test_a_planned_query_shows_its_plan_and_its_statement(api: Api) -> None:
    shown = await lines(api, "{ customers { nodes { name } } __typename }")

    way, plan, customers, name, sql, *statements = shown
    assert (way, plan, name, sql) == ("Way: a plan", "Plan:", "  __typename: a name", "SQL:")
    answered_by = "WholeList" if api.app.is_postgresql else "Connection"
    assert customers.startswith(f"  customers: {answered_by}, ")
    assert len(statements) == 1
    assert statements[0].startswith("  SELECT ")
    assert "core_customer" in statements[0]


async def test_what_no_plan_covers_shows_why(api: Api) -> None:
    shown = await lines(api, "{ __schema { queryType { name } } }")

    assert shown == ["Way: graphql-core", "Reason: NOT_COVERED: __schema"]


async def test_what_a_plan_gives_up_shows_the_statements_of_both_ways(api: Api) -> None:
    async with api.app.context() as ctx, ctx.write():
        ctx.add(kehu.Customer(name="Mill"))
    async with api.app.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE core_customer SET kind = 'ROBOT'"))

    shown = await lines(api, "{ customers { nodes { kind } } }")

    assert shown[0] == "Way: graphql-core"
    assert shown[1].startswith("Reason: VALUE: ")
    statements = shown[shown.index("SQL:") + 1 : shown.index("Errors:")]
    assert sum("FROM core_customer" in statement for statement in statements) == 2


async def test_a_plan_that_fails_when_it_runs_shows_why_and_the_errors(api: Api) -> None:
    shown = await lines(api, "{ customers(first: -1) { totalCount } }")

    assert shown[0] == "Way: graphql-core"
    assert shown[1].startswith("Reason: REFUSED: ")
    assert shown[2] == "Plan:"
    assert shown[-2:] == ["Errors:", f"  {shown[1].removeprefix('Reason: REFUSED: ')}"]


async def test_a_mutation_is_planned_and_not_run(api: Api) -> None:
    shown = await lines(api, 'mutation { made: createTeam(input: {name: "North"}) { team { name } } }')

    assert shown == ["Way: a plan", "Plan:", "  made: createTeam"]
    assert await api.execute("{ teams { totalCount } }") == {"data": {"teams": {"totalCount": 0}}}


def test_the_command_shows_it_and_ends_with_1_for_a_mistake(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEHU_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("KEHU_PLUGINS", "core")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0

    planned, wrong = _explain("{ teams { totalCount } }"), _explain("{ nothing }")

    assert (planned.exit_code, wrong.exit_code) == (0, 1)
    assert planned.stdout.startswith("Way: a plan\nPlan:\n  teams: ")
    said = "Cannot query field 'nothing' on type 'Query'."
    assert wrong.stdout == f"Way: graphql-core\nReason: INVALID: {said}\nErrors:\n  {said}\n"


def _explain(document: str) -> Result:
    return CliRunner().invoke(main, ["query", "-", "--explain"], input=document)
