"""Opportunities and the stages they went through, with the rules that hold for one of them."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.model import utc_now
from kehu.kernel.states import StateChart, Transition
from kehu_sfa.money.rounding import rounded
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.sfa_base import Base, set_by_a_rule


class OpportunityClosed(kehu.Refusal):
    """A closed opportunity stays where it is until it is reopened."""

    code = "OPPORTUNITY_CLOSED"


class OpportunityOpen(kehu.Refusal):
    """Only a closed opportunity can be reopened."""

    code = "OPPORTUNITY_OPEN"


class StageOfOtherPipeline(kehu.Refusal):
    """An opportunity moves along its own pipeline only."""

    code = "STAGE_OF_OTHER_PIPELINE"


class StageOfOtherCategory(kehu.Refusal):
    """The stage does not mean what the verb says: winning needs a won stage, losing a lost one."""

    code = "STAGE_OF_OTHER_CATEGORY"


class StageArchived(kehu.Refusal):
    """Nothing enters a stage that is no longer in use."""

    code = "STAGE_ARCHIVED"


class LostReasonMissing(kehu.Refusal):
    """An opportunity is never lost without a reason."""

    code = "LOST_REASON_MISSING"


class NotLost(kehu.Refusal):
    """Only a lost opportunity has a reason for it."""

    code = "NOT_LOST"


class OpportunityState(enum.Enum):
    """How an opportunity stands, whatever its stage is called; one on hold is open, too."""

    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


_S = OpportunityState
OPPORTUNITY_STATES = StateChart(
    "Opportunity",
    _S.OPEN,
    [
        Transition("moveTo", (_S.OPEN,), _S.OPEN),
        Transition("split", (_S.OPEN,), _S.OPEN),
        Transition("win", (_S.OPEN,), _S.WON),
        Transition("lose", (_S.OPEN,), _S.LOST),
        Transition("reopen", (_S.WON, _S.LOST), _S.OPEN),
    ],
    refusal=OpportunityClosed,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """One step from stage to stage that has not been written to the history yet."""

    from_stage_id: uuid.UUID | None
    to_stage_id: uuid.UUID
    at: datetime
    stage: Stage | None = dataclasses.field(default=None, compare=False, repr=False)


class Opportunity(kehu.Owned, Base):
    """A deal in progress with a customer, at one stage of one pipeline.

    `amount` is what the customer would pay before tax, in `currency`. The stage changes through moveTo, win,
    lose and reopen only.
    """

    __tablename__ = "sfa_opportunity"
    states: ClassVar = OPPORTUNITY_STATES
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Customer, doc="With which customer; none while that is not known yet."
    )
    contact_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Contact, doc="The first person to talk to about it.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="What it is mainly about.")
    name: Mapped[str] = kehu.column(sa.String(200), doc="What the deal is about, in a line.")
    pipeline_id: Mapped[uuid.UUID] = kehu.ref(
        Pipeline,
        default=set_by_a_rule,
        update=False,
        doc="The path it takes; that of its stage, or the default pipeline, unless given.",
    )
    stage_id: Mapped[uuid.UUID] = kehu.ref(
        Stage,
        default=set_by_a_rule,
        update=False,
        doc="Where it stands; the first open stage of its pipeline unless given.",
    )
    stage_entered_at: Mapped[datetime] = kehu.column(
        create=False, update=False, default=utc_now, doc="When it entered its present stage (UTC)."
    )
    amount: Mapped[Decimal | None] = kehu.column(
        money="currency", doc="What the customer would pay before tax, in `currency`."
    )
    currency: Mapped[str | None] = kehu.column(sa.String(3), doc="ISO 4217 code of the amount, like `EUR`.")
    probability: Mapped[int | None] = kehu.column(
        doc="How likely it is won, in percent, 0 to 100; none to go by its stage."
    )
    opened_on: Mapped[date | None] = kehu.column(doc="When we engaged in the deal; none while nobody has.")
    expected_close_on: Mapped[date | None] = kehu.column(
        not_before="opened_on", index=True, doc="When the customer is expected to decide."
    )
    closed_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, doc="When it was closed here (UTC); none while it is open."
    )
    closed_on: Mapped[date | None] = kehu.column(
        update=False, index=True, doc="The day that counts as the decision, as dates are where it was closed."
    )
    lost_reason: Mapped[str | None] = kehu.choice(
        "PRICE",
        "COMPETITOR",
        "NO_BUDGET",
        "NO_DECISION",
        "NOT_A_FIT",
        "UNKNOWN",
        "OTHER",
        doc="Why it was lost; every lost opportunity has a reason.",
    )
    lost_note: Mapped[str | None] = kehu.column(sa.Text(), doc="What there is to say about the loss.")
    source: Mapped[str | None] = kehu.choice(
        "WEBSITE",
        "REFERRAL",
        "CAMPAIGN",
        "TRADE_SHOW",
        "COLD_CALL",
        "PARTNER",
        "EXISTING_CUSTOMER",
        "OTHER",
        doc="How we came to know of it.",
    )
    campaign: Mapped[str | None] = kehu.column(sa.String(200), doc="The marketing effort that brought it.")
    next_step: Mapped[str | None] = kehu.column(sa.String(200), doc="What its owner does next.")
    next_step_on: Mapped[date | None] = kehu.column(index=True, doc="When the next step is due.")
    price_list_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.PriceList, offered=True, doc="Where the prices of its lines come from."
    )
    forecast_category: Mapped[str | None] = kehu.choice(
        "OMITTED",
        "PIPELINE",
        "BEST_CASE",
        "COMMIT",
        doc="How far its owner counts on it; none to go by its probability.",
    )
    recurring_amount: Mapped[Decimal | None] = kehu.column(
        money="currency",
        doc="What the customer would pay again and again, in `currency`, each `recurringInterval`.",
    )
    recurring_interval: Mapped[str | None] = kehu.choice(
        "MONTH", "QUARTER", "YEAR", doc="How often the recurring amount is paid."
    )
    origin_id: Mapped[uuid.UUID | None] = kehu.column(
        sa.ForeignKey("sfa_opportunity.id"),
        index=True,
        create=False,
        update=False,
        doc="The opportunity that it was cloned or split from.",
    )

    # Not mapped: the steps taken since the record was last stored, for the history.
    _moves = tuple[Move, ...]()

    @property
    def is_closed(self) -> bool:
        """It has been won or lost."""
        return self.closed_at is not None

    @property
    def monthly_recurring(self) -> Decimal | None:
        """What recurs each month, rounded to the currency; None without a recurring part."""
        if self.recurring_amount is None or self.recurring_interval is None or self.currency is None:
            return None
        months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[self.recurring_interval]
        return rounded(self.recurring_amount / months, self.currency)

    @property
    def state(self) -> OpportunityState:
        """Open, won or lost."""
        if not self.is_closed:
            return OpportunityState.OPEN
        return OpportunityState.WON if self.lost_reason is None else OpportunityState.LOST

    def check_verb(self, verb: str) -> None:
        """Raise OpportunityClosed or OpportunityOpen for a verb that the chart does not allow now."""
        if self.states.allows(verb, self.state):
            return
        if self.state is OpportunityState.OPEN:
            raise OpportunityOpen(kehu.text("{name} is open.", name=self.name), field=Opportunity.stage_id)
        message = kehu.text("{name} closed on {day}; reopen it first.", name=self.name, day=self.closed_on)
        raise OpportunityClosed(message, field=Opportunity.stage_id)

    def start_in(self, stage: Stage, *, at: datetime, on: date | None = None) -> None:
        """Begin in `stage`, one of its pipeline; one that wins or loses closes it at once, on the day `on`.

        Raises StageArchived, StageOfOtherPipeline, LostReasonMissing, NotLost.
        """
        self._check_stage(stage)
        if stage.category is StageCategory.LOST and self.lost_reason is None:
            raise self._without_reason()
        if stage.category is not StageCategory.LOST and self.lost_reason is not None:
            raise NotLost(
                kehu.text("{stage} is no stage that loses {name}.", stage=stage.name, name=self.name),
                field=Opportunity.lost_reason,
            )
        self._enter(stage, from_stage_id=None, at=at)
        if stage.category.is_closed:
            self._close(at, on)

    def move_to(self, stage: Stage, *, at: datetime, on: date | None = None) -> None:
        """Enter `stage`; a stage that wins closes the opportunity at `at` (UTC), on the day `on`.

        Moving to the stage where it is does nothing. Raises OpportunityClosed, StageArchived,
        StageOfOtherPipeline, and LostReasonMissing for a stage that loses, which takes `lose`.
        """
        self.check_verb("moveTo")
        self._check_stage(stage)
        if stage.category is StageCategory.LOST:
            raise self._without_reason()
        if stage.id == self.stage_id:
            return
        self._enter(stage, from_stage_id=self.stage_id, at=at)
        if stage.category is StageCategory.WON:
            self._close(at, on)

    def win(self, stage: Stage, *, at: datetime, on: date | None = None) -> None:
        """Close as won in `stage`, at `at` (UTC), on the day `on`.

        Raises OpportunityClosed, StageOfOtherCategory, StageArchived, StageOfOtherPipeline.
        """
        self.check_verb("win")
        self._check_category(stage, StageCategory.WON)
        self.move_to(stage, at=at, on=on)

    def lose(
        self, stage: Stage, *, reason: str, note: str | None = None, at: datetime, on: date | None = None
    ) -> None:
        """Close as lost in `stage` for `reason`, at `at` (UTC), on the day `on`.

        Raises OpportunityClosed, LostReasonMissing, StageOfOtherCategory, StageArchived,
        StageOfOtherPipeline.
        """
        self.check_verb("lose")
        if not reason.strip():
            raise self._without_reason()
        self._check_category(stage, StageCategory.LOST)
        self._check_stage(stage)
        self._enter(stage, from_stage_id=self.stage_id, at=at)
        self._close(at, on)
        self.lost_reason, self.lost_note = reason, note

    def reopen(self, stage: Stage, *, at: datetime) -> None:
        """Take it up again in `stage`, one that does not close; the reason of a loss is forgotten.

        Raises OpportunityOpen, StageOfOtherCategory, StageArchived, StageOfOtherPipeline.
        """
        self.check_verb("reopen")
        if stage.category.is_closed:
            message = kehu.text("The stage {stage} closes opportunities.", stage=stage.name)
            raise StageOfOtherCategory(message, field=Opportunity.stage_id)
        self._check_stage(stage)
        self._enter(stage, from_stage_id=self.stage_id, at=at)
        self.closed_at = self.closed_on = self.lost_reason = self.lost_note = None

    @property
    def has_moved(self) -> bool:
        """Its present stage was reached by one of the verbs since it was last stored."""
        return bool(self._moves) and self._moves[-1].to_stage_id == self.stage_id

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moves since the record was last stored, oldest first."""
        return self._moves

    def take_moves(self) -> tuple[Move, ...]:
        """The moves since the record was last stored, oldest first; once."""
        moves, self._moves = self._moves, ()
        return moves

    def _enter(self, stage: Stage, *, from_stage_id: uuid.UUID | None, at: datetime) -> None:
        # The clocks of two servers may differ a little; nobody leaves a stage before entering it.
        if from_stage_id is not None and self.stage_entered_at is not None:
            at = max(at, self.stage_entered_at)
        self._moves = (*self._moves, Move(from_stage_id, stage.id, at, stage))
        self.stage_id, self.stage_entered_at = stage.id, at

    def _close(self, at: datetime, on: date | None) -> None:
        self.closed_at, self.closed_on = at, on or at.date()

    def _check_stage(self, stage: Stage) -> None:
        if stage.pipeline_id != self.pipeline_id:
            message = kehu.text(
                "The stage {stage} is not one of the pipeline of {name}.", stage=stage.name, name=self.name
            )
            raise StageOfOtherPipeline(message, field=Opportunity.stage_id)
        if stage.archived_at is not None:
            raise StageArchived(
                kehu.text("The stage {stage} is no longer in use.", stage=stage.name),
                field=Opportunity.stage_id,
            )

    def _check_category(self, stage: Stage, category: StageCategory) -> None:
        if stage.category is not category:
            message = kehu.text(
                "The stage {stage} is {its}, not {category}.",
                stage=stage.name,
                its=stage.category.name,
                category=category.name,
            )
            raise StageOfOtherCategory(message, field=Opportunity.stage_id)

    def _without_reason(self) -> LostReasonMissing:
        message = kehu.text("{name} can only be lost with a reason.", name=self.name)
        return LostReasonMissing(message, field=Opportunity.lost_reason)


class StageChange(kehu.Entity, Base):
    """An opportunity entered a stage, and perhaps left it again; velocity and funnel come from it."""

    __tablename__ = "sfa_stage_change"
    opportunity_id: Mapped[uuid.UUID] = kehu.ref(Opportunity, ondelete="CASCADE", doc="Which opportunity.")
    from_stage_id: Mapped[uuid.UUID | None] = kehu.ref(
        Stage, doc="Where it came from; none for its first stage."
    )
    to_stage_id: Mapped[uuid.UUID] = kehu.ref(Stage, doc="The stage it entered.")
    entered_at: Mapped[datetime] = kehu.column(index=True, doc="When it entered the stage (UTC).")
    left_at: Mapped[datetime | None] = kehu.column(
        doc="When it left the stage (UTC); none while it is there."
    )
    seconds_in_stage: Mapped[int | None] = kehu.column(
        sa.BigInteger(), doc="How long it stayed; none while it is there."
    )
    changed_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, doc="Who moved it; none for the system.")

    def leave(self, *, at: datetime) -> None:
        """Note that the opportunity went on at `at` (UTC)."""
        self.left_at = at
        self.seconds_in_stage = int((at - self.entered_at).total_seconds())
