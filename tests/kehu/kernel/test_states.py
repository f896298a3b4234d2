"""State charts: one table for the code, the tests and the documentation."""

from __future__ import annotations

import enum

import pytest
from click.testing import CliRunner

from kehu.kernel.states import StateChart, Transition, WrongState
from kehu.ops.cli.root import main


class Light(enum.Enum):
    RED = "RED"
    GREEN = "GREEN"


CHART = StateChart("Light", Light.RED, [Transition("go", (Light.RED,), Light.GREEN)])


def test_a_verb_leads_to_the_state_of_the_table() -> None:
    assert CHART.after("go", Light.RED, of="The light") is Light.GREEN
    assert CHART.allows("go", Light.RED)


def test_what_the_table_does_not_have_is_refused() -> None:
    assert CHART.refused == [("go", Light.GREEN)]
    with pytest.raises(WrongState, match="The light is Green: that is not possible in this state"):
        CHART.after("go", Light.GREEN, of="The light")


def test_a_chart_is_shown_as_text_and_as_a_diagram() -> None:
    assert CHART.plain() == "Light: starts RED\n  go: RED -> GREEN"
    assert CHART.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> RED",
        "    RED --> GREEN: go",
        "    GREEN --> [*]",
    ]


def test_docs_states_prints_the_charts_of_a_plugin() -> None:
    printed = CliRunner().invoke(main, ["--plugins", "sfa", "docs", "states", "sfa", "--mermaid"])

    assert printed.exit_code == 0, printed.output
    assert "## Quote\n" in printed.output
    assert "    SENT --> ACCEPTED: accept\n" in printed.output
    assert "ApprovalStep" not in printed.output
