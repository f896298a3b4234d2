"""The state charts of approvals: every verb that the table does not allow is refused."""

from __future__ import annotations

from typing import Any

import pytest

from kehu.business.approvals.models import (
    REQUEST_STATES,
    STEP_STATES,
    ApprovalClosed,
    ApprovalRequest,
    ApprovalStep,
)
from kehu.kernel.states import StateChart

CHARTS: list[tuple[StateChart[Any], type[Any]]] = [
    (REQUEST_STATES, ApprovalRequest),
    (STEP_STATES, ApprovalStep),
]
REFUSED = [(chart, verb, state) for chart, _ in CHARTS for verb, state in chart.refused]


@pytest.mark.parametrize(
    ("chart", "verb", "state"), REFUSED, ids=[f"{c.entity}-{v}-{s.name}" for c, v, s in REFUSED]
)
def test_what_the_chart_does_not_allow_is_refused(chart: StateChart[Any], verb: str, state: Any) -> None:
    with pytest.raises(ApprovalClosed):
        chart.after(verb, state, of="New press")


@pytest.mark.parametrize(("chart", "model"), CHARTS, ids=lambda each: getattr(each, "entity", ""))
def test_every_entity_shows_its_chart(chart: StateChart[Any], model: type[Any]) -> None:
    assert model.states is chart
    assert f"[*] --> {chart.initial.name}" in chart.mermaid()
    assert all(f"  {verb}: " in chart.plain() for verb in chart.verbs)
