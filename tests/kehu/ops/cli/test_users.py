from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.kehu.ops.cli.conftest import Kehu

PASSWORD = "correct horse battery"
ADD = ("--plugins", "core", "user", "add", "Li Na", "--email", "Li.Na@Example.com")


def test_a_user_is_added_with_a_password_and_roles(kehu: Kehu, database_url: str) -> None:
    kehu("--plugins", "core", "db", "upgrade")

    result = kehu(*ADD, "--role", "Administrator", stdin=f"{PASSWORD}\n{PASSWORD}\n")

    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "Added Li Na <li.na@example.com>.")
    (user,) = rows(database_url, "SELECT name, email, password_hash FROM core_user")
    assert (user.name, user.email, user.password_hash[:10]) == ("Li Na", "li.na@example.com", "$argon2id$")
    assert [row.name for row in rows(database_url, ROLES)] == ["Administrator"]
    assert PASSWORD not in result.output


def test_a_script_gives_the_password_on_standard_input(kehu: Kehu, database_url: str) -> None:
    kehu("--plugins", "core", "db", "upgrade")

    result = kehu(*ADD, "--password-stdin", stdin=f"{PASSWORD}\n")

    assert result.exit_code == 0
    assert len(rows(database_url, "SELECT 1 FROM core_user")) == 1


def test_a_refused_user_leaves_nothing_behind(kehu: Kehu, database_url: str) -> None:
    kehu("--plugins", "core", "db", "upgrade")
    stdin = f"{PASSWORD}\n"

    unknown_role = kehu(*ADD, "--role", "Administrater", "--password-stdin", stdin=stdin)
    unknown_team = kehu(*ADD, "--team", "North", "--password-stdin", stdin=stdin)
    weak = kehu(*ADD, "--password-stdin", stdin="1234\n")
    silent = kehu(*ADD, "--password-stdin", stdin="")

    assert "There is no role 'Administrater'; there are: Administrator, " in unknown_role.stderr
    assert "There is no team 'North'; there are: none." in unknown_team.stderr
    assert "A password needs at least 10 characters." in weak.stderr
    assert [each.exit_code for each in (unknown_role, unknown_team, weak, silent)] == [1, 1, 1, 1]
    assert rows(database_url, "SELECT 1 FROM core_user") == []


def test_accounts_are_managed_from_the_command_line(kehu: Kehu, database_url: str) -> None:
    email, user = "li.na@example.com", ("--plugins", "core", "user")
    kehu("--plugins", "core", "db", "upgrade")
    kehu(*ADD, "--password-stdin", stdin=f"{PASSWORD}\n")
    (before,) = rows(database_url, "SELECT password_hash FROM core_user")

    given = kehu(*user, "role", email, "Administrator")
    again = kehu(*user, "role", email, "Administrator")
    last = [kehu(*user, "disable", email), kehu(*user, "role", email, "Administrator", "--remove")]
    changed = kehu(*user, "password", email, "--password-stdin", stdin="another long one\n")
    listed = kehu(*user, "list")

    assert [each.exit_code for each in (given, again, changed, listed)] == [0, 0, 0, 0]
    assert [each.exit_code for each in last] == [1, 1]
    assert all("Nobody would be left who can manage users and roles" in each.stderr for each in last)
    assert listed.stdout == "Li Na  <li.na@example.com>  Administrator\n"
    assert rows(database_url, "SELECT password_hash FROM core_user") != [before]


def test_who_is_disabled_is_enabled_again(kehu: Kehu, database_url: str) -> None:
    email, user = "li.na@example.com", ("--plugins", "core", "user")
    kehu("--plugins", "core", "db", "upgrade")
    kehu(*ADD, "--password-stdin", stdin=f"{PASSWORD}\n")

    kehu(*user, "disable", email)
    assert kehu(*user, "list").stdout == "Li Na  <li.na@example.com>  disabled\n"
    kehu(*user, "enable", email)
    assert [row.is_active for row in rows(database_url, "SELECT is_active FROM core_user")] == [1]
    assert kehu(*user, "disable", "nobody@example.com").exit_code == 1


def test_an_address_is_used_once(kehu: Kehu, database_url: str) -> None:
    kehu("--plugins", "core", "db", "upgrade")
    kehu(*ADD, "--password-stdin", stdin=f"{PASSWORD}\n")

    again = kehu(*ADD, "--password-stdin", stdin=f"{PASSWORD}\n")

    assert again.exit_code == 1
    assert "Traceback" not in again.stderr
    assert len(rows(database_url, "SELECT 1 FROM core_user")) == 1


ROLES = "SELECT core_role.name FROM core_role JOIN core_role_assignment ON core_role.id = core_role_assignment.role_id"


def rows(database_url: str, statement: str) -> list[Any]:
    """What the database has, asked without kehu."""
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(statement).all()
    engine.dispose()
    return list(found)
