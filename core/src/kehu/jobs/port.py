"""The port of jobs: what the rest of kehu needs of a back end."""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from kehu.errors import KehuError
from kehu.plugin.declarations import JobDeclaration

if TYPE_CHECKING:
    from kehu.app import App
    from kehu.context import Context

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
