"""From a call of `ctx.enqueue` to a job that a back end understands."""

from __future__ import annotations

import functools
import inspect
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kehu.errors import KehuError
from kehu.jobs.port import NewJob
from kehu.plugin.declarations import JobDeclaration

if TYPE_CHECKING:
    from kehu.context import Context


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
    return await ctx.app.jobs.enqueue(ctx, job)


def _check_arguments(declaration: JobDeclaration, arguments: Mapping[str, Any]) -> None:
    try:
        _signature(declaration.function).bind(None, **arguments)
    except TypeError as error:
        raise NotAJob(f"The job {declaration.name} cannot be called so: {error}.") from None
    json.dumps(dict(arguments))


@functools.lru_cache(maxsize=1000)
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)
