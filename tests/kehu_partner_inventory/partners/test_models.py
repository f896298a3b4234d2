"""The rules of a partner, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import kehu
from kehu_partner_inventory import Partner, PartnerAuthorisation, PartnerStatus
from kehu_partner_inventory.partners.models import (
    PARTNER_STATES,
    ImpossibleAuthorisation,
    PartnerInOtherState,
    StateReasonMissing,
)

AT = datetime(2026, 3, 2, tzinfo=UTC)
STOPS = ("suspend", "end")


def a_partner(status: PartnerStatus) -> Partner:
    return Partner(id=kehu.uuid7(), code="NORTH", currency="EUR", status=status)


def act(partner: Partner, verb: str) -> None:
    if verb in STOPS:
        partner.stop(verb, "Does not pay.", at=AT)
    elif verb == "rate":
        partner.rate(None)
    else:
        partner.move(verb, at=AT)


@pytest.mark.parametrize(("verb", "source"), PARTNER_STATES.targets)
def test_a_verb_of_the_chart_leads_where_the_chart_says(verb: str, source: PartnerStatus) -> None:
    partner = a_partner(source)
    act(partner, verb)
    assert partner.status is PARTNER_STATES.targets[verb, source]


@pytest.mark.parametrize(("verb", "state"), PARTNER_STATES.refused)
def test_every_other_verb_is_refused_and_changes_nothing(verb: str, state: PartnerStatus) -> None:
    partner = a_partner(state)
    with pytest.raises(PartnerInOtherState):
        act(partner, verb)
    assert partner.status is state


@pytest.mark.parametrize("verb", STOPS)
def test_nobody_is_stopped_without_a_reason(verb: str) -> None:
    partner = a_partner(PartnerStatus.ACTIVE)
    with pytest.raises(StateReasonMissing):
        partner.stop(verb, "  ", at=AT)
    assert partner.status is PartnerStatus.ACTIVE


def test_an_authorisation_is_for_something() -> None:
    with pytest.raises(ImpossibleAuthorisation):
        PartnerAuthorisation(partner_id=kehu.uuid7()).check()


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        ({"territory": "CN"}, {"territory": "CN-31"}, True),
        ({"territory": "CN-31"}, {"territory": "CN"}, True),
        ({"territory": "CN-31"}, {"territory": "CN-11"}, False),
        ({"territory": "CN-3"}, {"territory": "CN-31"}, False),
        (
            {"territory": "DE", "valid_until_on": date(2026, 6, 30)},
            {"valid_from_on": date(2026, 7, 1)},
            False,
        ),
        ({"territory": "DE", "valid_until_on": date(2026, 7, 1)}, {"valid_from_on": date(2026, 7, 1)}, True),
    ],
)
def test_authorisations_meet_where_place_and_time_do(
    one: dict[str, object], other: dict[str, object], *, meets: bool
) -> None:
    assert PartnerAuthorisation(**one).meets(PartnerAuthorisation(**other)) is meets
