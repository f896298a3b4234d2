"""What every back end of jobs must do: enqueue in the transaction, or not at all."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.jobs import NotAJob
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.jobs.runner import job_runner
from tests.kehu.conftest import Clock
from tests.kehu.factories import make_user
from tests.kehu.platform.jobs.workshop import Workshop, all_over, enqueued, job_of, reached, team_names


async def jobs_of(app: kehu.App) -> list[Job]:
    async with app.context() as ctx:
        return list((await ctx.session.scalars(sa.select(Job).order_by(Job.id))).all())


async def test_a_job_waits_as_it_was_asked_for(app: kehu.App, shop: Workshop, clock: Clock) -> None:
    ann = await make_user(app)
    principal = kehu.Principal(ann.id, "Ann")

    async with app.context(principal, request_id="r1") as ctx, ctx.write():
        key = await ctx.enqueue(shop.note, {"word": "a"}, key="k", run_at=clock.now + timedelta(hours=1))

    job = await job_of(app, key)
    assert (job.name, job.state, job.arguments) == ("shop.note", JobState.QUEUED, {"word": "a"})
    assert (job.key, job.run_at, job.attempts) == ("k", clock.now + timedelta(hours=1), 0)
    assert (job.request_id, job.enqueued_by_id, job.progress) == ("r1", ann.id, 0)


async def test_a_committed_job_runs_once(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app):
        key = await enqueued(app, shop.note, word="a")
        job = await reached(app, key, JobState.SUCCEEDED)

    assert shop.done == ["a"]
    assert (job.attempts, job.progress, job.last_error) == (1, 100, None)
    assert job.started_at is not None
    assert job.finished_at is not None


async def test_a_job_is_rolled_back_with_what_asked_for_it(app: kehu.App, shop: Workshop) -> None:
    async def refused() -> None:
        async with app.context() as ctx, ctx.write():
            ctx.add(kehu.Team(name="North"))
            await ctx.enqueue(shop.note, {"word": "a"})
            raise kehu.veto("no")

    with pytest.raises(kehu.Refusal):
        await refused()

    assert await jobs_of(app) == []
    assert await team_names(app) == []


async def test_a_job_does_not_begin_before_its_transaction_ends(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app):
        async with app.context() as ctx, ctx.write():
            await ctx.enqueue(shop.note, {"word": "a"})
            await asyncio.sleep(0.1)
            assert shop.begun == []
        await all_over(app)

    assert shop.done == ["a"]


async def test_there_is_no_enqueuing_outside_of_a_transaction(app: kehu.App, shop: Workshop) -> None:
    async with app.context() as ctx:
        with pytest.raises(RuntimeError, match="outside"):
            await ctx.enqueue(shop.note, {"word": "a"})


async def test_what_is_no_job_is_not_enqueued(app: kehu.App) -> None:
    async def stranger(ctx: kehu.Context) -> None: ...

    async with app.context() as ctx:
        with pytest.raises(NotAJob, match="stranger is no job of an enabled plugin"):
            async with ctx.write():
                await ctx.enqueue(stranger)


async def test_wrong_arguments_are_refused_when_they_are_given(app: kehu.App, shop: Workshop) -> None:
    async with app.context() as ctx:
        with pytest.raises(
            NotAJob, match=r"shop.note cannot be called so: missing a required argument: 'word'"
        ):
            async with ctx.write():
                await ctx.enqueue(shop.note, {"wrod": "a"})
        with pytest.raises(TypeError, match="JSON"):
            async with ctx.write():
                await ctx.enqueue(shop.note, {"word": object()})

    assert await jobs_of(app) == []


async def test_while_a_job_of_the_key_waits_there_is_no_second_one(app: kehu.App, shop: Workshop) -> None:
    first = await enqueued(app, shop.note, word="a", key="k")
    second = await enqueued(app, shop.note, word="b", key="k")
    other = await enqueued(app, shop.note, word="c", key="l")

    async with job_runner(app):
        await all_over(app)

    assert first == second != other
    assert sorted(shop.done) == ["a", "c"]


async def test_a_key_is_free_again_as_soon_as_its_job_begins(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app):
        first = await enqueued(app, shop.wait, word="a", key="k")
        await reached(app, first, JobState.RUNNING)
        second = await enqueued(app, shop.wait, word="b", key="k")
        shop.gate.set()
        await all_over(app)

    assert first != second
    assert shop.done == ["a", "b"]


async def test_a_job_that_waits_under_a_key_comes_sooner_when_somebody_needs_it_sooner(
    app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    key = await enqueued(app, shop.note, word="a", key="k", run_at=clock.now + timedelta(hours=2))
    await enqueued(app, shop.note, word="a", key="k", run_at=clock.now + timedelta(hours=1))
    await enqueued(app, shop.note, word="a", key="k", run_at=clock.now + timedelta(hours=3))

    assert (await job_of(app, key)).run_at == clock.now + timedelta(hours=1)


async def test_what_is_written_with_a_waiting_key_is_seen_by_its_job(app: kehu.App, shop: Workshop) -> None:
    """Were the job to begin between the enqueue and the commit, nothing would ever work on what is committed."""
    seen: list[list[str]] = []

    async def look(_: kehu.Context) -> None:
        seen.append(await team_names(app))

    shop.plugin.job(name="look")(look)
    app = kehu.App([app.composition.plugins[0], shop.plugin], engine=app.engine, clock=app.clock)
    await enqueued(app, look, key="k")
    async with app.context() as ctx, ctx.write():
        ctx.add(kehu.Team(name="North"))
        await ctx.enqueue(look, key="k")
        async with job_runner(app):
            await asyncio.sleep(0.2)
    async with job_runner(app):
        await all_over(app)

    assert seen[-1] == ["North"]


async def test_transactions_with_one_key_make_one_job(app: kehu.App, shop: Workshop) -> None:
    keys = await asyncio.gather(*(enqueued(app, shop.note, word="a", key="k") for _ in range(10)))

    assert len(set(keys)) == 1
    assert len(await jobs_of(app)) == 1


async def test_a_job_waits_until_its_time(app: kehu.App, shop: Workshop, clock: Clock) -> None:
    key = await enqueued(app, shop.note, word="a", run_at=clock.now + timedelta(hours=1))
    async with job_runner(app):
        await asyncio.sleep(0.2)
        waiting = await job_of(app, key)
        clock.advance(hours=1)
        await all_over(app)

    assert waiting.state is JobState.QUEUED
    assert shop.done == ["a"]
