"""Errors: where they are, whose they are, and nothing of what went on inside; the rest of the answer stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

import kehu
from kehu_graphql import Api
from kehu_graphql.masking import MESSAGE

SECRET = "password=hunter2"

careless = kehu.Plugin("careless", requires=["core"])


@careless.field(kehu.Team)
def moods(team: kehu.Team) -> str:
    """Of one team there are none."""
    if team.name == "Broken":
        raise RuntimeError(SECRET)
    return "good"


@careless.batch_field(kehu.Team)
async def sizes(teams: Sequence[kehu.Team]) -> Sequence[int]:
    """Forgets one."""
    return [1 for _ in teams[1:]]


@careless.query()
async def broken_report() -> int:
    """Never comes."""
    raise LookupError(SECRET)


@careless.query()
async def refused_report() -> int:
    """For nobody."""
    raise kehu.BadInput("Not today.", field="day")


@pytest.fixture(scope="module")
async def api(shared_database_url: str) -> AsyncIterator[Api]:
    app = kehu.App([*kehu.installed(["core"]), careless], shared_database_url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    async with app.context() as ctx, ctx.write():
        for name in ("Able", "Broken", "Calm"):
            ctx.add(kehu.Team(name=name))
    yield Api(app)
    await app.close()


def where(error: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Path, code and plugin of an error, which has a trace id and says nothing of its cause."""
    assert error["extensions"]["traceId"]
    assert error["locations"]
    return error["path"], error["extensions"]["code"], error["extensions"].get("plugin")


async def test_an_error_is_located_and_leaves_the_rest(api: Api) -> None:
    answer = await api.execute("{ teams(orderBy: [{field: NAME}]) { nodes { name moods } } }")

    assert answer["data"]["teams"]["nodes"] == [
        {"name": "Able", "moods": "good"},
        {"name": "Broken", "moods": None},
        {"name": "Calm", "moods": "good"},
    ]
    (error,) = answer["errors"]
    assert where(error) == (["teams", "nodes", 1, "moods"], "INTERNAL_SERVER_ERROR", "careless")
    assert error["message"] == MESSAGE
    assert SECRET not in str(answer)


async def test_a_batch_that_fails_fails_for_each_record(api: Api) -> None:
    answer = await api.execute("{ teams { nodes { sizes } totalCount } }")

    assert answer["data"]["teams"] == {"nodes": [{"sizes": None}] * 3, "totalCount": 3}
    assert [where(error) for error in answer["errors"]] == [
        (["teams", "nodes", at, "sizes"], "INTERNAL_SERVER_ERROR", "careless") for at in range(3)
    ]


async def test_an_error_of_a_root_field_empties_only_that_field(api: Api) -> None:
    answer = await api.execute("{ teams { totalCount } brokenReport }")

    assert answer["data"] == {"teams": {"totalCount": 3}, "brokenReport": None}
    assert [where(error) for error in answer["errors"]] == [
        (["brokenReport"], "INTERNAL_SERVER_ERROR", "careless")
    ]
    assert SECRET not in str(answer)


async def test_a_refusal_tells_its_reason(api: Api) -> None:
    (error,) = (await api.execute("{ refusedReport }"))["errors"]

    assert where(error) == (["refusedReport"], "BAD_USER_INPUT", "careless")
    assert error["message"] == "Not today."
    assert error["extensions"]["field"] == "day"
