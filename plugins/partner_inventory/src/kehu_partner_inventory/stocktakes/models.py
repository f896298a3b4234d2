"""Stocktakes: counts of what is really there, and the moves that follow from them."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.model import ExactDecimal
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.stock.models import COST, QUANTITY, VALUE
from kehu_partner_inventory.stocking.models import CountClass

EXPECTATION = "partner_inventory.stocktake:expectation"
"""The permission to see what the books expect; who counts without it counts blind."""


class StocktakeState(enum.Enum):
    """Where a stocktake stands. COUNTED waits for somebody who agrees to the differences."""

    COUNTING = "COUNTING"
    COUNTED = "COUNTED"
    APPROVED = "APPROVED"
    POSTED = "POSTED"
    CANCELLED = "CANCELLED"


class StocktakeNotReady(kehu.Refusal):
    """The verb does not fit the state of the stocktake."""

    code = "STOCKTAKE_NOT_READY"


_S = StocktakeState
STOCKTAKE_STATES = StateChart(
    "Stocktake",
    _S.COUNTING,
    [
        Transition("count", (_S.COUNTING,), _S.COUNTING),
        Transition("complete", (_S.COUNTING,), _S.COUNTED),
        Transition("completeWithinTolerance", (_S.COUNTING,), _S.APPROVED),
        Transition("approve", (_S.COUNTED,), _S.APPROVED),
        Transition("recount", (_S.COUNTING, _S.COUNTED, _S.APPROVED), _S.COUNTING),
        Transition("post", (_S.APPROVED,), _S.POSTED),
        Transition("cancel", (_S.COUNTING, _S.COUNTED, _S.APPROVED), _S.CANCELLED),
    ],
    refusal=StocktakeNotReady,
    field="state",
)


class CountMissing(kehu.Refusal):
    """A stocktake is complete when everything has been counted."""

    code = "COUNT_MISSING"


class MovedSinceSnapshot(kehu.Refusal):
    """What moved since the snapshot cannot be compared with it; recount the line."""

    code = "MOVED_SINCE_SNAPSHOT"


class CountedSince(kehu.Refusal):
    """What moved before a count was counted with it."""

    code = "COUNTED_SINCE"


class ImpossibleCount(kehu.Refusal):
    """Nobody counts less than nothing, or more than one piece with a serial number."""

    code = "OUT_OF_RANGE"


class Stocktake(kehu.Entity, Base):
    """A count at one location: a snapshot of the books, what was counted, and what was done about the difference."""

    __tablename__ = "partner_inventory_stocktake"
    states: ClassVar = STOCKTAKE_STATES

    location_id: Mapped[uuid.UUID] = kehu.ref(Location, index=False, doc="Where is counted.")
    state: Mapped[StocktakeState] = kehu.column(
        default=StocktakeState.COUNTING, index=True, doc="Where the stocktake stands."
    )
    count_class_id: Mapped[uuid.UUID | None] = kehu.ref(
        CountClass, index=False, doc="The class that is counted in turn; none for a full count."
    )
    tolerance_percent: Mapped[Decimal] = kehu.column(
        ExactDecimal(9, 4),
        default=Decimal(0),
        doc="A difference up to this share of what was expected needs no approval.",
    )
    note: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, doc="What there is to say about it."
    )
    approved_by_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.User, index=False, doc="Who agreed; none where everything was within the tolerance."
    )
    approved_at: Mapped[datetime | None] = kehu.column(doc="When the differences were agreed to (UTC).")
    posted_at: Mapped[datetime | None] = kehu.column(doc="When the books were corrected (UTC).")

    def move(self, verb: str) -> None:
        """Follow the chart. Raises StocktakeNotReady."""
        target = self.states.targets.get((verb, self.state))
        if target is None:
            message = kehu.text("The stocktake is {state}.", state=kehu.label(Stocktake.state, self.state))
            raise StocktakeNotReady(message, field=Stocktake.state)
        self.state = target

    def complete(self, lines: Iterable[StocktakeLine], *, at: datetime) -> None:
        """Everything is counted; within the tolerance that is enough, else somebody must agree.

        Raises StocktakeNotReady, CountMissing.
        """
        self.move("count")
        known = list(lines)
        missing = sum(line.counted is None for line in known)
        if missing:
            raise CountMissing(kehu.text("{missing} lines have not been counted.", missing=missing))
        if all(line.is_within(self.tolerance_percent) for line in known):
            self.move("completeWithinTolerance")
            self.approved_at = at
        else:
            self.move("complete")

    def approve(self, *, by: uuid.UUID | None, at: datetime) -> None:
        """Agree to the differences. Raises StocktakeNotReady."""
        self.move("approve")
        self.approved_by_id, self.approved_at = by, at

    def take_up_again(self) -> None:
        """Something must be counted once more. Raises StocktakeNotReady."""
        self.move("recount")
        self.approved_by_id = self.approved_at = None

    def post(self, *, at: datetime) -> None:
        """The books have been corrected. Raises StocktakeNotReady."""
        self.move("post")
        self.posted_at = at

    def cancel(self) -> None:
        """Give it up. Raises StocktakeNotReady."""
        self.move("cancel")


class StocktakeLine(kehu.Entity, Base):
    """One product, by lot, of a stocktake: what the books had in the snapshot, and what was counted."""

    __tablename__ = "partner_inventory_stocktake_line"
    __table_args__ = (
        sa.CheckConstraint("counted >= 0", name="counted_not_below_zero"),
        sa.Index(
            "uq_partner_inventory_stocktake_line_without_lot",
            *("stocktake_id", "product_id"),
            unique=True,
            sqlite_where=sa.text("lot_id IS NULL"),
            postgresql_where=sa.text("lot_id IS NULL"),
        ),
        sa.Index(
            "uq_partner_inventory_stocktake_line_with_lot",
            *("stocktake_id", "product_id", "lot_id"),
            unique=True,
            sqlite_where=sa.text("lot_id IS NOT NULL"),
            postgresql_where=sa.text("lot_id IS NOT NULL"),
        ),
    )

    stocktake_id: Mapped[uuid.UUID] = kehu.ref(Stocktake, index=False, doc="Of which stocktake.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, doc="What is counted.")
    lot_id: Mapped[uuid.UUID | None] = kehu.ref(Lot, index=False, doc="Which lot or piece.")
    expected: Mapped[Decimal] = kehu.column(
        QUANTITY, read=EXPECTATION, doc="What the books had in the snapshot."
    )
    snapshot_at: Mapped[datetime] = kehu.column(doc="When the snapshot was taken (UTC).")
    snapshot_moves: Mapped[int] = kehu.column(
        expose=False, audit=False, doc="How many moves the balance had gone through then."
    )
    counted: Mapped[Decimal | None] = kehu.column(QUANTITY, doc="What was counted; none before.")
    counted_at: Mapped[datetime | None] = kehu.column(doc="When it was counted (UTC).")
    counted_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, index=False, doc="Who counted.")
    unit_cost: Mapped[Decimal | None] = kehu.column(
        COST, read=VALUE, doc="What one unit of a surplus is worth; as the last goods unless given."
    )

    @property
    def difference(self) -> Decimal:
        """What was counted beyond what was expected; below zero for what is missing."""
        return Decimal(0) if self.counted is None else self.counted - self.expected

    def take_snapshot(self, on_hand: Decimal, *, moves: int, at: datetime) -> None:
        """Compare from now on with what the books have now; an earlier count is void."""
        self.expected, self.snapshot_moves, self.snapshot_at = on_hand, moves, at
        self.counted = self.counted_at = self.counted_by_id = None

    def check_unmoved(self, moves: int, *, product: str) -> None:
        """Raise MovedSinceSnapshot when the balance has gone through other moves since."""
        if moves != self.snapshot_moves:
            message = kehu.text("{product} has moved since the snapshot; recount it.", product=product)
            raise MovedSinceSnapshot(message, field=StocktakeLine.counted)

    def is_within(self, tolerance_percent: Decimal) -> bool:
        """The difference is no more than this share of what was expected."""
        return abs(self.difference) * 100 <= self.expected * tolerance_percent
