from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.kehu.ops.cli.conftest import Kehu, invoke


def test_upgrade_makes_the_tables_and_the_roles(kehu: Kehu) -> None:
    first, second = kehu("--plugins", "core", "db", "upgrade"), kehu("--plugins", "core", "db", "upgrade")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert re.fullmatch(r"(Upgraded core \d{4}: .+\n)+The database is up to date\.\n", first.stdout)
    assert second.stdout == "The database is up to date.\n"
    assert (
        "Administrator"
        in kehu("user", "add", "Li", "--email", "li@example.com", "--role", "X", stdin=TWICE).stderr
    )


def test_plan_shows_what_is_pending(kehu: Kehu) -> None:
    before = kehu("--plugins", "core,sfa", "db", "plan")
    kehu("--plugins", "core", "db", "upgrade")
    between = kehu("--plugins", "core,sfa", "db", "plan")
    kehu("--plugins", "core,sfa", "db", "upgrade")
    after = kehu("--plugins", "core,sfa", "db", "plan")

    assert re.search(
        r"core: not in the database yet, \d+ pending\n  0001  \w.*\n.*sfa: not", before.stdout, re.DOTALL
    )
    assert re.search(
        r"core: at \d{4}, none pending\nsfa: not in the database yet, \d+ pending\n", between.stdout
    )
    assert re.fullmatch(
        r"core: at \d+, none pending\nsfa: at \d+, none pending\nNothing to do\.\n", after.stdout
    )


def test_check_fails_until_the_database_fits(kehu: Kehu) -> None:
    before = kehu("--plugins", "core", "db", "check")
    kehu("--plugins", "core", "db", "upgrade")
    after = kehu("--plugins", "core", "db", "check")

    assert before.exit_code == 1
    assert "run `kehu db upgrade`" in before.stderr
    assert (after.exit_code, after.stdout) == (0, "The database fits the code.\n")


def test_a_downgrade_asks_first(kehu: Kehu) -> None:
    kehu("--plugins", "core,sfa", "db", "upgrade")

    asked = kehu("--plugins", "core,sfa", "db", "downgrade", "sfa", stdin="n\n")
    assert asked.exit_code == 1
    assert "This drops all of its tables and what is in them of plugin 'sfa'" in asked.stdout
    assert "sfa: at" in kehu("--plugins", "core,sfa", "db", "plan").stdout

    agreed = kehu("--plugins", "core,sfa", "db", "downgrade", "sfa", "--yes")
    assert agreed.exit_code == 0
    assert "Took back sfa 0001" in agreed.stdout
    assert "sfa: not in the database yet" in kehu("--plugins", "core,sfa", "db", "plan").stdout


def test_a_revision_is_written_only_for_a_difference(folder: Path) -> None:
    result = invoke("db", "revision", "sfa", "-m", "Nothing new")

    assert result.exit_code == 0
    assert (
        result.stdout
        == "The revisions of plugin 'sfa' make all that its code has; there is nothing to write.\n"
    )
    assert not list(folder.glob("*.db"))


def test_commands_on_a_database_without_tables_say_what_to_do(kehu: Kehu) -> None:
    result = kehu("--plugins", "core", "user", "add", "Li", "--email", "li@example.com", stdin=TWICE)

    assert result.exit_code == 1
    assert re.search(
        r"The database lacks \d+ revision\(s\) of plugin 'core' .*run `kehu db upgrade`", result.stderr
    )


def test_errors_of_the_database_that_are_bugs_are_not_hidden(kehu: Kehu, database_url: str) -> None:
    kehu("--plugins", "core", "db", "upgrade")
    sync = sa.create_engine(database_url)
    with sync.begin() as connection:
        connection.exec_driver_sql("DROP TABLE core_role_assignment")
        connection.exec_driver_sql("ALTER TABLE core_role RENAME TO core_role_elsewhere")
    sync.dispose()

    result = kehu("--plugins", "core", "db", "upgrade")

    assert isinstance(result.exception, sa.exc.DBAPIError)


def test_logs_are_json_with_the_request_when_nobody_watches(
    kehu: Kehu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEHU_LOG_LEVEL", "DEBUG")

    lines = kehu("--plugins", "core", "db", "plan").stderr.splitlines()

    records = [json.loads(line) for line in lines]
    assert records
    assert len({record["request_id"] for record in records}) == 1
    assert {"event", "level", "timestamp", "logger"} <= records[0].keys()


TWICE = "correct horse battery\ncorrect horse battery\n"
