"""What no plan answers is counted by its reason and told in the log; an unexpected error fails a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

import kehu
from kehu_graphql import Api
from kehu_graphql.compiled import plans
from kehu_graphql.compiled.fallbacks import STRICT, Reason
from tests.templates import Templates

CUSTOMERS = "{ customers { totalCount } }"
WITH_NUMBER = "query ($first: Int!) { customers(first: $first) { totalCount } }"


class Broken:
    """A root whose plan has a mistake of ours in it."""

    def __init__(self, *_arguments: Any) -> None:
        raise KeyError("customers")


@pytest.fixture
async def api(sqlite_url: str, templates: Templates) -> AsyncIterator[Api]:
    app = await templates.open(sqlite_url, "core")
    yield Api(app)
    await app.close()


async def _answer(api: Api, document: str, principal: kehu.Principal, **variables: Any) -> bytes | None:
    async with api.app.context(principal) as ctx:
        return await api.plans.answer(ctx, document, variables, None)


@pytest.mark.parametrize(
    ("document", "variables", "reason", "detail"),
    [
        ("{ nothing }", {}, Reason.INVALID, "Cannot query field 'nothing' on type 'Query'."),
        ("{", {}, Reason.INVALID, "Syntax Error: Expected Name, found <EOF>."),
        ("{ __schema { queryType { name } } }", {}, Reason.NOT_COVERED, "__schema"),
        (WITH_NUMBER, {"first": "many"}, Reason.VARIABLES, "variables"),
    ],
)
async def test_what_is_not_planned_is_counted_each_time_and_says_why(
    api: Api, document: str, variables: dict[str, Any], reason: Reason, detail: str
) -> None:
    for _ in range(2):
        assert await _answer(api, document, kehu.SYSTEM, **variables) is None

    async with api.app.context() as ctx:
        found = api.plans.found(ctx, document, variables, None)
    assert str(found) == f"{reason}: {detail}"
    assert (api.plans.fallbacks.planned, dict(api.plans.fallbacks.counts)) == (0, {reason: 2})


async def test_what_is_planned_is_counted_too_and_what_fails_when_it_runs(api: Api) -> None:
    assert await _answer(api, CUSTOMERS, kehu.SYSTEM) is not None
    assert await _answer(api, CUSTOMERS, kehu.ANONYMOUS) is None
    assert await _answer(api, WITH_NUMBER, kehu.SYSTEM, first=-1) is None

    assert api.plans.fallbacks.planned == 1
    assert api.plans.fallbacks.counts == {Reason.ANONYMOUS: 1, Reason.REFUSED: 1}


async def test_the_log_tells_once_what_no_plan_covers(api: Api) -> None:
    with structlog.testing.capture_logs() as lines:
        for _ in range(2):
            await _answer(api, "{ __schema { queryType { name } } }", kehu.SYSTEM)

    assert lines == [
        {"event": "not planned", "log_level": "info", "reason": "NOT_COVERED", "detail": "__schema"}
    ]


async def test_an_unexpected_error_fails_where_plans_are_strict(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plans._OF_ENTITY, "list", Broken)

    with pytest.raises(KeyError, match="customers"):
        await _answer(api, CUSTOMERS, kehu.SYSTEM)


async def test_an_unexpected_error_is_logged_and_left_to_graphql_core_elsewhere(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plans._OF_ENTITY, "list", Broken)
    monkeypatch.delenv(STRICT)
    lenient = Api(api.app)

    with structlog.testing.capture_logs() as lines:
        answer = await lenient.execute(CUSTOMERS)

    assert answer == {"data": {"customers": {"totalCount": 0}}}
    assert lenient.plans.fallbacks.counts == {Reason.UNEXPECTED: 1}
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("not planned for an unexpected reason", "warning")
    ]
