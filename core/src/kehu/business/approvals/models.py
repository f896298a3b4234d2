"""Approvals: rules that say who must agree to what, requests, their steps, and what was decided at each."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.errors import Refusal
from kehu.kernel.model import Archivable, Entity, GlobalId, column, ref
from kehu.kernel.states import StateChart, Transition
from kehu.kernel.texts import text
from kehu.platform.core import Base
from kehu.platform.identity.models import Role, Team, User


class ApprovalClosed(Refusal):
    """The request or step has been decided, or its turn has not come."""

    code = "APPROVAL_CLOSED"


class NotApprover(Refusal):
    """Somebody else is asked to decide."""

    code = "NOT_APPROVER"


class OwnApproval(Refusal):
    """Nobody approves his own request."""

    code = "OWN_APPROVAL"


class CommentMissing(Refusal):
    """Every decision says why."""

    code = "COMMENT_MISSING"


class NoApprover(Refusal):
    """No rule says who may agree to this."""

    code = "NO_APPROVER"


class ImpossibleApprovalRule(Refusal):
    """A rule asks exactly one user, role or team, and its numbers can be."""

    code = "IMPOSSIBLE_APPROVAL_RULE"


class ApprovalStatus(enum.Enum):
    """Where a request stands."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class ApprovalStepStatus(enum.Enum):
    """Where a step stands: its turn is to come, has come, or it is over."""

    WAITING = "WAITING"
    OPEN = "OPEN"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class ApprovalDecisionKind(enum.Enum):
    """What somebody, or time, did to a step."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    DELEGATED = "DELEGATED"
    ESCALATED = "ESCALATED"
    WITHDRAWN = "WITHDRAWN"


REQUEST_STATES = StateChart(
    "ApprovalRequest",
    ApprovalStatus.PENDING,
    [
        Transition("approve", (ApprovalStatus.PENDING,), ApprovalStatus.APPROVED),
        Transition("reject", (ApprovalStatus.PENDING,), ApprovalStatus.REJECTED),
        Transition("withdraw", (ApprovalStatus.PENDING,), ApprovalStatus.WITHDRAWN),
    ],
    refusal=ApprovalClosed,
)
STEP_STATES = StateChart(
    "ApprovalStep",
    ApprovalStepStatus.WAITING,
    [
        Transition("open", (ApprovalStepStatus.WAITING,), ApprovalStepStatus.OPEN),
        Transition("approve", (ApprovalStepStatus.OPEN,), ApprovalStepStatus.APPROVED),
        Transition("reject", (ApprovalStepStatus.OPEN,), ApprovalStepStatus.REJECTED),
        Transition("delegate", (ApprovalStepStatus.OPEN,), ApprovalStepStatus.OPEN),
        Transition("remind", (ApprovalStepStatus.OPEN,), ApprovalStepStatus.OPEN),
        Transition("escalate", (ApprovalStepStatus.OPEN,), ApprovalStepStatus.OPEN),
        Transition(
            "cancel", (ApprovalStepStatus.WAITING, ApprovalStepStatus.OPEN), ApprovalStepStatus.CANCELLED
        ),
    ],
    refusal=ApprovalClosed,
)


class ApprovalRule(Archivable, Base):
    """Who must agree when something of a kind goes above a limit.

    Rules of one position ask in parallel, those of a higher position once all below have agreed.
    """

    __tablename__ = "core_approval_rule"
    name: Mapped[str] = column(sa.String(200), doc="What the rule is called.")
    kind: Mapped[str] = column(
        sa.String(100), index=True, doc="What is approved, in the words of its plugin: `sfa.discount`."
    )
    above: Mapped[Decimal | None] = column(
        doc="It applies to more than this; none for anything. An amount is compared as a plain number, in the "
        "currency of what is approved and never converted: 10000 is passed by 10001 JPY as by 10001 EUR."
    )
    position: Mapped[int] = column(default=10, doc="When it is asked, smallest first; equals together.")
    approver_id: Mapped[uuid.UUID | None] = ref(User, doc="The user who is asked.")
    role_id: Mapped[uuid.UUID | None] = ref(Role, doc="Or: anybody with this role is asked.")
    team_id: Mapped[uuid.UUID | None] = ref(Team, doc="Or: anybody in this team is asked.")
    remind_after_hours: Mapped[int | None] = column(doc="Remind after so many hours; none for never.")
    escalate_after_hours: Mapped[int | None] = column(doc="Ask somebody else after so many hours.")
    escalate_to_id: Mapped[uuid.UUID | None] = ref(User, doc="Whom to ask then.")
    is_active: Mapped[bool] = column(default=True, doc="It is asked.")

    def applies_to(self, measure: Decimal) -> bool:
        """Whether so much of its kind needs this rule's approval."""
        return self.above is None or measure > self.above

    def check(self) -> None:
        """Raise ImpossibleApprovalRule for a rule that asks nobody or several, or has impossible hours."""
        if sum(each is not None for each in (self.approver_id, self.role_id, self.team_id)) != 1:
            message = text("{rule} must ask one user, one role or one team.", rule=self.name)
            raise ImpossibleApprovalRule(message, field=ApprovalRule.approver_id)
        for hours, field in (
            (self.remind_after_hours, ApprovalRule.remind_after_hours),
            (self.escalate_after_hours, ApprovalRule.escalate_after_hours),
        ):
            if hours is not None and hours < 1:
                raise ImpossibleApprovalRule(text("Hours are 1 or more."), field=field)
        if (self.escalate_after_hours is None) != (self.escalate_to_id is None):
            message = text("{rule} escalates to somebody after some hours, or not at all.", rule=self.name)
            raise ImpossibleApprovalRule(message, field=ApprovalRule.escalate_to_id)


class ApprovalRequest(Entity, Base):
    """Somebody asks for agreement to one record as it is now."""

    __tablename__ = "core_approval_request"
    states: ClassVar = REQUEST_STATES
    subject_id: Mapped[GlobalId] = column(index=True, doc="The record that is to be approved.")
    subject: Mapped[str] = column(sa.String(300), doc="What the record is called.")
    measures: Mapped[dict[str, Any]] = column(
        filter=False, order=False, doc="How much of each kind is asked for, as decimals in text."
    )
    comment: Mapped[str | None] = column(sa.Text, order=False, doc="Why it should be approved.")
    status: Mapped[ApprovalStatus] = column(default=ApprovalStatus.PENDING, doc="Where it stands.")
    requested_by_id: Mapped[uuid.UUID | None] = ref(User, doc="Who asks; none for the system.")
    owner_id: Mapped[uuid.UUID | None] = ref(User, doc="Who owns the record, and so cannot approve either.")
    requested_at: Mapped[datetime] = column(doc="When it was asked for (UTC).")
    decided_at: Mapped[datetime | None] = column(doc="When the last step was decided (UTC).")

    @property
    def interested(self) -> frozenset[uuid.UUID]:
        """Those who must not decide: who asks, and whose record it is."""
        return frozenset(filter(None, (self.requested_by_id, self.owner_id)))

    def move(self, verb: str, *, at: datetime) -> None:
        """End by a verb of the chart. Raises ApprovalClosed."""
        self.status = self.states.after(verb, self.status, of=self.subject)
        self.decided_at = at

    def go_on(self, steps: Sequence[ApprovalStep], *, at: datetime) -> None:
        """Open the next steps when all below are approved; end when all are, or when one is rejected."""
        if any(step.status is ApprovalStepStatus.REJECTED for step in steps):
            self.end(steps, "reject", at=at)
            return
        if any(step.status is ApprovalStepStatus.OPEN for step in steps):
            return
        waiting = [step for step in steps if step.status is ApprovalStepStatus.WAITING]
        if not waiting:
            self.move("approve", at=at)
            return
        first = min(step.position for step in waiting)
        for step in waiting:
            if step.position == first:
                step.open(at=at)

    def end(self, steps: Sequence[ApprovalStep], verb: str, *, at: datetime) -> None:
        """End by reject or withdraw; nobody is asked any more. Raises ApprovalClosed."""
        self.move(verb, at=at)
        for step in steps:
            if step.states.allows("cancel", step.status):
                step.cancel(at=at)


class ApprovalStep(Entity, Base):
    """One user, role or team that must agree to a request."""

    __tablename__ = "core_approval_step"
    states: ClassVar = STEP_STATES
    request_id: Mapped[uuid.UUID] = ref(ApprovalRequest, doc="To which request.")
    rule_id: Mapped[uuid.UUID | None] = ref(ApprovalRule, doc="By which rule; none for one of a plugin.")
    position: Mapped[int] = column(doc="When it is asked, smallest first; equals together.")
    approver_id: Mapped[uuid.UUID | None] = ref(User, doc="The user who is asked, first or by delegation.")
    role_id: Mapped[uuid.UUID | None] = ref(Role, doc="Or anybody with this role.")
    team_id: Mapped[uuid.UUID | None] = ref(Team, doc="Or anybody in this team.")
    status: Mapped[ApprovalStepStatus] = column(default=ApprovalStepStatus.WAITING, doc="Where it stands.")
    remind_after_hours: Mapped[int | None] = column(doc="Remind so many hours after it was opened.")
    escalate_after_hours: Mapped[int | None] = column(doc="Ask somebody else so many hours after that.")
    escalate_to_id: Mapped[uuid.UUID | None] = ref(User, doc="Whom to ask then.")
    opened_at: Mapped[datetime | None] = column(doc="When its turn came (UTC).")
    remind_at: Mapped[datetime | None] = column(index=True, doc="When a reminder is due (UTC).")
    reminded_at: Mapped[datetime | None] = column(doc="When the last reminder was given (UTC).")
    escalate_at: Mapped[datetime | None] = column(index=True, doc="When it goes to somebody else (UTC).")
    escalated_at: Mapped[datetime | None] = column(doc="When it went to somebody else (UTC).")
    decided_at: Mapped[datetime | None] = column(doc="When it was decided (UTC).")

    def open(self, *, at: datetime) -> None:
        """Its turn has come; the clocks of reminder and escalation start."""
        self._move("open")
        self.opened_at = at
        self.remind_at = _later(at, self.remind_after_hours)
        self.escalate_at = _later(at, self.escalate_after_hours)

    def decide(
        self, kind: ApprovalDecisionKind, *, by: uuid.UUID, comment: str, at: datetime
    ) -> ApprovalDecision:
        """Approve or reject. Raises ApprovalClosed, CommentMissing."""
        self._move("approve" if kind is ApprovalDecisionKind.APPROVED else "reject")
        self._stop(at)
        return self._noted(kind, by, comment, at)

    def delegate(
        self, to: User, *, by: uuid.UUID, comment: str, interested: Collection[uuid.UUID], at: datetime
    ) -> ApprovalDecision:
        """Let another user decide instead. Raises ApprovalClosed, CommentMissing, OwnApproval."""
        self._move("delegate")
        if to.id in interested:
            raise OwnApproval(text("{name} cannot approve his own request.", name=to.name), field="to")
        self._ask(to.id)
        return self._noted(ApprovalDecisionKind.DELEGATED, by, comment, at, to.id)

    def remind(self, *, at: datetime) -> None:
        """Note that the approver was reminded; the next reminder is due after as many hours."""
        self._move("remind")
        self.reminded_at, self.remind_at = at, _later(at, self.remind_after_hours)

    def escalate(self, *, at: datetime) -> ApprovalDecision:
        """Time is up: ask whom the rule names instead, once."""
        self._move("escalate")
        assert self.escalate_to_id is not None
        self._ask(self.escalate_to_id)
        self.escalated_at, self.escalate_at = at, None
        return self._noted(
            ApprovalDecisionKind.ESCALATED, None, "Nobody decided in time.", at, self.escalate_to_id
        )

    def cancel(self, *, at: datetime) -> None:
        """Nobody needs to decide any more."""
        self._move("cancel")
        self._stop(at)

    def _ask(self, user_id: uuid.UUID) -> None:
        self.approver_id, self.role_id, self.team_id = user_id, None, None

    def _move(self, verb: str) -> None:
        self.status = self.states.after(verb, self.status, of=str(text("The step")))

    def _stop(self, at: datetime) -> None:
        self.decided_at, self.remind_at, self.escalate_at = at, None, None

    def _noted(
        self,
        kind: ApprovalDecisionKind,
        by: uuid.UUID | None,
        comment: str,
        at: datetime,
        to: uuid.UUID | None = None,
    ) -> ApprovalDecision:
        if not comment.strip():
            raise CommentMissing(text("Say why, in a comment."), field=ApprovalDecision.comment)
        return ApprovalDecision(
            step_id=self.id, kind=kind, decided_by_id=by, passed_to_id=to, comment=comment, decided_at=at
        )


class ApprovalDecision(Entity, Base):
    """What somebody decided, or passed on; never changed."""

    __tablename__ = "core_approval_decision"
    step_id: Mapped[uuid.UUID] = ref(ApprovalStep, doc="At which step.")
    kind: Mapped[ApprovalDecisionKind] = column(doc="What was decided.")
    decided_by_id: Mapped[uuid.UUID | None] = ref(User, doc="By whom; none when time decided.")
    passed_to_id: Mapped[uuid.UUID | None] = ref(User, doc="To whom it was passed on.")
    comment: Mapped[str] = column(sa.Text, order=False, doc="Why.")
    decided_at: Mapped[datetime] = column(doc="When (UTC).")


def _later(at: datetime, hours: int | None) -> datetime | None:
    return None if hours is None else at + timedelta(hours=hours)
