"""Jobs as records: what waits, what runs, what came of it; and who works on them."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.errors import Refusal
from kehu.kernel.model import Entity, column, ref
from kehu.kernel.texts import text
from kehu.platform.core import Base
from kehu.platform.identity.models import User


class JobState(enum.Enum):
    """How far a job got. A job that failed and will be tried again is QUEUED; FAILED means for good."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class JobIsOver(Refusal):
    """The job has ended, so there is nothing to cancel."""

    code = "JOB_IS_OVER"


class JobIsNotOver(Refusal):
    """The job waits or runs, so there is nothing to run again."""

    code = "JOB_IS_NOT_OVER"


class Job(Entity, Base):
    """Work for later: enqueued in the transaction that made it necessary, run once that is committed.

    Runners write it past the write path, without hooks and audit; cancelling and retrying are actions like any other.
    """

    __tablename__ = "core_job"
    __table_args__ = (
        sa.Index(
            "ix_core_job_due",
            "run_at",
            "id",
            sqlite_where=sa.text("state = 'QUEUED'"),
            postgresql_where=sa.text("state = 'QUEUED'"),
        ),
        sa.Index("ix_core_job_created_at", "created_at"),
    )

    name: Mapped[str] = column(sa.String(120), doc="Which job: `<plugin>.<function>`.")
    state: Mapped[JobState] = column(default=JobState.QUEUED, doc="How far it got.")
    arguments: Mapped[dict[str, Any]] = column(doc="What the job is called with.")
    key: Mapped[str | None] = column(
        sa.String(200), doc="While a job of this key waits, no second one is enqueued."
    )
    run_at: Mapped[datetime] = column(doc="Not before this moment (UTC).")
    attempts: Mapped[int] = column(default=0, doc="How often it was begun since it was enqueued or retried.")
    progress: Mapped[int] = column(default=0, doc="How much of it is done, in percent.")
    last_error: Mapped[str | None] = column(
        sa.Text, verbatim=True, order=False, doc="Why the last attempt failed, in a sentence."
    )
    started_at: Mapped[datetime | None] = column(doc="When the last attempt began (UTC).")
    finished_at: Mapped[datetime | None] = column(
        doc="When it succeeded, failed for good or was cancelled (UTC)."
    )
    request_id: Mapped[str | None] = column(sa.String(64), doc="The request or job that enqueued it.")
    enqueued_by_id: Mapped[uuid.UUID | None] = ref(
        User, index=False, doc="Whose request that was; none for the system."
    )
    waiting_key: Mapped[str | None] = column(sa.String(200), unique=True, expose=False, audit=False)
    worker_id: Mapped[uuid.UUID | None] = column(index=True, expose=False, audit=False)

    @property
    def is_over(self) -> bool:
        """Whether it neither waits nor runs."""
        return self.state not in (JobState.QUEUED, JobState.RUNNING)

    def cancel(self, *, at: datetime) -> None:
        """It will not run, or not to its end. Raises JobIsOver when it has ended."""
        if self.is_over:
            raise JobIsOver(text("The job {name} is over already.", name=self.name), field="state")
        self.state, self.finished_at = JobState.CANCELLED, at
        self.waiting_key = self.worker_id = None

    def retry(self, *, at: datetime) -> None:
        """Run it again from `at` on, with all of its attempts. Raises JobIsNotOver, and JobIsOver for a success."""
        if not self.is_over:
            raise JobIsNotOver(text("The job {name} is not over yet.", name=self.name), field="state")
        if self.state is JobState.SUCCEEDED:
            raise JobIsOver(
                text("The job {name} has succeeded; enqueue a new one.", name=self.name), field="state"
            )
        self.state, self.run_at, self.finished_at = JobState.QUEUED, at, None
        self.attempts = self.progress = 0


class JobWorker(Base):
    """A process that runs jobs. `beats` grows while it lives; whoever sees it stand still takes its jobs over."""

    __tablename__ = "core_job_worker"
    id: Mapped[uuid.UUID] = column(primary_key=True)
    name: Mapped[str] = column(sa.String(200), doc="Host and process, for people.")
    started_at: Mapped[datetime] = column()
    beats: Mapped[int] = column(default=0)


class JobSchedule(Base):
    """The last moment of a job's schedule for which the job was enqueued."""

    __tablename__ = "core_job_schedule"
    name: Mapped[str] = column(sa.String(120), primary_key=True)
    last_tick: Mapped[datetime] = column()
