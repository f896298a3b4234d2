"""`kehu worker`: a process that only runs jobs, beside servers or instead of their own runners."""

from __future__ import annotations

import asyncio
import contextlib
import signal

import click

from kehu.kernel.app import App
from kehu.kernel.jobs import JOBS_AT_ONCE
from kehu.ops.cli.context import CommandContext
from kehu.ops.migrations import require_current
from kehu.platform.jobs.runner import job_runner


@click.command()
@click.option(
    "--jobs-at-once",
    type=click.IntRange(1),
    default=None,
    help=f"How many jobs to run at a time.  [default: KEHU_JOBS_AT_ONCE or {JOBS_AT_ONCE}]",
)
@click.pass_obj
def worker(command: CommandContext, jobs_at_once: int | None) -> None:
    """Run jobs until SIGTERM or Ctrl-C; those that run may end first, or go back to wait."""
    command.run(_work(command.app(), jobs_at_once or command.settings.jobs_at_once or JOBS_AT_ONCE))


async def _work(app: App, jobs_at_once: int) -> None:
    await require_current(app)
    stopping = _told_to_stop()
    await app.hooks.run("kehu_start", app=app)
    try:
        async with job_runner(app, jobs_at_once=jobs_at_once):
            click.echo(f"Running up to {jobs_at_once} jobs at a time; Ctrl-C ends it.")
            await stopping.wait()
    finally:
        await app.hooks.run("kehu_stop", app=app)


def _told_to_stop() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(
            NotImplementedError
        ):  # Windows has no signals; there Ctrl-C is an exception.
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping
