"""By hand: SQL of one's own, rows of the driver made into dictionaries, orjson; asyncpg, or sqlite3 in the loop."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson

from benchmarks.contestants.serving import DATABASE, POOL, address, answering, cursor, new_key, serve

ON_SQLITE = DATABASE.startswith("sqlite")
ID = "{}" if ON_SQLITE else "{}::text"
PLACE = "?{}" if ON_SQLITE else "${}"
ALIVE = "archived_at IS NULL"


def _id(column: str) -> str:
    return ID.format(column)


def _p(number: int) -> str:
    return PLACE.format(number)


EIGHT = f'{_id("id")} AS id, name, kind, industry, website, country, created_at AS "createdAt", version'
SQL = {
    "Q1": f"SELECT {EIGHT} FROM core_customer WHERE industry = {_p(1)} AND {ALIVE} "
    f"ORDER BY name, core_customer.id LIMIT {_p(2)}",
    "Q2": f"SELECT {_id('c.id')} AS id, c.name, {_id('u.id')} AS uid, u.name AS uname FROM core_customer c "
    f"LEFT JOIN core_user u ON u.id = c.owner_id WHERE c.country = {_p(1)} AND c.archived_at IS NULL "
    f"ORDER BY c.name, c.id LIMIT {_p(2)}",
    "Q3": f"SELECT {EIGHT} FROM core_customer WHERE id = {_p(1)}" + ("" if ON_SQLITE else "::uuid"),
    "Q5": f'SELECT {_id("id")} AS id, name, kind, industry, website, country, {_id("owner_id")} AS "ownerId", '
    f'created_at AS "createdAt", updated_at AS "updatedAt", version FROM core_customer WHERE {ALIVE} '
    f"ORDER BY name, core_customer.id LIMIT {_p(1)}",
    "interactions": f'SELECT {_id("id")} AS id, kind, created_at AS "createdAt", subject FROM core_interaction '
    f"WHERE customer_id = {_p(1)}{'' if ON_SQLITE else '::uuid'} AND {ALIVE} "
    f"ORDER BY created_at DESC, core_interaction.id DESC LIMIT {_p(2)}",
}


def many(table: str, columns: str) -> str:
    """The first children of many parents."""
    if ON_SQLITE:
        return (
            f"SELECT x.customer_id, {columns} FROM json_each(?1) k CROSS JOIN {table} x ON x.id IN ("
            f"SELECT id FROM {table} WHERE customer_id = k.value AND {ALIVE} "
            f"ORDER BY created_at DESC, id DESC LIMIT ?2) "
            "ORDER BY x.created_at DESC, x.id DESC"
        )
    return (
        f"SELECT k.id::text, x.* FROM unnest($1::uuid[]) k(id), LATERAL (SELECT {columns} FROM {table} x "
        f"WHERE customer_id = k.id AND {ALIVE} ORDER BY created_at DESC, x.id DESC LIMIT $2) x"
    )


INTERACTIONS = many("core_interaction", f"{_id('x.id')}, x.kind, x.created_at, x.subject")
OPPORTUNITIES = many("sfa_opportunity", f"{_id('x.id')}, x.name, x.amount" + ("" if ON_SQLITE else "::text"))


class Postgres:
    """asyncpg, whose pool resets nothing."""

    def __init__(self) -> None:
        self._pool: Any = None

    async def fetch(self, sql: str, *values: Any) -> Any:
        """All rows."""
        if self._pool is None:
            self._pool = await asyncpg.create_pool(**address(), min_size=POOL, max_size=POOL, reset=_nothing)
        async with self._pool.acquire() as connection:
            return await connection.fetch(sql, *values)

    async def write(self, values: dict[str, Any]) -> dict[str, Any]:
        """An interaction, its audit and its event, in one transaction."""
        await self.fetch("SELECT 1")
        now, key = datetime.now(UTC), new_key()
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                "INSERT INTO core_interaction (id, version, created_at, updated_at, custom, customer_id, kind,"
                " direction, status, subject, body) VALUES ($1, 1, $2, $2, '{}', $3::uuid, $4, 'OUT', 'DONE', $5, $6)"
                ' RETURNING id::text, kind, created_at AS "createdAt", subject',
                key, now, values["customerId"], values["kind"], values["subject"], values["body"],
            )  # fmt: skip
            shown = dict(row)
            await connection.execute(
                "INSERT INTO bench_audit (id, at, record, change) VALUES ($1, $2, $3, $4)",
                new_key(), now, key, orjson.dumps(shown).decode(),
            )  # fmt: skip
            await connection.execute(
                "INSERT INTO bench_outbox (id, at, topic, content) VALUES ($1, $2, $3, $4)",
                new_key(), now, "interaction.created", orjson.dumps(shown).decode(),
            )  # fmt: skip
        return shown


class Sqlite:
    """sqlite3 where we are."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(
            DATABASE.removeprefix("sqlite:///"), isolation_level=None, cached_statements=500
        )
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    async def fetch(self, sql: str, *values: Any) -> Any:
        """All rows."""
        return self._connection.execute(sql, values).fetchall()

    async def write(self, values: dict[str, Any]) -> dict[str, Any]:
        """An interaction, its audit and its event, in one transaction."""
        now, key, run = datetime.now(UTC).isoformat(" "), new_key().hex, self._connection.execute
        run("BEGIN IMMEDIATE")
        run(
            "INSERT INTO core_interaction (id, version, created_at, updated_at, custom, customer_id, kind, direction,"
            " status, subject, body) VALUES (?1, 1, ?2, ?2, '{}', ?3, ?4, 'OUT', 'DONE', ?5, ?6)",
            (
                key,
                now,
                values["customerId"].replace("-", ""),
                values["kind"],
                values["subject"],
                values["body"],
            ),
        )
        shown = {"id": key, "kind": values["kind"], "createdAt": now, "subject": values["subject"]}
        told = orjson.dumps(shown).decode()
        run("INSERT INTO bench_audit VALUES (?, ?, ?, ?)", (new_key().hex, now, key, told))
        run("INSERT INTO bench_outbox VALUES (?, ?, ?, ?)", (new_key().hex, now, "interaction.created", told))
        run("COMMIT")
        return shown


database: Postgres | Sqlite = Sqlite() if ON_SQLITE else Postgres()


def _key(given: str) -> str:
    return given.replace("-", "") if ON_SQLITE else given


async def _q1(v: dict[str, Any]) -> Any:
    first = v["first"]
    rows = await database.fetch(SQL["Q1"], v["industry"], first + 1)
    nodes = [dict(row) for row in rows[:first]]
    ends = (nodes[0], nodes[-1]) if nodes else ()
    start, end = (cursor(node["name"], node["id"]) for node in ends) if ends else (None, None)
    page = {
        "hasNextPage": len(rows) > first,
        "hasPreviousPage": False,
        "startCursor": start,
        "endCursor": end,
    }
    return {"customers": {"nodes": nodes, "pageInfo": page}}


async def _q2(v: dict[str, Any]) -> Any:
    rows = await database.fetch(SQL["Q2"], v["country"], v["first"])
    keys = [row[0] for row in rows]
    interactions: dict[str, list[Any]] = {key: [] for key in keys}
    opportunities: dict[str, list[Any]] = {key: [] for key in keys}
    asked: Any = orjson.dumps(keys).decode() if ON_SQLITE else keys
    for row in await database.fetch(INTERACTIONS, asked, 5):
        interactions[row[0]].append({"id": row[1], "kind": row[2], "createdAt": row[3], "subject": row[4]})
    for row in await database.fetch(OPPORTUNITIES, asked, 3):
        opportunities[row[0]].append({"id": row[1], "name": row[2], "amount": row[3]})
    nodes = [
        {
            "id": row[0],
            "name": row[1],
            "owner": {"id": row[2], "name": row[3]},
            "interactions": {"nodes": interactions[row[0]]},
            "opportunities": {"nodes": opportunities[row[0]]},
        }
        for row in rows
    ]
    return {"customers": {"nodes": nodes}}


async def _q3(v: dict[str, Any]) -> Any:
    key = _key(v["id"])
    rows = await database.fetch(SQL["Q3"], key)
    customer = dict(rows[0])
    found = await database.fetch(SQL["interactions"], key, 10)
    customer["interactions"] = {"nodes": [dict(row) for row in found]}
    return {"customer": customer}


async def _q4(v: dict[str, Any]) -> Any:
    return {"createInteraction": {"interaction": await database.write(v["input"])}}


async def _q5(v: dict[str, Any]) -> Any:
    return {"customers": {"nodes": [dict(row) for row in await database.fetch(SQL["Q5"], v["first"])]}}


_ANSWERS = {"Q1": _q1, "Q2": _q2, "Q3": _q3, "Q4": _q4, "Q5": _q5}


async def answer(question: str, variables: dict[str, Any]) -> bytes:
    """The answer to one question."""
    return orjson.dumps({"data": await _ANSWERS[question](variables)})


async def _nothing(connection: Any) -> None:
    """What the pool does to a connection that comes back."""


if __name__ == "__main__":
    serve(answering(answer))
