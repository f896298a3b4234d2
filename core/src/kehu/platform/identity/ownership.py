"""Owned: the mixin of records that somebody is responsible for."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Mapped, declared_attr

from kehu.kernel.access.owned import OwnedRecord
from kehu.kernel.model import ref
from kehu.platform.identity.models import Team, User


class Owned(OwnedRecord):
    """An entity that belongs to a user and a team, which is what the levels own, team and subtree look at.

    Both default to who creates the record and to that person's first team; a record that somebody else gets comes
    into that person's first team, unless a team is named. Who has left gets no records.
    """

    # Made anew for each class: the copy of a mixin's foreign key names its target as text, which other plugins'
    # MetaData cannot resolve.
    @declared_attr
    def owner_id(cls) -> Mapped[uuid.UUID | None]:
        """The user who is responsible."""
        return ref(User, doc="The user who is responsible.")

    @declared_attr
    def team_id(cls) -> Mapped[uuid.UUID | None]:
        """The team that the record belongs to."""
        return ref(Team, doc="The team that the record belongs to.")
