"""The rules of one lead, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from kehu.business.calendars import WorkingHours
from kehu_sfa import Lead, LeadStatus
from kehu_sfa.leads.models import LeadConverted, LeadInOtherState, LeadNameless
from tests.kehu_sfa.leads.factories import MORNING, make_lead

OFFICE = WorkingHours((((time(8), time(17)),),) * 5 + ((),) * 2)
FRIDAY_EVENING = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(("verb", "status"), list(Lead.states.targets))
def test_every_verb_of_the_chart_leads_to_its_state(verb: str, status: LeadStatus) -> None:
    lead = make_lead(status)

    lead.enter(verb)

    assert lead.status is Lead.states.targets[verb, status]
    assert lead.take_move()


@pytest.mark.parametrize(("verb", "status"), Lead.states.refused)
def test_every_other_verb_is_refused_and_changes_nothing(verb: str, status: LeadStatus) -> None:
    lead = make_lead(status, converted_at=MORNING)

    with pytest.raises(LeadConverted if status is LeadStatus.CONVERTED else LeadInOtherState):
        lead.enter(verb)

    assert lead.status is status
    assert not lead.has_moved


def test_the_chart_has_seven_verbs_and_refuses_the_others() -> None:
    assert len(Lead.states.verbs) == 7
    assert (len(Lead.states.targets), len(Lead.states.refused)) == (21, 21)


def test_a_disqualified_lead_has_a_reason_until_it_is_reopened() -> None:
    lead = make_lead()

    lead.disqualify(reason="SPAM", note="Sells us lists.")
    assert (lead.status, lead.disqualified_reason) == (LeadStatus.DISQUALIFIED, "SPAM")

    lead.reopen()
    assert (lead.status, lead.disqualified_reason, lead.disqualified_note) == (
        LeadStatus.WORKING,
        None,
        None,
    )


def test_an_answer_is_due_in_working_time() -> None:
    lead = make_lead(received_at=FRIDAY_EVENING)

    lead.promise_answer(within=timedelta(hours=1), hours=OFFICE)

    assert lead.answer_due_at == datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
    assert not lead.is_answer_overdue(at=datetime(2026, 3, 9, 8, 30, tzinfo=UTC))
    assert lead.is_answer_overdue(at=datetime(2026, 3, 9, 8, 31, tzinfo=UTC))


def test_only_the_first_answer_counts_by_the_wall_and_by_working_time() -> None:
    lead = make_lead(received_at=FRIDAY_EVENING)

    lead.record_answer(at=datetime(2026, 3, 9, 8, 15, tzinfo=UTC), hours=OFFICE)
    lead.record_answer(at=datetime(2026, 3, 10, 8, 15, tzinfo=UTC), hours=OFFICE)

    assert lead.first_answered_at == datetime(2026, 3, 9, 8, 15, tzinfo=UTC)
    assert lead.answered_after_seconds == (2 * 24 + 15) * 3600 + 45 * 60
    assert lead.answered_after_business_seconds == 45 * 60


def test_an_answer_before_the_lead_came_in_took_no_time() -> None:
    lead = make_lead()

    lead.record_answer(at=MORNING - timedelta(minutes=3), hours=OFFICE)

    assert (lead.first_answered_at, lead.answered_after_seconds) == (MORNING, 0)


def test_a_closed_lead_waits_for_no_answer() -> None:
    lead = make_lead(LeadStatus.DISQUALIFIED, answer_due_at=MORNING)

    assert not lead.is_answer_overdue(at=MORNING + timedelta(days=1))


def test_a_lead_is_somebody() -> None:
    with pytest.raises(LeadNameless):
        make_lead(name=None, city="Bern").check_name()
    make_lead(name=None, phone="+41 44 000 00 00").check_name()
