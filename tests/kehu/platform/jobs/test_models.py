from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kehu.platform.jobs.models import Job, JobIsNotOver, JobIsOver, JobState

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ENDED = [JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_job_that_waits_or_runs_can_be_cancelled(state: JobState) -> None:
    job = Job(name="shop.note", state=state, key="k", waiting_key="k")

    job.cancel(at=NINE)

    assert (job.state, job.finished_at, job.key, job.waiting_key) == (JobState.CANCELLED, NINE, "k", None)


@pytest.mark.parametrize("state", ENDED)
def test_a_job_that_has_ended_cannot_be_cancelled(state: JobState) -> None:
    job = Job(name="shop.note", state=state)

    with pytest.raises(JobIsOver):
        job.cancel(at=NINE)

    assert job.state is state


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_failed_or_was_cancelled_can_be_retried_with_all_attempts(state: JobState) -> None:
    job = Job(name="shop.note", state=state, attempts=6, progress=70, finished_at=NINE, last_error="No.")

    job.retry(at=NINE)

    assert (job.state, job.run_at, job.attempts, job.progress) == (JobState.QUEUED, NINE, 0, 0)
    assert (job.finished_at, job.last_error) == (None, "No.")


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_job_that_waits_or_runs_cannot_be_retried(state: JobState) -> None:
    job = Job(name="shop.note", state=state, attempts=2)

    with pytest.raises(JobIsNotOver):
        job.retry(at=NINE)

    assert (job.state, job.attempts) == (state, 2)


def test_a_job_that_succeeded_cannot_be_retried() -> None:
    job = Job(name="shop.note", state=JobState.SUCCEEDED)

    with pytest.raises(JobIsOver):
        job.retry(at=NINE)
