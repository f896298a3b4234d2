"""Each day and moment that is given to a verb has its rule, each span of a question its order, and all one border."""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

import kehu
from kehu.kernel.names import pascal
from kehu_graphql.schema.limits import Limits
from tests.templates import composed

COMPOSITION = composed("core", "sfa", "partner_inventory")
# What a verb refuses to be told with, by the code.
RULED = {
    "Interaction.complete.at": "INTERACTION_IN_FUTURE",
    "Opportunity.win.closed_on": "CLOSED_IN_FUTURE, CLOSED_BEFORE_OPENED",
    "Opportunity.lose.closed_on": "CLOSED_IN_FUTURE, CLOSED_BEFORE_OPENED",
    "Quote.accept.accepted_on": "IMPOSSIBLE_DECISION_DAY",
    "Quote.decline.declined_on": "IMPOSSIBLE_DECISION_DAY",
    "Order.receive_payment.received_on": "PAID_IN_FUTURE, BEFORE_THE_ORDER",
    "Order.refund.refunded_on": "PAID_IN_FUTURE, BEFORE_THE_ORDER",
    "Order.take_back.returned_on": "PAID_IN_FUTURE, BEFORE_THE_ORDER",
    "Partner.receive_payment.received_on": "PAID_IN_FUTURE, PAID_BEFORE_INVOICE",
    "PartnerProgramme.review_levels.until_on": "ENDS_BEFORE_START",
    "Location.reserve_at.expires_at": "RESERVED_IN_THE_PAST",
    "Location.report_sell_out_at.sold_at": "IMPOSSIBLE_MOVE, COUNTED_SINCE",
    "Location.receive_at.moved_at": "IMPOSSIBLE_MOVE, COUNTED_SINCE",
    "Location.issue_from.moved_at": "IMPOSSIBLE_MOVE, COUNTED_SINCE",
    "Location.move_from.moved_at": "IMPOSSIBLE_MOVE, COUNTED_SINCE",
    "DealRegistration.approve.protected_until_on": "IMPOSSIBLE_DEAL",
}
# What may be any day, and why.
FREE = {
    "Interaction.complete.follow_up_due_at": "a plan may be late already",
    "Opportunity.quote.valid_until_on": "a draft; sending one that is over is QUOTE_EXPIRED",
    "Quote.revise.valid_until_on": "a draft; sending one that is over is QUOTE_EXPIRED",
    "PartnerProgramme.review_levels.from_on": "the start of the span that until_on ends",
    "WebhookSubscription.replay.since": "nothing has happened since a moment to come",
    "replay_events.since": "nothing has happened since a moment to come",
    "take_forecast_snapshots.on": "names a period; those to come are forecast, too",
}


def days_of(annotation: Any) -> bool:
    """Whether a parameter is a day or a moment, or a list of them."""
    if isinstance(annotation, type):
        return issubclass(annotation, date)
    return any(days_of(part) for part in get_args(annotation))


def functions() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Kind, name and function of everything that a plugin declares with arguments of its own."""
    for entity in COMPOSITION.entities.values():
        for action in entity.actions:
            yield "verb", f"{entity.name}.{action.name}", action.function
        for field in entity.fields:
            yield "field", f"{entity.name}.{field.name}", field.function
    for root in COMPOSITION.roots:
        yield ("verb" if root.kind == "mutation" else root.kind), root.name, root.function


def dated() -> list[tuple[str, str, str, Any]]:
    """Kind, name, parameter and annotation of each argument that is a day or a moment."""
    found = []
    for kind, name, function in functions():
        for parameter, annotation in typing.get_type_hints(function, include_extras=True).items():
            if parameter != "return" and days_of(annotation):
                found.append((kind, name, parameter, annotation))
    return found


ARGUMENTS = dated()
OF_VERBS = [f"{name}.{parameter}" for kind, name, parameter, _ in ARGUMENTS if kind == "verb"]


def test_every_day_that_a_verb_takes_has_its_rule() -> None:
    sys.stdout.write(f"{len(OF_VERBS)} days of verbs, {len(ARGUMENTS)} of all functions\n")
    assert set(OF_VERBS) - RULED.keys() - FREE.keys() == set()
    assert (RULED.keys() | FREE.keys()) - set(OF_VERBS) == set()
    assert RULED.keys() & FREE.keys() == set()


@pytest.mark.parametrize(
    ("parameter", "annotation"),
    [argument[2:] for argument in ARGUMENTS],
    ids=[f"{name}.{parameter}" for _, name, parameter, _ in ARGUMENTS],
)
def test_every_day_has_the_border(parameter: str, annotation: Any) -> None:
    limits = Limits()
    limits.take(parameter, annotation)
    for year, fits in ((1899, False), (1900, True), (2200, True), (2201, False)):
        moment = datetime(year, 6, 1, tzinfo=UTC)
        for given in (moment, moment.date()):
            assert _told(limits, {parameter: given}) == ([] if fits else ["OUT_OF_RANGE"])


def spans() -> list[tuple[str, str, str, Any]]:
    """Function, start, end and annotation of each two days of one function that begin and end something."""
    found = []
    for _, name, function in functions():
        hints = typing.get_type_hints(function, include_extras=True)
        for parameter, annotation in hints.items():
            for first, last in (("from", "until"), ("since", "until")):
                end = last.join(parameter.rsplit(first, 1))
                if first in parameter and days_of(annotation) and end in hints:
                    found.append((name, parameter, end, annotation))
    return found


@pytest.mark.parametrize(("name", "start", "end", "annotation"), spans())
def test_no_span_ends_before_it_starts(name: str, start: str, end: str, annotation: Any) -> None:
    limits = Limits()
    limits.take(start, annotation)
    limits.take(end, annotation)
    first, last = date(2026, 3, 1), date(2026, 3, 2)
    assert _told(limits, {start: last, end: first}) == ["ENDS_BEFORE_START"], pascal(name)
    assert _told(limits, {start: first, end: last}) == []
    assert _told(limits, {start: first, end: first}) == []


def _told(limits: Limits, given: dict[str, Any]) -> list[str]:
    try:
        limits.check(given)
    except kehu.Refusal as refusal:
        return [error.code for error in refusal.errors]
    return []
