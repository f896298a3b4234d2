"""Principal: on whose behalf something happens, and what that person may do."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping

from kehu.kernel.access.levels import Level

EVERYTHING = "*"


@dataclasses.dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. `teams` are the memberships, `subtree` these teams and all below them.

    `grants` maps permissions to levels; the key `*` stands for every permission. `session` is the hash of the token
    that the person signed in with. `rights` are the grants as a value that can be compared and hashed at once: what
    two principals with the same rights may ask for is the same, only the records that they see differ.
    """

    id: uuid.UUID | None
    name: str
    teams: tuple[uuid.UUID, ...] = ()
    subtree: tuple[uuid.UUID, ...] = ()
    grants: Mapping[str, Level] = dataclasses.field(default_factory=dict)
    time_zone: str = "UTC"
    locale: str = "en"
    session: str | None = dataclasses.field(default=None, repr=False)
    rights: frozenset[tuple[str, Level]] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rights", frozenset(self.grants.items()))

    def level(self, permission: str) -> Level:
        """How far this permission reaches; NONE without a grant."""
        return max(self.grants.get(permission, Level.NONE), self.grants.get(EVERYTHING, Level.NONE))

    def can(self, permission: str) -> bool:
        """Whether the permission is granted at any level."""
        return self.level(permission) > Level.NONE


SYSTEM = Principal(None, "system", grants={EVERYTHING: Level.ALL})
"""kehu itself: imports, jobs and the operator at the command line. Hooks and audit apply to it as to everybody."""

ANONYMOUS = Principal(None, "anonymous")
"""Nobody is signed in."""
