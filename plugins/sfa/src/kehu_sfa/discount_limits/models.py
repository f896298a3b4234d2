"""How far a salesperson may go without asking: the largest discount, the smallest margin."""

from __future__ import annotations

import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.model import ExactDecimal
from kehu.platform.identity.models import Role
from kehu_sfa.sfa_base import Base


class ImpossibleLimit(kehu.Refusal):
    """A limit is for one user, team or role, or for everybody; its percentages can be."""

    code = "IMPOSSIBLE_LIMIT"


class DiscountLimit(kehu.Archivable, Base):
    """What needs no approval. A user's own limit comes before that of the team, of a role, and of everybody."""

    __tablename__ = "sfa_discount_limit"
    name: Mapped[str] = kehu.column(sa.String(100), doc="What the limit is called.")
    user_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="For this user.")
    team_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Team, doc="Or for the records of this team.")
    role_id: Mapped[uuid.UUID | None] = kehu.ref(Role, doc="Or for who has this role.")
    max_discount_percent: Mapped[Decimal | None] = kehu.column(
        ExactDecimal(7, 4), doc="What all discounts may take off; none for as much as one likes."
    )
    min_margin_percent: Mapped[Decimal | None] = kehu.column(
        ExactDecimal(7, 4),
        doc="What must be left in percent of net, where costs are known; none for no floor.",
    )

    def check(self) -> None:
        """Raise ImpossibleLimit."""
        if sum(each is not None for each in (self.user_id, self.team_id, self.role_id)) > 1:
            message = kehu.text("A limit is for one user, one team or one role, or for everybody.")
            raise ImpossibleLimit(message, field=DiscountLimit.user_id)
        for percent, field in (
            (self.max_discount_percent, DiscountLimit.max_discount_percent),
            (self.min_margin_percent, DiscountLimit.min_margin_percent),
        ):
            if percent is not None and not 0 <= percent <= 100:
                raise ImpossibleLimit(kehu.text("A limit is 0 to 100 percent."), field=field)
