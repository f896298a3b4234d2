"""Owners: the team of a record follows who gets it, and nobody gets one who has left.

Somebody who has left and is named is refused. What a verb makes of a record that is still his goes to who acts; what
nobody in person does, a job or an import, leaves it where it was.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.access.owned import OWNER, OwnedRecord, is_named
from kehu.kernel.db import Unscoped
from kehu.kernel.errors import FieldError
from kehu.kernel.texts import text
from kehu.kernel.writing.changes import Change
from kehu.platform.identity.models import Membership, Team, User

if TYPE_CHECKING:
    from kehu.kernel.context import Context

whoever_asks = Unscoped("who is given a record works here, or does not")


@dataclasses.dataclass(slots=True)
class _Owner:
    name: str
    has_left: bool
    teams: list[uuid.UUID]


async def follow_owners(ctx: Context, changes: Iterable[Change[Any]]) -> None:
    """Give records that get an owner a team of that owner; note those whose owner can no longer sign in."""
    given = [change for change in changes if _gets_owner(ctx, change)]
    if not given:
        return
    owners = await _owners(ctx, {change.obj.owner_id for change in given})
    for change in given:
        owner = owners.get(change.obj.owner_id)
        if owner is None:
            continue
        if not owner.has_left:
            _take_team(change, owner.teams)
        elif not change.creating or is_named(change.obj, OWNER):
            change.errors.append(_left(owner))
        elif _goes_to_who_acts(ctx, change):
            change.obj.owner_id = ctx.principal.id
            change.look_again()
            _take_team(change, ctx.principal.teams)


def _gets_owner(ctx: Context, change: Change[Any]) -> bool:
    """Whether somebody gets the record; who creates one for themselves has a team already."""
    if not isinstance(change.obj, OwnedRecord) or change.deleting or not change.touches(OWNER):
        return False
    is_own = change.creating and change.obj.owner_id == ctx.principal.id
    return change.obj.owner_id is not None and not is_own


def _goes_to_who_acts(ctx: Context, change: Change[Any]) -> bool:
    """Ledgers and histories, which nobody writes by hand, are about who they are about."""
    in_person = ctx.principal.id is not None and ctx.running_job is None
    return in_person and bool(change.entity.operations & {"create", "update"})


def _take_team(change: Change[Any], teams: Sequence[uuid.UUID]) -> None:
    record = change.obj
    if not teams or record.team_id in teams or (record.team_id is not None and change.touches("team_id")):
        return
    record.team_id = teams[0]
    change.look_again()


def _left(owner: _Owner) -> FieldError:
    message = text("{name} has left and gets no records; choose somebody else.", name=owner.name)
    return FieldError("OWNER_HAS_LEFT", message, "ownerId")


async def _owners(ctx: Context, keys: set[uuid.UUID]) -> dict[uuid.UUID, _Owner]:
    """Those of these users who are stored, with their teams, the first one first."""
    teams = sa.join(Membership, Team, sa.and_(Team.id == Membership.team_id, Team.archived_at.is_(None)))
    statement = (
        sa.select(User.id, User.name, User.is_active, User.archived_at, Membership.team_id)
        .select_from(sa.outerjoin(User, teams, Membership.user_id == User.id))
        .where(User.id.in_(keys))
        .order_by(Membership.created_at, Membership.id)
    )
    found: dict[uuid.UUID, _Owner] = {}
    for key, name, is_active, archived_at, team_id in await whoever_asks.execute(ctx, statement):
        owner = found.setdefault(key, _Owner(name, not is_active or archived_at is not None, []))
        if team_id is not None:
            owner.teams.append(team_id)
    return found
