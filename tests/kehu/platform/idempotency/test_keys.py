from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.idempotency.keys import KEYS
from kehu.platform.retention import clear_what_is_done
from kehu_graphql import Api
from tests.kehu.conftest import Clock
from tests.kehu.factories import changed, make_user, stored
from tests.kehu.platform.idempotency.till import Sale, Till, sales
from tests.kehu.platform.outbox.waiting import until

SELL = "mutation ($what: String!) { sell(what: $what) { result { id what } userErrors { code } } }"
BILL = """mutation { bill(what: "tea") {
  result { sale { what } total dueOn lines } userErrors { code } } }"""
TWO = """mutation { first: sell(what: "one") { result { what } userErrors { code } }
  second: sell(what: "two") { result { what } userErrors { code } } }"""
CREATE = """mutation ($name: String!) { createCustomer(input: {name: $name, kind: ORGANIZATION}) {
  customer { id name } userErrors { code } } }"""


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
async def app(database_url: str, clock: Clock, till: Till) -> AsyncIterator[kehu.App]:
    app = kehu.App([core, till.plugin], database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


@pytest.fixture
def api(app: kehu.App) -> Api:
    return Api(app)


async def sell(api: Api, what: str = "tea", key: str | None = "a", **options: Any) -> dict[str, Any]:
    return await api.execute(SELL, {"what": what}, idempotency_key=key, **options)


async def forget_answers(app: kehu.App) -> None:
    """As if the server had died between the commit and the answer."""
    async with app.engine.begin() as connection:
        await connection.execute(sa.delete(KEYS).where(KEYS.c.part == ""))


async def test_a_repeated_mutation_is_done_once_and_answered_the_same(
    app: kehu.App, api: Api, till: Till
) -> None:
    first = await sell(api)
    second = await sell(api)

    assert first == second
    assert first["data"]["sell"]["userErrors"] == []
    assert till.sold == 1
    assert await sales(app) == ["tea"]


async def test_without_a_key_it_is_done_again(app: kehu.App, api: Api) -> None:
    await sell(api, key=None)
    await sell(api, key=None)

    assert await sales(app) == ["tea", "tea"]


async def test_another_key_is_another_request(app: kehu.App, api: Api) -> None:
    await sell(api, key="a")
    await sell(api, key="b")

    assert await sales(app) == ["tea", "tea"]


async def test_the_answer_is_that_of_the_first_time_whatever_happened_since(app: kehu.App, api: Api) -> None:
    first = await api.execute(CREATE, {"name": "Aster"}, idempotency_key="a")
    async with app.context() as ctx:
        record = (await ctx.session.scalars(sa.select(kehu.Customer))).one()
    await changed(app, record, name="Birch")

    assert await api.execute(CREATE, {"name": "Aster"}, idempotency_key="a") == first


async def test_an_answer_lost_in_a_crash_is_made_from_what_was_done(
    app: kehu.App, api: Api, till: Till
) -> None:
    first = await sell(api)
    await forget_answers(app)

    assert await sell(api) == first
    assert till.sold == 1


async def test_a_result_of_data_and_records_survives_a_crash(app: kehu.App, api: Api, till: Till) -> None:
    first = await api.execute(BILL, idempotency_key="a")
    await forget_answers(app)

    assert await api.execute(BILL, idempotency_key="a") == first
    assert first["data"]["bill"]["result"]["total"] == "9.9"
    assert till.sold == 1


async def test_each_mutation_of_a_request_is_done_once(app: kehu.App, api: Api, till: Till) -> None:
    """A crash after the first of two: the request is repeated, and only the second is done."""
    await api.execute(TWO, idempotency_key="a")
    async with app.engine.begin() as connection:
        await connection.execute(sa.delete(KEYS).where(KEYS.c.part.in_(["", "second"])))

    answered = await api.execute(TWO, idempotency_key="a")

    assert answered["data"]["first"]["result"] == {"what": "one"}
    assert await sales(app) == ["one", "two", "two"]
    assert till.sold == 3


async def test_another_request_under_the_same_key_is_refused_and_changes_nothing(
    app: kehu.App, api: Api
) -> None:
    await sell(api, "tea")
    other_variables = await sell(api, "coffee")
    other_document = await api.execute(BILL, idempotency_key="a")

    for answered in (other_variables, other_document):
        assert answered["data"] is None
        assert [error["extensions"]["code"] for error in answered["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert await sales(app) == ["tea"]


async def test_two_requests_under_one_key_at_the_same_time_are_done_once(
    app: kehu.App, api: Api, till: Till
) -> None:
    till.slow = asyncio.Event()
    first, second = (asyncio.create_task(sell(api)) for _ in range(2))
    await until(lambda: till.sold == 1)
    await asyncio.sleep(0.05)
    till.slow.set()

    assert await first == await second
    assert await sales(app) == ["tea"]


async def test_a_refused_request_changed_nothing_and_is_tried_again(
    app: kehu.App, api: Api, till: Till
) -> None:
    first = await sell(api, "nothing")
    second = await sell(api, "nothing")

    assert first == second
    assert first["data"]["sell"]["userErrors"] == [{"code": "VETO"}]
    assert till.sold == 2
    assert await sales(app) == []


async def test_keys_are_each_persons_own(app: kehu.App, api: Api) -> None:
    ann, ben = [
        kehu.Principal((await make_user(app, name)).id, name, grants={"*": kehu.Level.ALL})
        for name in ("Ann", "Ben")
    ]
    await sell(api, principal=ann)
    await sell(api, principal=ben)
    await sell(api, principal=ann)

    assert await sales(app) == ["tea", "tea"]


async def test_after_a_day_a_key_is_new(app: kehu.App, api: Api, clock: Clock) -> None:
    await sell(api)
    clock.advance(hours=23, minutes=59)
    await sell(api)
    assert await sales(app) == ["tea"]

    clock.advance(minutes=2)
    answered = await sell(api)

    assert answered["data"]["sell"]["userErrors"] == []
    assert await sales(app) == ["tea", "tea"]


async def test_nobody_who_is_not_signed_in_has_keys(api: Api, till: Till) -> None:
    answered = await sell(api, principal=kehu.ANONYMOUS)

    assert [error["extensions"]["code"] for error in answered["errors"]] == ["UNAUTHENTICATED"]
    assert till.sold == 0


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\t", "ключ", "nul\x00"])
async def test_a_key_that_is_none_is_refused(api: Api, till: Till, key: str) -> None:
    answered = await sell(api, key=key)

    assert [error["extensions"]["code"] for error in answered["errors"]] == ["BAD_USER_INPUT"]
    assert till.sold == 0


async def test_a_record_that_is_gone_is_null_in_an_answer_made_anew(app: kehu.App, api: Api) -> None:
    await sell(api)
    await forget_answers(app)
    async with app.context() as ctx, ctx.write():
        await ctx.delete((await ctx.session.scalars(sa.select(Sale))).one())

    answered = await sell(api)

    assert answered["data"]["sell"] == {"result": None, "userErrors": []}
    assert await sales(app) == []


async def test_a_deletion_is_answered_again(app: kehu.App, api: Api) -> None:
    await sell(api, key=None)
    async with app.context() as ctx:
        sale = (await ctx.session.scalars(sa.select(Sale))).one()
    document = "mutation ($id: ID!) { deleteSale(id: $id) { deletedId userErrors { code } } }"
    key = kehu.global_id("Sale", sale.id)

    first = await api.execute(document, {"id": key}, idempotency_key="a")
    await forget_answers(app)
    second = await api.execute(document, {"id": key}, idempotency_key="a")

    assert first == second
    assert first["data"]["deleteSale"] == {"deletedId": key, "userErrors": []}


async def test_a_query_with_a_key_is_a_query(api: Api) -> None:
    answered = await api.execute("{ sales { totalCount } }", idempotency_key="a")

    assert answered == {"data": {"sales": {"totalCount": 0}}}


async def test_the_stored_record_is_the_one_in_the_answer(app: kehu.App, api: Api) -> None:
    answered = await sell(api)
    async with app.context() as ctx:
        sale = (await ctx.session.scalars(sa.select(Sale))).one()

    assert answered["data"]["sell"]["result"]["id"] == kehu.global_id("Sale", sale.id)
    assert (await stored(app, sale)).what == "tea"


async def test_keys_are_cleared_away_after_their_day(app: kehu.App, api: Api, clock: Clock) -> None:
    await sell(api, key="old")
    clock.advance(hours=25)
    await sell(api, key="new")

    async with app.context() as ctx:
        await clear_what_is_done(ctx)

        assert set((await ctx.session.scalars(sa.select(KEYS.c.key))).all()) == {"new"}


BY_HAND = """mutation { sellByHand(what: "tea") greet }"""


async def test_mutations_written_with_strawberry_are_done_once_too(app: kehu.App, api: Api) -> None:
    first = await api.execute(BY_HAND, idempotency_key="a")
    again = await api.execute(BY_HAND, idempotency_key="a")
    await forget_answers(app)
    anew = await api.execute(BY_HAND, idempotency_key="a")

    assert first == again == anew == {"data": {"sellByHand": "tea, sold", "greet": "Hello"}}
    assert await sales(app) == ["tea"]
    await api.execute(BY_HAND)
    assert await sales(app) == ["tea", "tea"]
