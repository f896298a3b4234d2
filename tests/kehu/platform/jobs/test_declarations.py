from __future__ import annotations

import pytest

import kehu
from kehu.core_plugin import plugin as core


def composed(plugin: kehu.Plugin, url: str) -> kehu.App:
    return kehu.App([core, plugin], url)


def problems(plugin: kehu.Plugin, url: str) -> list[str]:
    with pytest.raises(kehu.CompositionError) as error:
        composed(plugin, url)
    return error.value.problems


@pytest.fixture
def plugin() -> kehu.Plugin:
    return kehu.Plugin("shop", requires=["core"])


def test_a_job_is_found_by_its_name_and_by_its_function(plugin: kehu.Plugin, sqlite_url: str) -> None:
    @plugin.job(schedule="*/5 * * * *", retries=7, timeout_seconds=20)
    async def tidy(ctx: kehu.Context) -> None: ...

    jobs = composed(plugin, sqlite_url).composition

    assert jobs.jobs["shop.tidy"] is jobs.jobs_by_function[tidy]
    declared = jobs.jobs["shop.tidy"]
    assert (declared.schedule, declared.retries, declared.timeout_seconds) == ("*/5 * * * *", 7, 20)
    assert not declared.atomic


@pytest.mark.parametrize("schedule", ["*/5 * * *", "@daily", "0 0 0 * * *", "61 * * * *", "0 0 30 2 *"])
def test_a_schedule_that_is_no_cron_line_is_refused(
    plugin: kehu.Plugin, sqlite_url: str, schedule: str
) -> None:
    @plugin.job(schedule=schedule)
    async def tidy(ctx: kehu.Context) -> None: ...

    [problem] = problems(plugin, sqlite_url)

    assert "'shop.tidy' has the schedule" in problem
    assert "test_declarations.py" in problem


def test_a_scheduled_job_takes_no_arguments(plugin: kehu.Plugin, sqlite_url: str) -> None:
    @plugin.job(schedule="0 3 * * *")
    async def tidy(ctx: kehu.Context, room: str) -> None: ...

    [problem] = problems(plugin, sqlite_url)

    assert "gives no arguments, but needs room" in problem


def test_numbers_out_of_range_are_refused_all_at_once(plugin: kehu.Plugin, sqlite_url: str) -> None:
    @plugin.job(retries=-1)
    async def tidy(ctx: kehu.Context) -> None: ...

    @plugin.job(timeout_seconds=0)
    async def sweep(ctx: kehu.Context) -> None: ...

    assert [problem.partition("job ")[2] for problem in problems(plugin, sqlite_url)] == [
        "'shop.tidy' must not have retries below zero",
        "'shop.sweep' needs a timeout_seconds above zero",
    ]


def test_two_jobs_of_one_function_are_refused(plugin: kehu.Plugin, sqlite_url: str) -> None:
    async def tidy(ctx: kehu.Context) -> None: ...

    plugin.job(name="tidy")(tidy)
    plugin.job(name="sweep", atomic=True)(tidy)

    [problem] = problems(plugin, sqlite_url)

    assert "job 'shop.sweep' is the same function as job 'shop.tidy'" in problem


def test_two_jobs_of_one_name_are_refused(plugin: kehu.Plugin, sqlite_url: str) -> None:
    @plugin.job()
    async def tidy(ctx: kehu.Context) -> None: ...

    @plugin.job(name="tidy")
    async def tidy_more(ctx: kehu.Context) -> None: ...

    assert "job 'shop.tidy' is defined by" in problems(plugin, sqlite_url)[0]
