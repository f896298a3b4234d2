"""Jobs as people see them: through GraphQL."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.jobs.models import JobState
from kehu.platform.jobs.runner import job_runner
from kehu_graphql import Api
from tests.kehu.conftest import Clock
from tests.kehu.platform.jobs.workshop import Workshop, enqueued, reached

LIST = """query { jobs(filter: {name: {eq: "shop.note"}}) { totalCount edges { node {
    name state arguments attempts lastError progress key runAt finishedAt requestId enqueuedBy { name } } } } }"""
VERB = """mutation ($id: ID!) { VERBJob(id: $id) { job { state attempts } userErrors { code message field } } }"""


@pytest.fixture
def api(app: kehu.App) -> Api:
    return Api(app)


async def asked(api: Api, document: str, **variables: Any) -> Any:
    answer = await api.execute(document, variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def failed_job(app: kehu.App, shop: Workshop, clock: Clock) -> uuid.UUID:
    shop.failures = 3
    key = await enqueued(app, shop.note, word="a", key="k")
    async with job_runner(app):
        ahead = asyncio.create_task(hurry(clock))
        await reached(app, key, JobState.FAILED)
        ahead.cancel()
    return key


async def hurry(clock: Clock) -> None:
    while True:
        clock.advance(minutes=1)
        await asyncio.sleep(0.01)


async def test_jobs_are_listed_with_what_came_of_them(
    api: Api, app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    await failed_job(app, shop, clock)

    found = await asked(api, LIST)

    [node] = [edge["node"] for edge in found["jobs"]["edges"]]
    assert node["runAt"] is not None
    assert node["finishedAt"] is not None
    assert {name: node[name] for name in ("name", "state", "arguments", "attempts", "lastError", "key")} == {
        "name": "shop.note",
        "state": "FAILED",
        "arguments": {"word": "a"},
        "attempts": 3,
        "lastError": "ValueError: a went wrong",
        "key": "k",
    }


async def test_dead_letters_are_counted_by_name(
    api: Api, app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    await failed_job(app, shop, clock)
    await enqueued(app, shop.note, word="b")

    found = await asked(api, "query { jobs(filter: {state: {eq: FAILED}}) { totalCount } }")

    assert found == {"jobs": {"totalCount": 1}}


async def test_a_failed_job_is_retried_through_the_api(
    api: Api, app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    key = await failed_job(app, shop, clock)

    answer = await asked(api, VERB.replace("VERB", "retry"), id=kehu.global_id("Job", key))
    async with job_runner(app):
        await reached(app, key, JobState.SUCCEEDED)

    assert answer["retryJob"] == {"job": {"state": "QUEUED", "attempts": 0}, "userErrors": []}
    assert shop.done == ["a"]


async def test_a_failed_job_is_not_retried_beside_one_that_does_the_same(
    api: Api, app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    key = await failed_job(app, shop, clock)
    await enqueued(app, shop.note, word="a", key="k")

    answer = await asked(api, VERB.replace("VERB", "retry"), id=kehu.global_id("Job", key))

    [error] = answer["retryJob"]["userErrors"]
    assert (error["code"], error["message"]) == (
        "JOB_IS_NOT_OVER",
        "Another job waits already to do the same, k.",
    )


async def test_a_waiting_job_is_cancelled_through_the_api(api: Api, app: kehu.App, shop: Workshop) -> None:
    key = await enqueued(app, shop.note, word="a")

    answer = await asked(api, VERB.replace("VERB", "cancel"), id=kehu.global_id("Job", key))
    again = await asked(api, VERB.replace("VERB", "cancel"), id=kehu.global_id("Job", key))

    assert answer["cancelJob"] == {"job": {"state": "CANCELLED", "attempts": 0}, "userErrors": []}
    assert [error["code"] for error in again["cancelJob"]["userErrors"]] == ["JOB_IS_OVER"]


async def test_jobs_are_neither_created_nor_changed_by_hand(api: Api) -> None:
    assert "createJob" not in api.sdl
    assert "updateJob" not in api.sdl
    assert "deleteJob" not in api.sdl
    assert "waitingKey" not in api.sdl
    assert "workerId" not in api.sdl


async def test_jobs_need_a_permission_to_be_seen_and_others_to_be_changed(
    api: Api, app: kehu.App, shop: Workshop
) -> None:
    key = kehu.global_id("Job", await enqueued(app, shop.note, word="a"))
    nobody = kehu.Principal(uuid.uuid4(), "Bob")
    reader = kehu.Principal(uuid.uuid4(), "Ann", grants={"core.job:read": kehu.Level.ALL})

    seen = [
        (await api.execute(LIST, principal=who))["data"]["jobs"]["totalCount"] for who in (nobody, reader)
    ]
    refused = await api.execute(VERB.replace("VERB", "cancel"), {"id": key}, principal=reader)

    assert seen == [0, 1]
    assert [error["code"] for error in refused["data"]["cancelJob"]["userErrors"]] == ["FORBIDDEN"]


async def test_a_subscription_tells_how_a_job_goes(app: kehu.App, shop: Workshop) -> None:
    async def climb(ctx: kehu.Context) -> None:
        await ctx.progress(1, 2)
        await shop.gate.wait()

    shop.plugin.job(name="climb")(climb)
    app = kehu.App([app.composition.plugins[0], shop.plugin], engine=app.engine)
    told: list[tuple[str, int]] = []

    async def listen() -> None:
        async for answer in Api(app).subscribe("subscription { jobChanged { job { state progress } } }"):
            job = answer["data"]["jobChanged"]["job"]
            told.append((job["state"], job["progress"]))
            if job["progress"] == 50:
                shop.gate.set()
            if job["state"] == "SUCCEEDED":
                return

    async with job_runner(app), asyncio.timeout(60):
        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.05)
        await enqueued(app, climb)
        await listening

    assert {("RUNNING", 50), ("SUCCEEDED", 100)} <= set(told)


@pytest.mark.postgresql
async def test_a_subscription_tells_of_jobs_that_run_on_another_node(
    postgresql_url: str, shop: Workshop
) -> None:
    server, worker = (kehu.App([core, shop.plugin], postgresql_url) for _ in range(2))
    async with server.engine.begin() as connection:
        await connection.run_sync(server.composition.metadata.create_all)
    states: list[str] = []

    async def listen() -> None:
        async for answer in Api(server).subscribe("subscription { jobChanged { job { state } } }"):
            states.append(answer["data"]["jobChanged"]["job"]["state"])
            if states[-1] == "SUCCEEDED":
                return

    async with job_runner(worker), asyncio.timeout(60):
        listening = asyncio.create_task(listen())
        await server.cluster.connect()
        await enqueued(server, shop.note, word="a")
        await listening
    await server.close()
    await worker.close()

    assert shop.done == ["a"]
