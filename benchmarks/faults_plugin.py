"""The plugin of benchmarks/faults.py: each new customer is greeted exactly once, and visited at least once."""

from __future__ import annotations

import asyncio
import uuid

import kehu
from kehu.jobs.embedded import EmbeddedJobs
from kehu.jobs.pace import Pace

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


@plugin.after_write(kehu.Customer)
async def ask_for_both(ctx: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
    """Enqueue both jobs in the transaction that creates the customer, under keys of their own."""
    if change.creating:
        key = str(change.obj.id)
        await ctx.enqueue(greet, {"customer_id": key}, key=f"greet {key}")
        await ctx.enqueue(visit, {"customer_id": key}, key=f"visit {key}")


class InAHurry:
    """Workers notice the death of others after two seconds instead of twenty, so that it happens often."""

    @kehu.hookimpl
    def kehu_start(self, app: kehu.App) -> None:
        """Before the first job runs."""
        app.jobs = EmbeddedJobs(Pace(poll=0.2, beat=0.3, lease=2))


plugin.hookimpl(InAHurry())
