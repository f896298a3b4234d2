"""The jobs of all plugins, and what is wrong with their declarations."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from kehu.kernel.plugin import Plugin
from kehu.kernel.plugin.declarations import JobDeclaration

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def job_declarations(plugins: Sequence[Plugin], problems: list[str]) -> list[JobDeclaration]:
    """All jobs; appends a sentence to `problems` for each that cannot work."""
    jobs = [job for plugin in plugins for job in plugin.jobs]
    problems.extend(f"{job.origin}: job {job.name!r} {wrong}" for job in jobs for wrong in _wrong_with(job))
    first = {job.function: job.name for job in reversed(jobs)}
    problems.extend(
        f"{job.origin}: job {job.name!r} is the same function as job {first[job.function]!r}; enqueue() could "
        "not tell them apart"
        for job in jobs
        if first[job.function] != job.name
    )
    return jobs


def _wrong_with(job: JobDeclaration) -> list[str]:
    return [sentence for sentence in (_schedule(job), _signature(job), _numbers(job)) if sentence]


def _schedule(job: JobDeclaration) -> str | None:
    if job.schedule is None:
        return None
    if len(job.schedule.split()) != 5:
        return f"has the schedule {job.schedule!r}; write five fields: minute, hour, day, month, weekday"
    try:
        next(CronSim(job.schedule, _ANY_TIME))
    except CronSimError as error:
        return f"has the schedule {job.schedule!r}, which is no cron line: {error}"
    except StopIteration:
        return f"has the schedule {job.schedule!r}, which never comes"
    return None


def _signature(job: JobDeclaration) -> str | None:
    if not inspect.iscoroutinefunction(job.function):
        return "must be an `async def`"
    parameters = list(inspect.signature(job.function).parameters.values())
    if not parameters:
        return "must take the context as its first argument"
    needed = [p.name for p in parameters[1:] if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if job.schedule is not None and needed:
        return f"has a schedule, which gives no arguments, but needs {', '.join(needed)}"
    return None


def _numbers(job: JobDeclaration) -> str | None:
    if job.retries < 0:
        return "must not have retries below zero"
    if job.timeout_seconds <= 0:
        return "needs a timeout_seconds above zero"
    return None
