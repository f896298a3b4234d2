"""By hand, and in the database: one SQL statement gives the answer as JSON, which is passed on; PostgreSQL only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks.contestants.rows import ALIVE, Postgres
from benchmarks.contestants.serving import answering, cursor, new_key, serve

EIGHT = 'id, name, kind, industry, website, country, created_at AS "createdAt", version'


def _children(table: str, columns: str, count: int) -> str:
    return (
        f"json_build_object('nodes', coalesce((SELECT json_agg(x) FROM (SELECT {columns} FROM {table} "
        f"WHERE customer_id = c.id AND {ALIVE} ORDER BY created_at DESC, id DESC LIMIT {count}) x), '[]'))"
    )


INTERACTIONS = 'id, kind, created_at AS "createdAt", subject'
SQL = {
    "Q1": f"SELECT row_to_json(p)::text, p.name, p.id::text FROM (SELECT {EIGHT} FROM core_customer "
    f"WHERE industry = $1 AND {ALIVE} ORDER BY name, id LIMIT $2) p",
    "Q2": f"""SELECT '{{"data":{{"customers":{{"nodes":' || coalesce(json_agg(x)::text, '[]') || '}}}}}}' FROM (
        SELECT c.id, c.name, json_build_object('id', u.id, 'name', u.name) AS owner,
        {_children("core_interaction", INTERACTIONS, 5)} AS interactions,
        {_children("sfa_opportunity", "id, name, amount::text", 3)} AS opportunities
        FROM (SELECT id, name, owner_id FROM core_customer WHERE country = $1 AND {ALIVE} ORDER BY name, id LIMIT $2) c
        LEFT JOIN core_user u ON u.id = c.owner_id ORDER BY c.name, c.id) x""",
    "Q3": f"""SELECT '{{"data":{{"customer":' || coalesce((SELECT row_to_json(x) FROM (SELECT {EIGHT},
        {_children("core_interaction", INTERACTIONS, 10)} AS interactions
        FROM core_customer c WHERE id = $1::uuid) x)::text, 'null') || '}}}}'""",
    "Q5": f"""SELECT '{{"data":{{"customers":{{"nodes":' || coalesce(json_agg(x)::text, '[]') || '}}}}}}' FROM (
        SELECT id, name, kind, industry, website, country, owner_id AS "ownerId", created_at AS "createdAt",
        updated_at AS "updatedAt", version FROM core_customer WHERE {ALIVE} ORDER BY name, id LIMIT $1) x""",
    "Q4": """WITH i AS (INSERT INTO core_interaction (id, version, created_at, updated_at, custom, customer_id, kind,
        direction, status, subject, body) VALUES ($1, 1, $2, $2, '{}', $3::uuid, $4, 'OUT', 'DONE', $5, $6)
        RETURNING id, kind, created_at AS "createdAt", subject),
        a AS (INSERT INTO bench_audit SELECT $7, $2, id, row_to_json(i)::text FROM i),
        o AS (INSERT INTO bench_outbox SELECT $8, $2, 'interaction.created', row_to_json(i)::text FROM i)
        SELECT '{"data":{"createInteraction":{"interaction":' || row_to_json(i)::text || '}}}' FROM i""",
}
database = Postgres()


async def answer(question: str, v: dict[str, Any]) -> str:
    """The answer to one question."""
    if question == "Q1":
        return await _q1(v)
    if question == "Q4":
        given = v["input"]
        values = [
            new_key(),
            datetime.now(UTC),
            given["customerId"],
            given["kind"],
            given["subject"],
            given["body"],
        ]
        return str((await database.fetch(SQL["Q4"], *values, new_key(), new_key()))[0][0])
    values = (
        {"Q2": [v.get("country"), v["first"]], "Q5": [v["first"]]}.get(question)
        if question != "Q3"
        else [v["id"]]
    )
    assert values is not None
    return str((await database.fetch(SQL[question], *values))[0][0])


async def _q1(v: dict[str, Any]) -> str:
    first = v["first"]
    rows = await database.fetch(SQL["Q1"], v["industry"], first + 1)
    more, kept = str(len(rows) > first).lower(), rows[:first]
    start, end = (f'"{cursor(row[1], row[2])}"' for row in (kept[0], kept[-1])) if kept else ("null", "null")
    nodes = ",".join([row[0] for row in kept])
    page = f'{{"hasNextPage":{more},"hasPreviousPage":false,"startCursor":{start},"endCursor":{end}}}'
    return f'{{"data":{{"customers":{{"nodes":[{nodes}],"pageInfo":{page}}}}}}}'


if __name__ == "__main__":
    serve(answering(answer))
