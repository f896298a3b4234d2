"""The rules of a deal registration, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kehu_partner_inventory import DealRegistration, DealStatus
from kehu_partner_inventory.deals.models import (
    DEAL_STATES,
    DealInOtherState,
    DealReasonMissing,
    ImpossibleDeal,
)

AT, TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)
VERBS: dict[str, Callable[[DealRegistration], object]] = {
    "change": lambda deal: deal.move("change"),
    "submit": lambda deal: deal.submit(at=AT, has_clash=False),
    "approve": lambda deal: deal.approve(TODAY, None, at=AT, today=TODAY),
    "reject": lambda deal: deal.reject("Too small.", at=AT),
    "win": lambda deal: deal.win(at=AT),
    "lose": lambda deal: deal.lose("Price.", at=AT),
    "expire": lambda deal: deal.expire(at=AT),
}


def a_deal(status: DealStatus = DealStatus.DRAFT, **values: Any) -> DealRegistration:
    told = {"number": "D-2026-00001", "name": "Pumps", "customer_name": "Water AG", "currency": "EUR"}
    return DealRegistration(**(told | {"status": status} | values))


@pytest.mark.parametrize(("verb", "source"), DEAL_STATES.targets)
def test_a_verb_of_the_chart_leads_where_the_chart_says(verb: str, source: DealStatus) -> None:
    deal = a_deal(source)
    VERBS[verb](deal)
    assert deal.status is DEAL_STATES.targets[verb, source]


@pytest.mark.parametrize(("verb", "state"), DEAL_STATES.refused)
def test_every_other_verb_is_refused_and_changes_nothing(verb: str, state: DealStatus) -> None:
    deal = a_deal(state)
    with pytest.raises(DealInOtherState):
        VERBS[verb](deal)
    assert deal.status is state


def test_nothing_is_rejected_or_lost_without_a_reason() -> None:
    with pytest.raises(DealReasonMissing):
        a_deal(DealStatus.SUBMITTED).reject(" ", at=AT)
    with pytest.raises(DealReasonMissing):
        a_deal(DealStatus.APPROVED).lose("", at=AT)


def test_a_protection_does_not_end_in_the_past() -> None:
    with pytest.raises(ImpossibleDeal):
        a_deal(DealStatus.SUBMITTED).approve(date(2026, 3, 1), None, at=AT, today=TODAY)


def test_names_are_compared_without_case_accents_and_blanks() -> None:
    deal = a_deal(customer_name=" Müller  & Söhne ", registered_number=" hrb 12 ", territory="de ")
    deal.check()
    assert (deal.customer_key, deal.registered_number, deal.territory) == ("muller & sohne", "HRB12", "DE")


@pytest.mark.parametrize("values", [{"customer_name": " "}, {"currency": "EURO"}, {"amount": Decimal(-1)}])
def test_impossible_deals_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleDeal):
        a_deal(**values).check()
