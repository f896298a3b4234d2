"""What belongs to somebody: the two columns that the levels own, team and subtree look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.model import Archivable

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Mapped

OWNER, TEAM = "owner_id", "team_id"
_NAMED = "kehu_named"


class OwnedRecord(Archivable):
    """A record with an owner and a team. Plugins derive from `kehu.Owned`, which says whose keys these are."""

    if TYPE_CHECKING:
        # For types only: SQLAlchemy would take annotations for columns.
        owner_id: Mapped[uuid.UUID | None]
        team_id: Mapped[uuid.UUID | None]


def note_named(record: Any, attribute: str) -> None:
    """Note that whoever writes has named the owner or the team, which the record does not have from another one."""
    sa.inspect(record).info.setdefault(_NAMED, set()).add(attribute)


def is_named(record: Any, attribute: str) -> bool:
    """Whether that was noted."""
    return attribute in sa.inspect(record).info.get(_NAMED, ())
