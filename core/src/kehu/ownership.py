"""Owned: the mixin of records that somebody is responsible for."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Mapped

from kehu.model import Archivable, ref
from kehu.people.models import Team, User


class Owned(Archivable):
    """An entity that belongs to a user and a team, which is what the levels own, team and subtree look at.

    Both default to who creates the record and to that person's first team.
    """

    owner_id: Mapped[uuid.UUID | None] = ref(User, doc="The user who is responsible.")
    team_id: Mapped[uuid.UUID | None] = ref(Team, doc="The team that the record belongs to.")
