"""A database that is lent again is as its template, whatever the test before did to it."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from tests.lending import Lending
from tests.postgres import Postgres, connect

pytestmark = pytest.mark.postgresql

TABLES = (
    "CREATE TABLE customer (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)",
    "CREATE TABLE deal (id integer PRIMARY KEY, customer_id integer REFERENCES customer)",
    "INSERT INTO customer (name) VALUES ('Liu Hong')",
)


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    """What the last statement gives."""
    with connect(sa.make_url(url)) as connection:
        for statement in statements:
            result = connection.execute(statement)
        return result.fetchall() if result.description else []


@pytest.fixture
def lending(postgres: Postgres) -> Lending:
    return Lending(postgres)


@pytest.fixture
def template(lending: Lending) -> str:
    url = lending.template()
    run(url, *TABLES)
    return url


def oid_of(url: str) -> object:
    return run(url, "SELECT oid FROM pg_database WHERE datname = current_database()")


def lent_again(lending: Lending, template: str, *statements: str) -> tuple[str, bool]:
    """The database after somebody else had it, and whether it is still the same one."""
    url = lending.take("a")
    lending.fill(url, template)
    before = oid_of(url)
    run(url, *statements)
    lending.give_back(url)
    assert lending.take("a") == url
    lending.fill(url, template)
    return url, oid_of(url) == before


def test_rows_and_sequences_are_put_back(lending: Lending, template: str) -> None:
    url, is_same = lent_again(
        lending,
        template,
        "INSERT INTO customer (name) VALUES ('Wang Fang')",
        "INSERT INTO deal VALUES (1, 2)",
        "UPDATE customer SET name = 'changed'",
    )
    assert is_same
    assert run(url, "SELECT id, name FROM customer") == [(1, "Liu Hong")]
    assert run(url, "SELECT * FROM deal") == []
    assert run(url, "INSERT INTO customer (name) VALUES ('new') RETURNING id") == [(2,)]


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE another (id integer)",
        "DROP TABLE deal",
        "ALTER TABLE customer ADD COLUMN age integer",
        "ALTER TABLE customer ALTER COLUMN name SET NOT NULL",
        "CREATE INDEX by_name ON customer (name)",
        "ALTER TABLE deal DROP CONSTRAINT deal_customer_id_fkey",
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_a_changed_schema_is_made_anew(lending: Lending, template: str, change: str) -> None:
    url, is_same = lent_again(lending, template, change)
    assert not is_same
    assert run(url, "SELECT id, name FROM customer") == [(1, "Liu Hong")]
    assert run(url, "SELECT customer_id FROM deal") == []


def test_connections_that_were_left_open_are_ended(lending: Lending, template: str) -> None:
    url = lending.take("a")
    lending.fill(url, template)
    with connect(sa.make_url(url)) as left_open:
        left_open.execute("BEGIN")
        left_open.execute("DELETE FROM customer")
        lending.give_back(url)
        lending.fill(lending.take("a"), template)
        with pytest.raises(psycopg.OperationalError):
            left_open.execute("SELECT 1")
    assert run(url, "SELECT id, name FROM customer") == [(1, "Liu Hong")]


def test_another_template_is_copied(lending: Lending, template: str) -> None:
    url = lending.take("a")
    lending.fill(url, template)
    lending.give_back(url)

    other = lending.template()
    run(other, "CREATE TABLE ticket (id integer)")
    lending.fill(lending.take("a"), other)

    assert run(url, "SELECT * FROM ticket") == []
    with pytest.raises(psycopg.errors.UndefinedTable):
        run(url, "SELECT * FROM customer")
