"""Leads: interest that nobody has judged yet, and the rules that hold for one of them."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.calendars import WorkingHours, add_working_time, working_time_between
from kehu.business.calendars.models import Calendar
from kehu.kernel.states import StateChart, Transition
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.sfa_base import Base, set_by_a_rule


class LeadStatus(enum.Enum):
    """How far we are in judging the interest; converted and disqualified leads are over."""

    NEW = "NEW"
    WORKING = "WORKING"
    NURTURING = "NURTURING"
    QUALIFIED = "QUALIFIED"
    CONVERTED = "CONVERTED"
    DISQUALIFIED = "DISQUALIFIED"


OPEN = (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.NURTURING, LeadStatus.QUALIFIED)


class LeadInOtherState(kehu.Refusal):
    """The verb does not apply to a lead in this state."""

    code = "LEAD_IN_OTHER_STATE"


class LeadConverted(kehu.Refusal):
    """A converted lead has become a customer; what is to be said is said there."""

    code = "LEAD_CONVERTED"


class LeadNameless(kehu.Refusal):
    """A lead is somebody: a person, a firm, an address or a number."""

    code = "LEAD_NAMELESS"


@dataclasses.dataclass(frozen=True, slots=True)
class Handover:
    """A lead was given to somebody, and that has not been written to its history yet."""

    from_user_id: uuid.UUID | None
    to_user_id: uuid.UUID | None
    rule_id: uuid.UUID | None
    trace: str


class Lead(kehu.Owned, Base):
    """Interest of somebody who is no customer yet.

    The status changes through work, nurture, qualify, disqualify, reopen, recycle and convert only.
    """

    __tablename__ = "sfa_lead"
    name: Mapped[str | None] = kehu.column(sa.String(200), index=True, doc="The person who is interested.")
    company_name: Mapped[str | None] = kehu.column(sa.String(200), index=True, doc="Where the person works.")
    job_title: Mapped[str | None] = kehu.column(sa.String(200), doc="What the person is there.")
    email: Mapped[str | None] = kehu.column(sa.String(320), index=True, doc="Normalised mail address.")
    phone: Mapped[str | None] = kehu.column(sa.String(60), doc="As it was typed.")
    normalised_phone: Mapped[str | None] = kehu.column(
        sa.String(60), index=True, create=False, update=False, audit=False, doc="E.164, where it is a number."
    )
    website: Mapped[str | None] = kehu.column(sa.String(500), doc="Web address, normalised.")
    country: Mapped[str | None] = kehu.column(sa.String(2), doc="ISO 3166 code.")
    city: Mapped[str | None] = kehu.column(sa.String(100), doc="City or prefecture.")
    postcode: Mapped[str | None] = kehu.column(sa.String(20), doc="Postal code.")
    language: Mapped[str | None] = kehu.column(sa.String(20), doc="Such as `en` or `zh_CN`.")
    do_not_email: Mapped[bool] = kehu.column(default=False, doc="Has asked not to be written to.")
    do_not_call: Mapped[bool] = kehu.column(default=False, doc="Has asked not to be called.")
    source: Mapped[str | None] = kehu.column(sa.String(100), index=True, doc="How we came to know of it.")
    campaign: Mapped[str | None] = kehu.column(sa.String(200), doc="The marketing effort that brought it.")
    interest: Mapped[str | None] = kehu.column(sa.Text, order=False, doc="What they want, in their words.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="What they are interested in.")
    status: Mapped[LeadStatus] = kehu.column(
        default=LeadStatus.NEW, index=True, create=False, update=False, doc="How far we are."
    )
    disqualified_reason: Mapped[str | None] = kehu.choice(
        *("NO_INTEREST", "NO_BUDGET", "NO_NEED", "NOT_REACHED", "WRONG_DETAILS", "COMPETITOR"),
        *("DUPLICATE", "SPAM", "OTHER"),
        create=False,
        update=False,
        doc="Why it leads nowhere; every disqualified lead has a reason.",
    )
    disqualified_note: Mapped[str | None] = kehu.column(
        sa.Text, order=False, create=False, update=False, doc="What there is to say about it."
    )
    score: Mapped[int] = kehu.column(
        default=0,
        index=True,
        create=False,
        update=False,
        audit=False,
        doc="The points of all rules that apply.",
    )
    score_reasons: Mapped[list[str]] = kehu.column(
        default=list,
        create=False,
        update=False,
        audit=False,
        doc="Which rules apply, such as `+20 From Europe`.",
    )
    received_at: Mapped[datetime] = kehu.column(
        default=set_by_a_rule, update=False, index=True, doc="When it came in (UTC); now unless given."
    )
    answer_due_at: Mapped[datetime | None] = kehu.column(
        index=True, create=False, update=False, doc="Until when somebody should have answered (UTC)."
    )
    first_answered_at: Mapped[datetime | None] = kehu.column(
        index=True, create=False, update=False, doc="When we first turned to them (UTC)."
    )
    answered_after_seconds: Mapped[int | None] = kehu.column(
        create=False, update=False, doc="How long they waited, by the clock on the wall."
    )
    answered_after_business_seconds: Mapped[int | None] = kehu.column(
        create=False, update=False, doc="How much of that was working time."
    )
    last_worked_at: Mapped[datetime | None] = kehu.column(
        index=True, create=False, update=False, doc="When something last passed between us (UTC)."
    )
    assign_by_rules: Mapped[bool] = kehu.column(
        default=False,
        update=False,
        doc="Let the assignment rules find the owner instead of keeping it oneself.",
    )
    assigned_at: Mapped[datetime | None] = kehu.column(
        create=False, update=False, doc="Since when the owner has it (UTC)."
    )
    converted_at: Mapped[datetime | None] = kehu.column(
        index=True, create=False, update=False, doc="When it became a customer (UTC)."
    )
    converted_by_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.User, create=False, update=False, doc="Who converted it."
    )
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Customer, create=False, update=False, doc="The customer it became."
    )
    contact_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Contact, create=False, update=False, doc="The contact it became."
    )
    opportunity_id: Mapped[uuid.UUID | None] = kehu.ref(
        Opportunity, create=False, update=False, doc="The opportunity it became."
    )

    states: ClassVar[StateChart[LeadStatus]] = StateChart(
        "Lead",
        LeadStatus.NEW,
        [
            Transition(
                "work", (LeadStatus.NEW, LeadStatus.NURTURING, LeadStatus.QUALIFIED), LeadStatus.WORKING
            ),
            Transition(
                "nurture", (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.QUALIFIED), LeadStatus.NURTURING
            ),
            Transition(
                "qualify", (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.NURTURING), LeadStatus.QUALIFIED
            ),
            Transition("disqualify", OPEN, LeadStatus.DISQUALIFIED),
            Transition("reopen", (LeadStatus.DISQUALIFIED,), LeadStatus.WORKING),
            Transition("recycle", (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.NURTURING), LeadStatus.NEW),
            Transition("convert", OPEN, LeadStatus.CONVERTED),
        ],
        refusal=LeadInOtherState,
    )

    # Not mapped: what happened since the record was last stored.
    _has_moved = False
    _handovers = tuple[Handover, ...]()

    @property
    def called(self) -> str:
        """What to call it in a sentence."""
        return self.name or self.company_name or self.email or self.phone or "The lead"

    @property
    def is_open(self) -> bool:
        """It has neither been converted nor disqualified."""
        return self.status in OPEN

    def enter(self, verb: str) -> None:
        """Take the step that `verb` means. Raises LeadConverted, LeadInOtherState."""
        if self.status is LeadStatus.CONVERTED:
            raise LeadConverted(
                kehu.text("{lead} was converted on {day:%Y-%m-%d}.", lead=self.called, day=self.converted_at),
                field=Lead.status,
            )
        self.status = self.states.after(verb, self.status, of=self.called)
        self._has_moved = True

    def take_move(self) -> bool:
        """Whether a verb has changed the status since the record was last stored; once."""
        moved, self._has_moved = self._has_moved, False
        return moved

    @property
    def has_moved(self) -> bool:
        """A verb has changed the status since the record was last stored."""
        return self._has_moved

    def disqualify(self, *, reason: str, note: str | None) -> None:
        """It leads nowhere. Raises LeadConverted, LeadInOtherState."""
        self.enter("disqualify")
        self.disqualified_reason, self.disqualified_note = reason, note

    def reopen(self) -> None:
        """There is something to it after all. Raises LeadConverted, LeadInOtherState."""
        self.enter("reopen")
        self.disqualified_reason = self.disqualified_note = None

    def give_to(
        self,
        owner_id: uuid.UUID | None,
        team_id: uuid.UUID | None,
        *,
        at: datetime,
        trace: str,
        rule_id: uuid.UUID | None = None,
    ) -> None:
        """Make somebody responsible from `at` (UTC) on; `trace` says why, `rule_id` which rule decided."""
        self._handovers = (*self._handovers, Handover(self.owner_id, owner_id, rule_id, trace))
        self.owner_id, self.team_id, self.assigned_at = owner_id, team_id, at

    @property
    def is_handed_over(self) -> bool:
        """Somebody has got it since the record was last stored."""
        return bool(self._handovers)

    def take_handovers(self) -> tuple[Handover, ...]:
        """The handovers since the record was last stored, oldest first; once."""
        handovers, self._handovers = self._handovers, ()
        return handovers

    def promise_answer(self, *, within: timedelta, hours: WorkingHours) -> None:
        """Set until when somebody should have answered: `within` of working time after it came in."""
        self.answer_due_at = add_working_time(self.received_at, within, hours)

    def record_answer(self, *, at: datetime, hours: WorkingHours) -> None:
        """Somebody has turned to them at `at` (UTC); only the first time counts."""
        if self.first_answered_at is not None:
            return
        self.first_answered_at = max(at, self.received_at)
        self.answered_after_seconds = int((self.first_answered_at - self.received_at).total_seconds())
        worked = working_time_between(self.received_at, self.first_answered_at, hours)
        self.answered_after_business_seconds = int(worked.total_seconds())

    def is_answer_overdue(self, *, at: datetime) -> bool:
        """Whether nobody has answered by `at` although the time for it is over."""
        is_waiting = self.is_open and self.first_answered_at is None
        return is_waiting and self.answer_due_at is not None and self.answer_due_at < at

    def check_name(self) -> None:
        """Raise LeadNameless where there is nothing to know anybody by."""
        if not any((self.name, self.company_name, self.email, self.phone)):
            raise LeadNameless(
                kehu.text("A lead needs a name, a company, an e-mail address or a phone number."),
                field=Lead.name,
            )


class LeadPolicy(kehu.Archivable, Base):
    """What a team promises those who are interested, and how long a lead may lie about."""

    __tablename__ = "sfa_lead_policy"
    team_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Team, unique=True, doc="Whose policy; none for that of teams without one."
    )
    answer_within_minutes: Mapped[int] = kehu.column(
        default=60, doc="How much working time may pass until the first answer."
    )
    recycle_after_days: Mapped[int | None] = kehu.column(
        doc="A lead nobody works on for so many days goes to somebody else; none to leave it."
    )
    calendar_id: Mapped[uuid.UUID | None] = kehu.ref(
        Calendar, doc="Whose working time counts; none for the default calendar."
    )
