"""A person's own calendar feed, opened with a secret address."""

from __future__ import annotations

import hashlib
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_sfa.sfa_base import Base


class UserFeed(Base):
    """The one feed of a user; only a hash of its token is stored, so that nobody can read it here."""

    __tablename__ = "sfa_user_feed"
    user_id: Mapped[uuid.UUID] = kehu.column(
        sa.ForeignKey(kehu.User.id, ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[str] = kehu.column(sa.String(64), unique=True)


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
