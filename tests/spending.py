"""What the tests of each folder took, in seconds of a core, beside what they may take; printed when a run is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.depth import IS_DEEP

LONGEST = 5
# Core-seconds on a quiet machine, at depth 1 and with those marked slow; CI's 40 minutes on two cores are 4,800.
BUDGETS = {
    "tests/kehu": 600,
    "tests/kehu_graphql": 900,
    "tests/kehu_partner_inventory": 700,
    "tests/kehu_sfa": 500,
    "tests/repository": 200,
    "tests/typing": 60,
}
FOR_OTHERS = 300


class Spending:
    """Adds up how long tests take, wherever they run."""

    def __init__(self) -> None:
        self._seconds, self._tests = Counter[str](), Counter[str]()
        self._of_test = Counter[str]()
        self._slow: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One of the three parts of a test is over."""
        folder = "/".join(report.nodeid.split("/")[:2])
        self._seconds[folder] += report.duration  # type: ignore[assignment]  # seconds have fractions
        self._tests[folder] += report.when == "call"
        self._of_test[report.nodeid] += report.duration  # type: ignore[assignment]
        if "slow" in report.keywords:
            self._slow.add(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print both tables, above the last line of a run."""
        if sum(self._seconds.values()) < 60:
            return
        terminalreporter.section("core-seconds, of how many")
        for line in [*self._folders(), *self._long()]:
            terminalreporter.write_line(line)

    def _folders(self) -> Iterator[str]:
        for folder, seconds in self._seconds.most_common():
            budget = BUDGETS.get(folder, FOR_OTHERS)
            over = "  over its budget" if seconds > budget and not IS_DEEP else ""
            yield f"{seconds:7.0f} {budget:7} {self._tests[folder]:6} tests  {folder}{over}"

    def _long(self) -> Iterator[str]:
        for name, seconds in self._of_test.most_common():
            if seconds > LONGEST and name not in self._slow:
                yield f"{seconds:7.1f} s, not marked slow: {name}"
