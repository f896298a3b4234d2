"""The life of each entity of sfa: what `kehu docs states sfa` prints, and every verb in every state."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner

import kehu
from kehu.kernel.states import StateChart
from kehu.ops.cli.root import main
from kehu_sfa import Lead, Opportunity, Order, Quote
from tests.kehu_sfa.factories import make_opportunity, make_stages

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

# Written by hand, from the specification: entity, verb, where it is possible, where it leads.
TABLE = """
Lead: starts NEW
  work: NEW, NURTURING, QUALIFIED -> WORKING
  nurture: NEW, WORKING, QUALIFIED -> NURTURING
  qualify: NEW, WORKING, NURTURING -> QUALIFIED
  disqualify: NEW, WORKING, NURTURING, QUALIFIED -> DISQUALIFIED
  reopen: DISQUALIFIED -> WORKING
  recycle: NEW, WORKING, NURTURING -> NEW
  convert: NEW, WORKING, NURTURING, QUALIFIED -> CONVERTED
Opportunity: starts OPEN
  moveTo: OPEN -> OPEN
  split: OPEN -> OPEN
  win: OPEN -> WON
  lose: OPEN -> LOST
  reopen: WON, LOST -> OPEN
Order: starts DRAFT
  change: DRAFT -> DRAFT
  confirm: DRAFT -> CONFIRMED
  fulfil: CONFIRMED -> FULFILLED
  cancel: DRAFT, CONFIRMED -> CANCELLED
  receivePayment: DRAFT -> DRAFT
  receivePayment: CONFIRMED -> CONFIRMED
  receivePayment: FULFILLED -> FULFILLED
  refund: DRAFT -> DRAFT
  refund: CONFIRMED -> CONFIRMED
  refund: FULFILLED -> FULFILLED
  refund: CANCELLED -> CANCELLED
  takeBack: FULFILLED -> FULFILLED
Quote: starts DRAFT
  change: DRAFT, IN_APPROVAL, APPROVED -> DRAFT
  submit: DRAFT -> IN_APPROVAL
  approve: IN_APPROVAL -> APPROVED
  reject: IN_APPROVAL -> DRAFT
  withdraw: IN_APPROVAL -> DRAFT
  send: DRAFT, APPROVED -> SENT
  accept: SENT -> ACCEPTED
  decline: SENT -> DECLINED
  expire: SENT -> EXPIRED
  revise: SENT, DECLINED, EXPIRED -> REPLACED
"""
ENTITIES: dict[str, type[Any]] = {each.__name__: each for each in (Lead, Opportunity, Order, Quote)}


def blocks(text: str) -> dict[str, list[str]]:
    """The lines of each entity."""
    found: dict[str, list[str]] = {}
    for line in filter(str.strip, text.splitlines()):
        if not line.startswith(" "):
            found[line.partition(":")[0]] = lines = []
        lines.append(line)
    return found


def allowed() -> dict[tuple[str, str, str], str]:
    """Where entity, verb and state lead, read from the table."""
    found: dict[tuple[str, str, str], str] = {}
    for entity, (_, *lines) in blocks(TABLE).items():
        for line in lines:
            verb, _, rest = line.strip().partition(": ")
            sources, _, target = rest.partition(" -> ")
            found |= {(entity, verb, source): target for source in sources.split(", ")}
    return found


def every_verb_in_every_state() -> Iterator[tuple[str, str, enum.Enum]]:
    for name, entity in ENTITIES.items():
        chart: StateChart[Any] = entity.states
        yield from ((name, verb, state) for verb in chart.verbs for state in type(chart.initial))


def test_what_is_printed_is_the_table() -> None:
    printed = CliRunner().invoke(main, ["--plugins", "sfa", "docs", "states", "sfa"])

    assert printed.exit_code == 0, printed.output
    assert blocks(printed.output) == blocks(TABLE)


@pytest.mark.parametrize(("entity", "verb", "state"), [*every_verb_in_every_state()])
def test_a_verb_leads_where_the_table_says_or_is_refused(entity: str, verb: str, state: enum.Enum) -> None:
    target = allowed().get((entity, verb, state.name))
    chart: StateChart[Any] = ENTITIES[entity].states

    if target is not None:
        assert chart.after(verb, state, of="It").name == target
    else:
        with pytest.raises(chart.refusal):
            chart.after(verb, state, of="It")


@pytest.mark.parametrize("state", ["OPEN", "WON", "LOST"])
@pytest.mark.parametrize("verb", ["moveTo", "split", "win", "lose", "reopen"])
def test_an_opportunity_goes_by_the_table(verb: str, state: str) -> None:
    deal = deal_that_is(state)
    before = {column.key: getattr(deal, column.key) for column in Opportunity.__table__.columns}

    if ("Opportunity", verb, state) in allowed():
        act(deal, verb)
        assert deal.state.name == allowed()["Opportunity", verb, state]
        return
    with pytest.raises(kehu.Refusal) as refusal:
        act(deal, verb)
    assert refusal.value.errors[0].code == ("OPPORTUNITY_OPEN" if state == "OPEN" else "OPPORTUNITY_CLOSED")
    assert {column.key: getattr(deal, column.key) for column in Opportunity.__table__.columns} == before


def deal_that_is(state: str) -> Opportunity:
    stages = make_stages()
    deal = make_opportunity(stages.qualified)
    if state == "WON":
        deal.win(stages.won, at=NOON, on=date(2026, 3, 2))
    if state == "LOST":
        deal.lose(stages.lost, reason="PRICE", at=NOON)
    return deal


def act(deal: Opportunity, verb: str) -> None:
    stages = make_stages(deal.pipeline_id)
    if verb == "moveTo":
        deal.move_to(stages.proposal, at=NOON)
    elif verb == "split":
        deal.check_verb("split")
    elif verb == "win":
        deal.win(stages.won, at=NOON)
    elif verb == "lose":
        deal.lose(stages.lost, reason="PRICE", at=NOON)
    else:
        deal.reopen(stages.qualified, at=NOON)
