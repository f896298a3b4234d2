"""Each day and moment that can be written has its rule: it ends a span, it has happened, or it may be any."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import pytest

from kehu.kernel.composition import ColumnDefinition, EntityDefinition
from kehu.kernel.writing.changes import Change
from kehu.kernel.writing.checks import check_values
from tests.templates import composed

PLUGINS = ("core", "sfa", "partner_inventory")
# Pairs with a rule of their own, by the code that it refuses with.
RULED = {
    ("ContactRole", "fromOn", "untilOn"): "INVALID",
    ("Interaction", "startedAt", "endedAt"): "INVALID",
    ("Opportunity", "openedOn", "closedOn"): "CLOSED_BEFORE_OPENED",
    ("Absence", "fromOn", "untilOn"): "OUT_OF_RANGE",
    ("TaxRate", "validFromOn", "validUntilOn"): "IMPOSSIBLE_TAX_RATE",
    ("CommissionPlan", "validFromOn", "validUntilOn"): "IMPOSSIBLE_COMMISSION_PLAN",
    ("RebateProgramme", "fromOn", "untilOn"): "IMPOSSIBLE_REBATE",
    ("Lot", "madeOn", "expiresOn"): "OUT_OF_RANGE",
    ("PartnerTarget", "fromOn", "untilOn"): "IMPOSSIBLE_TARGET",
    ("MarketFund", "fromOn", "untilOn"): "IMPOSSIBLE_FUND",
}
# Pairs of which neither bounds the other, and why.
FREE = {
    (
        "ContactPoint",
        "verifiedAt",
        "invalidSince",
    ): "what was invalid may be verified again, and the other way round",
    ("Interaction", "plannedFor", "dueAt"): "a plan may be late already",
    ("Interaction", "plannedFor", "startedAt"): "what is planned may begin earlier or later",
    ("Interaction", "plannedFor", "endedAt"): "as it may begin",
    ("Interaction", "dueAt", "startedAt"): "it may be late",
    ("Interaction", "dueAt", "endedAt"): "it may be late",
    ("Opportunity", "openedOn", "nextStepOn"): "a step may lead to the engagement",
    ("Opportunity", "expectedCloseOn", "closedOn"): "customers decide when they like",
    ("Opportunity", "expectedCloseOn", "nextStepOn"): "a step may follow the decision",
    ("Opportunity", "closedOn", "nextStepOn"): "a step may be left over",
}
COMPOSITION = composed(*PLUGINS)


def written(entity: EntityDefinition) -> list[ColumnDefinition]:
    """The days and moments that somebody may write."""
    verbs = {"create": "create", "update": "update"}
    return [
        column
        for column in entity.columns.values()
        if column.kind in (date, datetime)
        and column.options.expose
        and any(verb in entity.operations and getattr(column.options, name) for verb, name in verbs.items())
        and column.attribute not in ("created_at", "updated_at", "archived_at")
    ]


def pairs() -> list[tuple[str, str, str]]:
    """Every two of them that belong to the same record, in the order in which they stand there."""
    return [
        (entity.name, first.name, last.name)
        for entity in COMPOSITION.entities.values()
        for first, last in combinations(written(entity), 2)
    ]


def declared(name: str, first: str, last: str) -> bool:
    """Whether one of them is declared to be no earlier than the other."""
    columns = {column.name: column for column in COMPOSITION.by_name[name].columns.values()}
    ends, starts = columns[last], columns[first]
    return ends.options.not_before == starts.attribute or starts.options.not_before == ends.attribute


def test_every_pair_of_days_has_its_rule() -> None:
    found = pairs()
    sys.stdout.write(f"{len(found)} pairs of days and moments\n")
    assert [pair for pair in found if not (declared(*pair) or pair in RULED or pair in FREE)] == []
    assert (RULED.keys() | FREE.keys()) - set(found) == set()
    assert RULED.keys() & FREE.keys() == set()


def spans() -> list[tuple[type[Any], ColumnDefinition, ColumnDefinition]]:
    """Model, start and end of each span that a column declares."""
    return [
        (entity.model, entity.columns[column.options.not_before], column)
        for entity in COMPOSITION.entities.values()
        for column in entity.columns.values()
        if column.options.not_before
    ]


@pytest.mark.parametrize(
    ("model", "start", "end"), spans(), ids=lambda part: getattr(part, "name", None) or part.__name__
)
def test_a_span_ends_no_earlier_than_it_starts(
    model: type[Any], start: ColumnDefinition, end: ColumnDefinition
) -> None:
    moments = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2)]
    first, last = moments if start.kind is datetime else [moment.date() for moment in moments]
    assert ("ENDS_BEFORE_START", end.name) in _told(model, {start.attribute: last, end.attribute: first})
    for fine in ((first, last), (first, first), (None, last), (first, None)):
        said = _told(model, dict(zip((start.attribute, end.attribute), fine, strict=True)))
        assert ("ENDS_BEFORE_START", end.name) not in said


def _told(model: type[Any], values: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    change = Change(model(**values), "create", COMPOSITION.entities[model])
    return [(error.code, error.field) for error in check_values(change)]
