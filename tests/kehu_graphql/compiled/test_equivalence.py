"""A plan answers what graphql-core answers, byte by byte, or leaves it to graphql-core.

So many documents are tried with each seed and database, 500 times the depth of the tests; KEHU_SEED says which ones.
"""

from __future__ import annotations

import gc
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.access import Level
from kehu.kernel.ids import global_id
from kehu_graphql import Api
from kehu_graphql.compiled import encoded
from tests import deals
from tests.depth import times
from tests.kehu_graphql.compiled.documents import Document, Known, Writing
from tests.kehu_graphql.compiled.filling import WORDS, Keys, fill

COUNT = times(500)
FIXED_SEED = 20260302
RANDOM_SEED = int(os.environ.get("KEHU_SEED", random.SystemRandom().randint(1, 10**6)))

extras = kehu.Plugin("extras", requires=["core", "deals"])
extras.custom_field(kehu.Customer, "region", str, default="north")
extras.custom_field(kehu.Customer, "is_partner", bool)
extras.custom_field(kehu.Customer, "headcount", int)
extras.custom_field(kehu.Customer, "turnover", Decimal)
extras.custom_field(kehu.Customer, "secret_rate", Decimal, read="extras.rate:read")
extras.permission("rate:read", "See the secret rate.")


class Both:
    """One Api, and the same question to both executors."""

    def __init__(self, api: Api, keys: Keys) -> None:
        self.api, self.schema = api, api.schema._schema
        entities = api.app.composition.entities
        ids = {
            e.name: [global_id(e.name, key) for key in keys[e.model.__tablename__]] for e in entities.values()
        }
        targets = {("Query", e.singular): e.name for e in entities.values()}
        for entity in entities.values():
            for attribute in api.app.catalogue[entity.model].by_name.values():
                if attribute.target is not None:
                    targets[f"{entity.name}Filter", attribute.name] = entities[attribute.target].name
        self.known = Known(ids, targets, WORDS)
        self.outcomes: Counter[str] = Counter()
        self.users, self.teams = keys["core_user"], keys["core_team"]

    def principal(self, chance: random.Random) -> kehu.Principal:
        """Somebody with rights at random; every second one may see everything."""
        if chance.random() < 0.5:
            return kehu.SYSTEM
        levels = [Level.NONE, Level.OWN, Level.TEAM, Level.SUBTREE, Level.ALL, Level.ALL]
        entities = self.api.app.composition.entities.values()
        grants = {entity.permission("read"): chance.choice(levels) for entity in entities}
        return kehu.Principal(
            chance.choice(self.users),
            "Somebody",
            teams=tuple(self.teams[: chance.randint(0, 2)]),
            subtree=tuple(self.teams[: chance.randint(2, 4)]),
            grants=grants,
            time_zone="Asia/Shanghai",
        )

    async def ask(self, document: Document, principal: kehu.Principal) -> None:
        """Compare the answers. Fails with everything that is needed to ask again."""
        async with self.api.app.context(principal) as ctx:
            planned = await self.api.plans.answer(ctx, document.text, document.variables, None)
        async with self.api.app.context(principal) as ctx:
            result: Any = await self.api.schema.execute(
                document.text, variable_values=document.variables, context_value=ctx
            )
        if result.errors:
            code = (result.errors[0].extensions or {}).get("code")
            assert code != "GRAPHQL_VALIDATION_FAILED", (document, result.errors[0])
            assert planned is None, (document.text, result.errors)
            self.outcomes[f"error {code}"] += 1
            return
        if planned is None:
            self.outcomes["not planned"] += 1
            print(document.text)  # noqa: T201  # what is not covered
            return
        expected = encoded({"data": result.data})
        if planned != expected:
            pytest.fail(f"{document}\n{principal}\n{_difference(planned, expected)}", pytrace=False)
        self.outcomes["same"] += 1
        self._remember_cursors(result.data)

    def _remember_cursors(self, data: Any) -> None:
        if isinstance(data, Mapping):
            for name, value in data.items():
                if isinstance(value, str) and "ursor" in name:
                    self.known.cursors = [*self.known.cursors[-40:], value]
                self._remember_cursors(value)
        elif isinstance(data, list):
            for item in data:
                self._remember_cursors(item)


def _difference(one: bytes, other: bytes) -> str:
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"{one[max(0, place - 200) : place + 80]!r} is not {other[max(0, place - 200) : place + 80]!r}"


@pytest.fixture(scope="module")
async def both(shared_database_url: str) -> AsyncIterator[Both]:
    app = kehu.App([*kehu.installed(), deals.plugin, extras], shared_database_url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
        if app.is_postgresql:
            await connection.execute(sa.text("SET session_replication_role = replica"))
    keys = await fill(app, random.Random(1))
    yield Both(Api(app), keys)
    await app.close()


# graphql-core leaves the coroutines of other fields alone when one of them fails.
@pytest.mark.filterwarnings(
    "ignore:coroutine:RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("seed", [FIXED_SEED, RANDOM_SEED], ids=["fixed", "random"])
async def test_a_plan_answers_what_graphql_core_answers(both: Both, seed: int) -> None:
    print(f"KEHU_SEED={seed}, {COUNT} documents")  # noqa: T201  # how to ask the same again
    chance = random.Random(seed)
    entities = both.api.app.composition.entities.values()
    query = both.schema.query_type
    assert query is not None
    roots = [e.plural for e in entities if "list" in e.operations]
    roots += [e.singular for e in entities if "get" in e.operations]
    roots += ["node"] * 4 + ["nodes"] * 2
    roots += 4 * [name for name in query.fields if name not in roots and not name.endswith("Aggregate")]
    roots += [f"{e.plural}Aggregate" for e in entities if "aggregate" in e.operations]
    both.outcomes.clear()
    for _ in range(COUNT):
        writing = Writing(both.schema, chance, both.known)
        await both.ask(writing.document(roots), both.principal(chance))
    print(dict(both.outcomes))  # noqa: T201  # how much was compared
    # Here, where their warnings are ignored, not in the middle of another test.
    gc.collect()
    assert both.outcomes["same"] >= COUNT // 2, both.outcomes
    # Every field of every type is covered; only what goes wrong is left to graphql-core.
    answered = both.outcomes["same"] + both.outcomes["not planned"]
    assert both.outcomes["same"] >= 0.98 * answered, both.outcomes
