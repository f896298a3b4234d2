from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import kehu
from kehu.crm.interactions.models import Interaction, InteractionStatus

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def planned(**values: Any) -> Interaction:
    return Interaction(subject="Call back", status=InteractionStatus.PLANNED, **values)


def test_a_planned_interaction_is_completed() -> None:
    call = planned(started_at=NOW - HOUR)
    call.complete(at=NOW, outcome="wants an offer")
    assert (call.status, call.started_at, call.ended_at, call.outcome) == (
        InteractionStatus.DONE, NOW - HOUR, NOW, "wants an offer",
    )  # fmt: skip


def test_what_had_no_beginning_began_when_it_was_completed() -> None:
    call = planned()
    call.complete(at=NOW, outcome=None)
    assert (call.started_at, call.ended_at) == (NOW, NOW)


def test_a_planned_interaction_is_cancelled_for_a_reason() -> None:
    visit = planned()
    visit.cancel(reason="the customer is ill")
    assert (visit.status, visit.outcome) == (InteractionStatus.CANCELLED, "the customer is ill")


@pytest.mark.parametrize("status", [InteractionStatus.DONE, InteractionStatus.CANCELLED])
def test_what_is_closed_is_neither_completed_nor_cancelled(status: InteractionStatus) -> None:
    call = Interaction(subject="Call back", status=status, outcome="as it was")
    with pytest.raises(kehu.Refusal) as completing:
        call.complete(at=NOW, outcome="again")
    with pytest.raises(kehu.Refusal) as cancelling:
        call.cancel(reason="again")
    assert {completing.value.errors[0].code, cancelling.value.errors[0].code} == {"INTERACTION_CLOSED"}
    assert (call.status, call.outcome, call.ended_at) == (status, "as it was", None)


def test_a_follow_up_has_the_same_people_and_subject_matter() -> None:
    about = kehu.GlobalId("T3Bwb3J0dW5pdHk6MQ==")
    people = {"customer_id": uuid.UUID(int=2), "contact_id": uuid.UUID(int=3), "owner_id": uuid.UUID(int=4)}
    call = planned(id=uuid.UUID(int=1), regarding_id=about, kind="CALL", **people)
    visit = call.follow_up(subject="Visit", due_at=NOW)
    assert (visit.status, visit.subject, visit.due_at, visit.planned_for) == (
        InteractionStatus.PLANNED, "Visit", NOW, NOW,
    )  # fmt: skip
    assert (visit.customer_id, visit.contact_id, visit.owner_id) == (
        call.customer_id,
        call.contact_id,
        call.owner_id,
    )
    assert (visit.regarding_id, visit.kind, visit.follow_up_of_id) == (about, "CALL", call.id)


@pytest.mark.parametrize(
    ("status", "due_at", "overdue"),
    [
        (InteractionStatus.PLANNED, NOW - HOUR, True),
        (InteractionStatus.PLANNED, NOW, False),
        (InteractionStatus.PLANNED, None, False),
        (InteractionStatus.DONE, NOW - HOUR, False),
        (InteractionStatus.CANCELLED, NOW - HOUR, False),
    ],
)
def test_only_what_is_planned_can_be_overdue(
    status: InteractionStatus, due_at: datetime | None, overdue: bool
) -> None:
    assert Interaction(subject="Call", status=status, due_at=due_at).is_overdue(at=NOW) is overdue


@pytest.mark.parametrize(
    ("impossible", "code", "field"),
    [
        (planned(started_at=NOW, ended_at=NOW - HOUR), "INVALID", "endedAt"),
        (
            Interaction(subject="Call", status=InteractionStatus.DONE, started_at=NOW + HOUR),
            "INTERACTION_IN_FUTURE",
            "endedAt",
        ),
    ],
)
def test_times_do_not_contradict_each_other(impossible: Interaction, code: str, field: str) -> None:
    with pytest.raises(kehu.Refusal) as refusal:
        impossible.check_times(now=NOW)
    assert [(e.code, e.field) for e in refusal.value.errors] == [(code, field)]


def test_clocks_may_differ_by_minutes() -> None:
    Interaction(
        subject="Call", status=InteractionStatus.DONE, ended_at=NOW + timedelta(minutes=4)
    ).check_times(now=NOW)


@pytest.mark.parametrize("measure", ["answered_after_seconds", "replied_after_minutes"])
def test_nobody_waits_less_than_nothing(measure: str) -> None:
    planned(**{measure: 0}).check_measures()
    with pytest.raises(kehu.Refusal):
        planned(**{measure: -1}).check_measures()
