"""Which level figures are enough for. Knows no database."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

from kehu_partner_inventory.evaluation.models import PartnerMeasure


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """What a level asks for, what it was, and whether that is enough; the value is null where there is none."""

    level: str
    measure: PartnerMeasure
    threshold: Decimal
    value: Decimal | None
    is_met: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Rung:
    """A level with what its rules found."""

    level_id: uuid.UUID
    rank: int
    findings: Sequence[Finding]

    @property
    def is_earned(self) -> bool:
        """All its rules are met; one without rules is given by hand only."""
        return bool(self.findings) and all(each.is_met for each in self.findings)


def proposed(rungs: Sequence[Rung], current: uuid.UUID) -> Rung | None:
    """The best rung that is earned, if it is above; where the own rules are not met, the best below; None to stay.

    Below means the highest lower rung that is earned, or that asks for nothing; else the lowest.
    """
    ladder = sorted(rungs, key=lambda rung: rung.rank)
    own = next(rung for rung in ladder if rung.level_id == current)
    better = [rung for rung in ladder if rung.rank > own.rank and rung.is_earned]
    if better:
        return better[-1]
    if own.is_earned or not own.findings:
        return None
    lower = [rung for rung in ladder if rung.rank < own.rank]
    kept = [rung for rung in lower if rung.is_earned or not rung.findings]
    return (kept[-1] if kept else lower[0]) if lower else None
