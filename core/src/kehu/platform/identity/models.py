"""The people who work with customers: users, their teams, and what they may do."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.access.levels import Level
from kehu.kernel.errors import Refusal
from kehu.kernel.model import Archivable, Entity, column, ref
from kehu.platform.core import Base


class Reach(enum.Enum):
    """The levels that a grant can be given: own records, the team's, the team's and all below it, or all."""

    OWN = "OWN"
    TEAM = "TEAM"
    SUBTREE = "SUBTREE"
    ALL = "ALL"

    @property
    def level(self) -> Level:
        """The same as a number that can be compared."""
        return Level[self.name]


class TeamCycle(Refusal):
    """A team cannot stand below itself."""

    code = "TEAM_CYCLE"


class Team(Archivable, Base):
    """A group of users with a place in the tree of teams."""

    __tablename__ = "core_team"
    name: Mapped[str] = column(sa.String(200), doc="What the team is called.")
    parent_id: Mapped[uuid.UUID | None] = column(
        sa.ForeignKey("core_team.id"), index=True, doc="The team above; none for a top team."
    )


class User(Archivable, Base):
    """Somebody who signs in and works with customers."""

    __tablename__ = "core_user"
    __table_args__ = (
        sa.Index(
            "uq_core_user_email",
            "email",
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
        sa.Index("ix_core_user_email", "email"),
    )
    name: Mapped[str] = column(sa.String(200), doc="The person's name as colleagues write it.")
    email: Mapped[str | None] = column(
        sa.String(320),
        doc="The address to sign in with, lower case; none for people who never sign in. "
        "Only one of those who are not archived has it.",
    )
    is_active: Mapped[bool] = column(default=True, doc="False: can no longer sign in.")
    locale: Mapped[str] = column(
        sa.String(20), default="en", doc="Preferred language, such as `en` or `zh_CN`."
    )
    time_zone: Mapped[str] = column(
        sa.String(64), default="UTC", doc="IANA time zone, such as `Asia/Shanghai`."
    )
    password_hash: Mapped[str | None] = column(sa.String(200), expose=False, audit=False)


class Membership(Entity, Base):
    """A user is in a team."""

    __tablename__ = "core_membership"
    __table_args__ = (sa.UniqueConstraint("user_id", "team_id"),)
    user_id: Mapped[uuid.UUID] = ref(User, doc="Who.")
    team_id: Mapped[uuid.UUID] = ref(Team, doc="In which team.")


class Role(Archivable, Base):
    """A named set of grants, given to users."""

    __tablename__ = "core_role"
    name: Mapped[str] = column(sa.String(100), unique=True, doc="What the role is called.")
    description: Mapped[str | None] = column(sa.String(500), multiline=True, doc="Who should have it.")


class Grant(Entity, Base):
    """A role may use a permission, as far as the level reaches."""

    __tablename__ = "core_grant"
    __table_args__ = (sa.UniqueConstraint("role_id", "permission"),)
    role_id: Mapped[uuid.UUID] = ref(Role, doc="Which role.")
    permission: Mapped[str] = column(
        sa.String(120), doc="Such as `sfa.opportunity:read`; `*` is every permission."
    )
    level: Mapped[Reach] = column(doc="How far it reaches.")


class OfferedGrant(Base):
    """A grant that a predefined role was given once; whoever takes it away has the last word."""

    __tablename__ = "core_offered_grant"
    role: Mapped[str] = column(sa.String(100), primary_key=True)
    permission: Mapped[str] = column(sa.String(120), primary_key=True)


class RoleAssignment(Entity, Base):
    """A user has a role."""

    __tablename__ = "core_role_assignment"
    __table_args__ = (sa.UniqueConstraint("user_id", "role_id"),)
    user_id: Mapped[uuid.UUID] = ref(User, doc="Who.")
    role_id: Mapped[uuid.UUID] = ref(Role, doc="Which role.")


class SignInSession(Base):
    """A signed-in browser or program; only a hash of its token is stored."""

    __tablename__ = "core_session"
    token_hash: Mapped[str] = column(sa.String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = ref(User)
    created_at: Mapped[datetime] = column()
    seen_at: Mapped[datetime] = column()
    expires_at: Mapped[datetime] = column(index=True)
    device: Mapped[str | None] = column(sa.String(300))


class SignInAttempts(Base):
    """Failed attempts to sign in with one e-mail address, or from one network address.

    Kept by a hash of what was typed, whether such a user exists or not, so that waiting gives nothing away.
    """

    __tablename__ = "core_sign_in_attempts"
    key_hash: Mapped[str] = column(sa.String(64), primary_key=True)
    failures: Mapped[int] = column()
    last_failed_at: Mapped[datetime] = column(index=True)
