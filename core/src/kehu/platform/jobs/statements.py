"""The statements of a worker, made once: making one costs more than SQLite needs to run it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import sqlalchemy as sa

from kehu.kernel.model import UtcDateTime
from kehu.platform.jobs.backoff import LONGEST_RETRY_SECONDS
from kehu.platform.jobs.models import Job, JobState, JobWorker

JOB = cast(sa.Table, Job.__table__)
WORKER = cast(sa.Table, JobWorker.__table__)

# Literal, because neither database uses a partial index for a parameter.
IS_QUEUED: sa.ColumnElement[bool] = sa.literal_column("core_job.state = 'QUEUED'", sa.Boolean())
IS_RUNNING: sa.ColumnElement[bool] = JOB.c.state == JobState.RUNNING

_THE_JOB = sa.bindparam("job", type_=sa.Uuid())
_NOW = sa.bindparam("now", type_=UtcDateTime())
_CLAIMED = (JOB.c.id, JOB.c.name, JOB.c.arguments, JOB.c.attempts, JOB.c.run_at)


class Statements:
    """What one worker says to the database. Parameters are `now`, and `job`, `limit` or `latest` where one is meant.

    Whatever changes a job that runs changes it only while it is this worker's.
    """

    def __init__(self, worker: uuid.UUID, names: Sequence[str]) -> None:
        touched = {"version": JOB.c.version + 1, "updated_at": _NOW}
        self.is_mine = sa.and_(JOB.c.worker_id == worker, IS_RUNNING)
        self.due = _due(worker, names)
        self.claim = _claim(self.due, worker).values(touched)
        self.mine = sa.select(JOB.c.id).where(self.is_mine)
        self.confirm = (
            sa.select(JOB.c.id).where(JOB.c.id == _THE_JOB, self.is_mine).with_for_update(read=True)
        )
        self.change = sa.update(JOB).where(JOB.c.id == _THE_JOB, self.is_mine).values(touched)
        self.succeed = self.change.values(
            state=JobState.SUCCEEDED, progress=100, worker_id=None, last_error=None, finished_at=_NOW
        )
        self.beat = sa.update(WORKER).where(WORKER.c.id == worker).values(beats=WORKER.c.beats + 1)
        self.leave = sa.delete(WORKER).where(WORKER.c.id == worker)
        abandoned = (IS_RUNNING, JOB.c.worker_id.not_in(sa.select(WORKER.c.id)))
        self.abandoned = sa.select(JOB.c.id).where(*abandoned)
        self.adopt = sa.update(JOB).where(*abandoned).values(worker_id=worker).returning(*_CLAIMED)
        strayed = (IS_QUEUED, JOB.c.attempts > 0, JOB.c.run_at > sa.bindparam("latest", type_=UtcDateTime()))
        self.strayed = sa.select(JOB.c.id).where(*strayed)
        self.bring_closer = sa.update(JOB).where(*strayed).values(run_at=_NOW, **touched)


LONGEST_RETRY = timedelta(seconds=LONGEST_RETRY_SECONDS)


def free_key() -> sa.Case[Any]:
    """The job's key where no job waits under it, else NULL."""
    other = JOB.alias()
    is_taken = sa.exists(sa.select(other.c.id).where(other.c.waiting_key == JOB.c.key))
    return sa.case((is_taken, sa.null()), else_=JOB.c.key)


def _due(worker: uuid.UUID, names: Sequence[str]) -> sa.Select[Any]:
    """Jobs that this worker knows and whose time has come, oldest first; none once others took it for dead."""
    lives = sa.exists(sa.select(WORKER.c.id).where(WORKER.c.id == worker))
    conditions = (IS_QUEUED, JOB.c.run_at <= _NOW, JOB.c.name.in_(names), lives)
    limit = sa.bindparam("limit", type_=sa.Integer())
    return sa.select(JOB.c.id).where(*conditions).order_by(JOB.c.run_at, JOB.c.id).limit(limit)


def _claim(due: sa.Select[Any], worker: uuid.UUID) -> Any:
    """Those that no other worker is about to take. PostgreSQL runs a common table expression with locks just once."""
    chosen = sa.select(due.with_for_update(skip_locked=True).cte("due").c.id)
    running = {"state": JobState.RUNNING, "worker_id": worker, "waiting_key": None}
    begun = {"attempts": JOB.c.attempts + 1, "progress": 0, "started_at": _NOW}
    return sa.update(JOB).where(JOB.c.id.in_(chosen)).values(**running, **begun).returning(*_CLAIMED)
