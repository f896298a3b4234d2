"""How much of the tests a run does: `KEHU_TEST_DEPTH` is 1 in CI, where each minute counts, and 10 in `nox -s deep`.

At depth 1 a test that could run on both databases mostly runs on one of them, always the same: the name of the test
decides. Both are for what a database could do otherwise (the kernel, locks, ledgers, reports), and for one path through
each noun, its `test_api.py`.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

DEPTH = int(os.environ.get("KEHU_TEST_DEPTH", "1"))
IS_DEEP = DEPTH > 1

DATABASES = ("sqlite", "postgresql")
ON_BOTH = (
    "tests/kehu/ops/backups",
    "tests/kehu/kernel/db",
    "tests/kehu/platform/outbox",
    "tests/kehu/platform/idempotency",
    "tests/kehu/platform/jobs",
    "tests/kehu/ops/migrations",
    "tests/kehu/kernel/reading",
    "tests/kehu/kernel/writing",
    "tests/kehu_graphql/access",
    "tests/kehu_graphql/compiled",
    "tests/kehu_graphql/mutations",
    "tests/kehu_partner_inventory/credit",
    "tests/kehu_partner_inventory/funds",
    "tests/kehu_partner_inventory/proof",
    "tests/kehu_partner_inventory/reservations",
    "tests/kehu_partner_inventory/stock",
    "tests/kehu_sfa/reports",
    "tests/repository",
)
PATH_OF_A_NOUN = "test_api.py"


def times(number: int) -> int:
    """So many examples, rows, kills or random steps, times the depth."""
    return number * DEPTH


def chosen(items: Sequence[pytest.Item], root: Path) -> Iterator[pytest.Item]:
    """The tests that run: all that are on one database only, all of ON_BOTH, and one of each other pair."""
    of_database = {item: _database_and_name(item) for item in items}
    known = set(of_database.values())
    for item, (database, name) in of_database.items():
        has_other = all((each, name) in known for each in DATABASES)
        if IS_DEEP or not has_other or _is_on_both(item, root) or database == _database_of(name):
            yield item


def _database_and_name(item: pytest.Item) -> tuple[str, str]:
    """The database of a test, if one is among its parameters, and its name without that."""
    parts = item.nodeid.replace("[", "[-").replace("]", "-]").split("-")
    database = next((part for part in parts if part in DATABASES), "")
    return database, "-".join(part for part in parts if part != database)


def _database_of(name: str) -> str:
    return DATABASES[zlib.crc32(name.encode()) % len(DATABASES)]


def _is_on_both(item: pytest.Item, root: Path) -> bool:
    path = item.path.relative_to(root)
    return path.name == PATH_OF_A_NOUN or path.as_posix().startswith(tuple(f"{each}/" for each in ON_BOTH))
