"""What belongs into the day of somebody, in that person's time zone."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import kehu
from kehu.crm.interactions.models import InteractionParticipant
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Stage

MOST = 100
MOMENT = sa.func.coalesce(kehu.Interaction.planned_for, kehu.Interaction.due_at)


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """A local day: when it begins and ends (UTC), and when the next one ends."""

    on: date
    begins: datetime
    ends: datetime
    next_ends: datetime

    @classmethod
    def of(cls, on: date, zone: str) -> Day:
        """The day `on` where clocks show `zone`."""
        days = [datetime.combine(on + timedelta(days=ahead), time(), ZoneInfo(zone)) for ahead in range(3)]
        return cls(on, *days)


def planned_by(user_id: uuid.UUID | None) -> sa.Select[kehu.Interaction]:
    """The planned interactions that a user owns or takes part in, the earliest first; 100 at most."""
    taking_part = sa.select(InteractionParticipant.interaction_id).where(
        InteractionParticipant.user_id == user_id
    )
    mine = sa.or_(kehu.Interaction.owner_id == user_id, kehu.Interaction.id.in_(taking_part))
    return (
        sa.select(kehu.Interaction)
        .where(mine, kehu.Interaction.status == kehu.InteractionStatus.PLANNED)
        .where(kehu.Interaction.archived_at.is_(None))
        .order_by(MOMENT, kehu.Interaction.id)
        .limit(MOST)
    )


def open_deals(*conditions: sa.ColumnElement[bool]) -> sa.Select[Opportunity]:
    """Open opportunities for which the conditions hold, the next step that is due first."""
    return (
        sa.select(Opportunity)
        .where(Opportunity.closed_at.is_(None), Opportunity.archived_at.is_(None), *conditions)
        .order_by(Opportunity.next_step_on.asc().nulls_last(), Opportunity.id)
    )


def without_next_step() -> sa.ColumnElement[bool]:
    """Nobody has said what happens next, or when."""
    return sa.or_(Opportunity.next_step.is_(None), Opportunity.next_step_on.is_(None))


def is_rotting(deal: Opportunity, stage: Stage, *, at: datetime) -> bool:
    """Whether it has been in its stage for longer than the stage allows."""
    if stage.rotting_days is None or deal.closed_at is not None:
        return False
    return deal.stage_entered_at < at - timedelta(days=stage.rotting_days)


def rotting_candidates(*conditions: sa.ColumnElement[bool]) -> sa.Select[Opportunity, Stage]:
    """Open opportunities with their stages, where a stage has a limit."""
    return (
        sa.select(Opportunity, Stage)
        .join(Stage, Stage.id == Opportunity.stage_id)
        .where(Opportunity.closed_at.is_(None), Opportunity.archived_at.is_(None))
        .where(Stage.rotting_days.is_not(None), *conditions)
        .order_by(Opportunity.stage_entered_at, Opportunity.id)
    )
