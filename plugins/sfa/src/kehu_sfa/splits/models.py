"""Team selling: who gets which part of the credit for an opportunity."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.model import ExactDecimal
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.sfa_base import Base

HUNDRED = Decimal(100)


class SplitsNot100(kehu.Refusal):
    """The parts of all users together are 100 percent."""

    code = "SPLITS_NOT_100"


class OpportunitySplit(kehu.Entity, Base):
    """A user has a part in an opportunity; the parts of an opportunity sum to 100 percent.

    Without splits the owner has it all.
    """

    __tablename__ = "sfa_opportunity_split"
    __table_args__ = (sa.UniqueConstraint("opportunity_id", "user_id"),)
    opportunity_id: Mapped[uuid.UUID] = kehu.ref(Opportunity, ondelete="CASCADE", doc="Of which opportunity.")
    user_id: Mapped[uuid.UUID] = kehu.ref(kehu.User, doc="Who.")
    percent: Mapped[Decimal] = kehu.column(ExactDecimal(5, 2), doc="How much of it, in percent, above 0.")


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """The part that one user has in an opportunity, in percent, with two places at most."""

    user_id: kehu.GlobalId
    percent: Decimal


def check_shares(percents: Sequence[Decimal]) -> None:
    """Raise SplitsNot100 unless each is above zero and all are 100 percent; nothing at all is fine."""
    total = sum(percents, Decimal(0))
    if percents and (total != HUNDRED or min(percents) <= 0):
        message = kehu.text("The parts are above zero and sum to 100 percent, not {total}.", total=total)
        raise SplitsNot100(message, field=OpportunitySplit.percent)
