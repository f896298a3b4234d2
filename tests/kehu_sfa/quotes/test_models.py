"""The rules that hold for one quote, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu_sfa import DiscountLimit, Quote, QuoteLine, QuoteStatus
from kehu_sfa.lines.models import ImpossibleDiscount, ImpossibleLine, UnknownCurrency
from kehu_sfa.money.totals import TaxMode, TaxRounding
from kehu_sfa.quotes.models import (
    DISCOUNT,
    MARGIN,
    QUOTE_STATES,
    ApprovalNeeded,
    ApprovalNotNeeded,
    DeclineReasonMissing,
    QuoteEmpty,
    QuoteExpired,
    QuoteInOtherState,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def make_quote(status: QuoteStatus = QuoteStatus.DRAFT, **values: Any) -> Quote:
    return Quote(
        **{
            "id": kehu.uuid7(),
            "number": "Q-2026-00001",
            "revision": 1,
            "name": "New press",
            "status": status,
            "currency": "EUR",
            "tax_mode": TaxMode.ADDED,
            "tax_rounding": TaxRounding.PER_LINE,
            "valid_until_on": TODAY,
            "conceded_percent": Decimal(0),
            **values,
        }
    )


def make_line(price: str = "100", **values: str) -> QuoteLine:
    decimals = {name: Decimal(value) for name, value in values.items()}
    defaults = {"quantity": Decimal(1), "discount_percent": Decimal(0), "tax_percent": Decimal(19)}
    return QuoteLine(description="Press", unit_price=Decimal(price), **{**defaults, **decimals})


LINES = [make_line()]
VERBS: dict[str, Callable[[Quote], object]] = {
    "submit": lambda quote: quote.submit(LINES, needed=True),
    "send": lambda quote: quote.send(LINES, needed=False, at=NOW, on=TODAY),
    "accept": lambda quote: quote.accept(on=TODAY),
    "decline": lambda quote: quote.decline(reason="PRICE", note=None, on=TODAY),
    "revise": lambda quote: quote.revise(),
}


def call(verb: str, quote: Quote) -> None:
    if verb in VERBS:
        VERBS[verb](quote)
    else:
        quote.move(verb)


@pytest.mark.parametrize(("verb", "state"), QUOTE_STATES.refused)
def test_a_verb_that_the_chart_does_not_allow_is_refused(verb: str, state: QuoteStatus) -> None:
    quote = make_quote(state)

    with pytest.raises(QuoteInOtherState) as refusal:
        call(verb, quote)

    assert [(e.code, e.field) for e in refusal.value.errors] == [("QUOTE_IN_OTHER_STATE", "status")]
    assert (quote.status, quote.sent_at, quote.decided_on) == (state, None, None)


@pytest.mark.parametrize(("verb", "state"), QUOTE_STATES.targets)
def test_a_verb_leads_where_the_chart_says(verb: str, state: QuoteStatus) -> None:
    quote = make_quote(state)

    call(verb, quote)

    assert quote.status is QUOTE_STATES.targets[verb, state]


def test_a_quote_without_lines_is_neither_submitted_nor_sent() -> None:
    quote = make_quote()

    with pytest.raises(QuoteEmpty):
        quote.submit([], needed=True)
    with pytest.raises(QuoteEmpty):
        quote.send([], needed=False, at=NOW, on=TODAY)

    assert quote.status is QuoteStatus.DRAFT


def test_a_quote_past_its_validity_is_neither_sent_nor_accepted() -> None:
    draft, sent, tomorrow = make_quote(), make_quote(QuoteStatus.SENT), date(2026, 3, 3)

    with pytest.raises(QuoteExpired):
        draft.send(LINES, needed=False, at=NOW, on=tomorrow)
    with pytest.raises(QuoteExpired):
        sent.accept(on=tomorrow)

    assert (draft.status, sent.status) == (QuoteStatus.DRAFT, QuoteStatus.SENT)


def test_what_goes_beyond_the_limits_is_sent_once_it_is_approved() -> None:
    draft, approved = make_quote(), make_quote(QuoteStatus.APPROVED)

    with pytest.raises(ApprovalNeeded):
        draft.send(LINES, needed=True, at=NOW, on=TODAY)
    approved.send(LINES, needed=True, at=NOW, on=TODAY)

    assert (draft.status, approved.status) == (QuoteStatus.DRAFT, QuoteStatus.SENT)


def test_what_needs_no_approval_is_not_submitted() -> None:
    with pytest.raises(ApprovalNotNeeded):
        make_quote().submit(LINES, needed=False)


def test_a_quote_is_declined_for_a_reason() -> None:
    quote = make_quote(QuoteStatus.SENT)

    with pytest.raises(DeclineReasonMissing):
        quote.decline(reason=" ", note=None, on=TODAY)

    assert (quote.status, quote.decline_reason) == (QuoteStatus.SENT, None)


def test_a_revision_has_the_same_number_and_terms() -> None:
    quote = make_quote(QuoteStatus.SENT, terms="30 days", discount_percent=Decimal(5))

    revision = quote.revise()

    assert (revision.number, revision.revision, revision.replaces_id) == ("Q-2026-00001", 2, quote.id)
    assert (revision.terms, revision.discount_percent) == ("30 days", Decimal(5))
    assert (quote.status, revision.status) == (QuoteStatus.REPLACED, QuoteStatus.DRAFT)


def test_approval_is_needed_above_the_limit_and_below_the_floor() -> None:
    limit = DiscountLimit(max_discount_percent=Decimal(10), min_margin_percent=Decimal(30))
    at_the_limit = make_quote(conceded_percent=Decimal(10), margin_percent=Decimal(30))
    beyond = make_quote(conceded_percent=Decimal(11), margin_percent=Decimal(25))

    assert at_the_limit.needs(limit) == {}
    assert beyond.needs(limit) == {DISCOUNT: 11, MARGIN: 5}
    assert beyond.needs(None) == {}


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"currency": "EURO"}, UnknownCurrency),
        ({"discount_percent": Decimal(101)}, ImpossibleDiscount),
        ({"discount_amount": Decimal(-1)}, ImpossibleDiscount),
        ({"discount_amount": Decimal(101)}, ImpossibleDiscount),
        ({"discount_percent": Decimal(1), "discount_amount": Decimal(1)}, ImpossibleDiscount),
    ],
)
def test_terms_that_cannot_be_are_refused(values: dict[str, Any], refusal: type[kehu.Refusal]) -> None:
    with pytest.raises(refusal):
        make_quote(**values).reckon([make_line()])


@pytest.mark.parametrize(
    "values", [{"quantity": "0"}, {"quantity": "-1"}, {"discount_percent": "101"}, {"unit_cost": "-1"}]
)
def test_lines_that_cannot_be_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(ImpossibleLine):
        make_quote().reckon([make_line(**values)])


def test_a_quote_takes_the_totals_of_its_lines() -> None:
    quote, lines = (
        make_quote(),
        [make_line("100", discount_percent="10", unit_cost="45"), make_line("10", unit_cost="5")],
    )

    quote.reckon(lines)

    assert (quote.net_amount, quote.tax_amount, quote.total_amount) == tuple(map(Decimal, (100, 19, 119)))
    assert (quote.margin_amount, quote.margin_percent) == (Decimal(50), Decimal(50))
    assert [line.net_amount for line in lines] == [90, 10]
