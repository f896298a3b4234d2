"""A worker to be killed: as a module with the URL of a database, it prints a line once it runs jobs."""

from __future__ import annotations

import asyncio
import sys

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.jobs.embedded import EmbeddedJobs
from kehu.platform.jobs.runner import job_runner
from tests.kehu.platform.jobs.workshop import SOON

plugin = kehu.Plugin("shop", requires=["core"])


@plugin.job(atomic=True, retries=1000)
async def found_once(ctx: kehu.Context, name: str) -> None:
    """Found a team in the transaction that says that the job is done."""
    ctx.add(kehu.Team(name=name))


@plugin.job(retries=1000)
async def found(ctx: kehu.Context, name: str) -> None:
    """Found a team, and be done some time later."""
    await asyncio.sleep(0.005)
    async with ctx.write():
        ctx.add(kehu.Team(name=name))
    await asyncio.sleep(0.005)


def make_app(url: str) -> kehu.App:
    """The App that the worker and the test share."""
    app = kehu.App([core, plugin], url)
    app.platform.jobs = EmbeddedJobs(SOON)
    return app


async def work(url: str) -> None:
    """Run jobs until killed."""
    async with job_runner(make_app(url)):
        sys.stdout.write("running\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
