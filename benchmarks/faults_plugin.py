"""The plugin of benchmarks/faults.py: each new customer is greeted and welcomed once, and visited at least once."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from datetime import timedelta

import kehu
from kehu.platform.deliveries import Deliveries
from kehu.platform.jobs.backoff import Backoff
from kehu.platform.jobs.embedded import EmbeddedJobs

plugin = kehu.Plugin("faults", requires=["core"])


@plugin.job(atomic=True, retries=1000)
async def greet(ctx: kehu.Context, customer_id: str) -> None:
    """Write one interaction, in the transaction that says that the job is done."""
    ctx.add(kehu.Interaction(customer_id=uuid.UUID(customer_id), subject="greeted"))


@plugin.job(retries=1000)
async def visit(ctx: kehu.Context, customer_id: str) -> None:
    """Write an interaction, and be done a moment later."""
    async with ctx.write():
        ctx.add(kehu.Interaction(customer_id=uuid.UUID(customer_id), subject="visited"))
    await asyncio.sleep(0.01)


@plugin.event
@dataclasses.dataclass(frozen=True)
class Arrived:
    """There is a new customer."""

    customer_id: uuid.UUID


@plugin.on(Arrived)
async def welcome(ctx: kehu.Context, event: Arrived) -> None:
    """Write one interaction, in the transaction that says that the event is handled."""
    ctx.add(kehu.Interaction(customer_id=event.customer_id, subject="welcomed"))


@plugin.after_write(kehu.Customer)
async def ask_for_all(ctx: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
    """Enqueue both jobs, under keys of their own, and tell of it in the transaction that creates the customer."""
    if change.creating:
        key = str(change.obj.id)
        await ctx.enqueue(greet, {"customer_id": key}, key=f"greet {key}")
        await ctx.enqueue(visit, {"customer_id": key}, key=f"visit {key}")
        ctx.emit(Arrived(change.obj.id), record=change.obj)


class InAHurry:
    """The death of a worker is noticed after two seconds instead of twenty or sixty, so that it happens often."""

    @kehu.hookimpl
    def kehu_start(self, app: kehu.App) -> None:
        """Before the first job runs."""
        app.platform.jobs = EmbeddedJobs(Backoff(poll=0.2, beat=0.3, lease=2))
        app.platform.deliveries = Deliveries(app, lease=timedelta(seconds=2))


plugin.hookimpl(InAHurry())
