"""The port of jobs: what the rest of kehu needs of a back end, and the way from `ctx.enqueue` to it."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from kehu.kernel.errors import KehuError
from kehu.kernel.plugin.declarations import JobDeclaration

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.kernel.context import Context

JOBS_AT_ONCE = 10


class JobTaken(KehuError):
    """The job was cancelled, or given to another worker because this one did not answer; nothing is written."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewJob:
    """A job that is about to be enqueued. `arguments` are JSON."""

    declaration: JobDeclaration
    arguments: Mapping[str, Any]
    key: str | None
    run_at: datetime


class RunningJob(Protocol):
    """The job that a context runs, as the context sees it."""

    async def confirm(self, ctx: Context) -> None:
        """Raise JobTaken unless the job is still this worker's; asked in each transaction, right before its commit."""
        ...

    async def progress(self, ctx: Context, percent: int) -> None:
        """Keep how much is done; what is kept seldom changes more than once a second."""
        ...


class JobBackend(Protocol):
    """Keeps jobs and runs them."""

    async def enqueue(self, ctx: Context, job: NewJob) -> uuid.UUID:
        """Store the job in the transaction of `ctx`, and return its id.

        While a job of the same key waits, return that one's id instead; it then runs after this transaction, and
        no later than asked for here.
        """
        ...

    def running(self, app: App, *, jobs_at_once: int) -> contextlib.AbstractAsyncContextManager[None]:
        """Run jobs while the context lasts; at its end those that run are waited for, or put back."""
        ...


class NotAJob(KehuError):
    """A function was enqueued that no enabled plugin declares with `@plugin.job()`, or with wrong arguments."""


async def enqueue(
    ctx: Context,
    function: Callable[..., Awaitable[None]],
    arguments: Mapping[str, Any],
    *,
    key: str | None,
    run_at: datetime | None,
) -> uuid.UUID:
    """Check the call and hand it to the App's back end. Raises NotAJob, TypeError for what is not JSON."""
    declaration = ctx.app.composition.jobs_by_function.get(function)
    if declaration is None:
        raise NotAJob(
            f"{function.__qualname__} is no job of an enabled plugin; decorate it with @plugin.job()."
        )
    _check_arguments(declaration, arguments)
    job = NewJob(declaration, arguments, key, run_at or ctx.now())
    return await ctx.app.platform.jobs.enqueue(ctx, job)


def _check_arguments(declaration: JobDeclaration, arguments: Mapping[str, Any]) -> None:
    try:
        _signature(declaration.function).bind(None, **arguments)
    except TypeError as error:
        raise NotAJob(f"The job {declaration.name} cannot be called so: {error}.") from None
    json.dumps(dict(arguments))


@functools.lru_cache(maxsize=1000)
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)
