"""Pipelines and their stages: the path of an opportunity, kept as data."""

from __future__ import annotations

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.sfa_base import Base, set_by_a_rule


class StageCategory(enum.Enum):
    """What a stage means for the opportunities in it: in progress, won, lost, or waiting for better times."""

    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"
    ON_HOLD = "ON_HOLD"

    @property
    def is_closed(self) -> bool:
        """An opportunity that enters such a stage is over."""
        return self in (StageCategory.WON, StageCategory.LOST)


class Pipeline(kehu.Archivable, Base):
    """A path that opportunities take from the first talk to the decision, stage by stage."""

    __tablename__ = "sfa_pipeline"
    name: Mapped[str] = kehu.column(sa.String(100), doc="What the pipeline is called.")
    team_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Team, doc="The team that sells along this pipeline; none where every team does."
    )
    is_default: Mapped[bool] = kehu.column(
        default=False, doc="New opportunities start here unless they say otherwise; true of one at most."
    )


class Stage(kehu.Archivable, Base):
    """One step of a pipeline; renaming it keeps history, which points at the stage and not at its name."""

    __tablename__ = "sfa_stage"
    __table_args__ = (
        sa.Index(
            "uq_sfa_stage_pipeline_id_position",
            "pipeline_id",
            "position",
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
    )
    pipeline_id: Mapped[uuid.UUID] = kehu.ref(Pipeline, update=False, doc="Which pipeline it is a step of.")
    name: Mapped[str] = kehu.column(sa.String(100), doc="What the stage is called.")
    position: Mapped[int] = kehu.column(
        doc="Where the stage stands in its pipeline, smallest first; gaps leave room for stages to come."
    )
    category: Mapped[StageCategory] = kehu.column(
        default=StageCategory.OPEN, doc="Whether opportunities here are in progress, won, lost or on hold."
    )
    default_probability: Mapped[int] = kehu.column(
        default=set_by_a_rule,
        doc="How likely opportunities here are won unless they say otherwise, in percent; 0 if left out.",
    )
    rotting_days: Mapped[int | None] = kehu.column(
        doc="An opportunity that stays longer than this many days is rotting; none where waiting is normal."
    )
    exit_criteria: Mapped[list[str]] = kehu.column(
        default=list,
        doc="The fields of an opportunity that must be filled before it goes on from here, like `expectedCloseOn`.",
    )
