"""Where jobs run: in a server, and in `kehu worker`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.ops.migrations import upgrade
from kehu.platform.jobs.models import JobState
from kehu.platform.jobs.runner import job_runner
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from tests.kehu.platform.jobs.workshop import Workshop, enqueued, job_of, reached

KEHU = str(Path(sys.executable).with_name("kehu"))


async def test_a_server_runs_jobs(app: kehu.App, shop: Workshop) -> None:
    server = asgi(Api(app))
    async with server.router.lifespan_context(server):
        key = await enqueued(app, shop.note, word="a")
        await reached(app, key, JobState.SUCCEEDED)

    assert shop.done == ["a"]


async def test_a_server_leaves_jobs_to_workers_where_it_is_told_to(app: kehu.App, shop: Workshop) -> None:
    server = asgi(Api(app), jobs_at_once=0)
    async with server.router.lifespan_context(server):
        key = await enqueued(app, shop.note, word="a")
        await asyncio.sleep(0.2)

        assert (await job_of(app, key)).state is JobState.QUEUED


async def test_a_runner_of_no_jobs_is_none(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app, jobs_at_once=0):
        key = await enqueued(app, shop.note, word="a")
        await asyncio.sleep(0.2)

    assert (await job_of(app, key)).state is JobState.QUEUED


@pytest.fixture
def environment(sqlite_url: str) -> dict[str, str]:
    return os.environ | {"KEHU_DATABASE_URL": sqlite_url, "KEHU_PLUGINS": "core"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_worker_command_runs_jobs_until_it_is_told_to_stop(
    sqlite_url: str, environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    app = kehu.App([core], sqlite_url)
    await upgrade(app)
    await app.close()
    first, rest, status = await asyncio.to_thread(stopped, environment, tmp_path, number)

    assert first == "Running up to 3 jobs at a time; Ctrl-C ends it.\n"
    assert (rest, status) == ("", 0)


def stopped(environment: dict[str, str], folder: Path, number: signal.Signals) -> tuple[str, str, int]:
    """What a worker says before and after a signal, and its exit status."""
    command = [KEHU, "worker", "--jobs-at-once", "3"]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder)
    assert worker.stdout is not None
    first = worker.stdout.readline()
    worker.send_signal(number)
    rest, _ = worker.communicate(timeout=30)
    return first, rest, worker.returncode


def test_the_worker_command_refuses_a_database_that_is_not_up_to_date(
    environment: dict[str, str], tmp_path: Path
) -> None:
    command = [KEHU, "worker"]
    refused = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment, cwd=tmp_path
    )

    assert refused.returncode == 1
    assert "kehu db upgrade" in refused.stderr
