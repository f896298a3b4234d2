"""Each hook, by its name: when it is called, and what it can do."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.model import Entity
from kehu.platform.feeds import Feed, read_feed

Customer = kehu.Customer


def _app(plugin: kehu.Plugin, database_url: str) -> kehu.App:
    return kehu.App([core, plugin], database_url)


async def _prepared(app: kehu.App) -> kehu.App:
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    return app


@pytest.fixture
def acme() -> kehu.Plugin:
    return kehu.Plugin("acme", requires=["core"])


async def _create(app: kehu.App, name: str = "Acme") -> Customer:
    async with app.context() as ctx, ctx.write():
        return ctx.add(Customer(name=name))


async def _count(app: kehu.App) -> int:
    async with app.context() as ctx:
        return await ctx.session.scalar(sa.select(sa.func.count()).select_from(Customer)) or 0


async def test_kehu_before_write_may_complete_and_refuse(acme: kehu.Plugin, sqlite_url: str) -> None:
    class Rules:
        @kehu.hookimpl
        async def kehu_before_write(self, change: kehu.Change[Entity]) -> None:
            if isinstance(change.obj, Customer) and change.obj.name == "bad":
                raise kehu.veto("No bad names.", field=Customer.name)
            if isinstance(change.obj, Customer):
                change.obj.notes = "seen"

    acme.hookimpl(Rules())
    app = await _prepared(_app(acme, sqlite_url))
    assert (await _create(app)).notes == "seen"
    with pytest.raises(kehu.Refusal) as refusal:
        await _create(app, "bad")
    assert (refusal.value.errors[0].plugin, refusal.value.errors[0].field) == ("acme", "name")
    assert await _count(app) == 1
    await app.close()


async def test_kehu_after_write_writes_more_or_undoes_everything(acme: kehu.Plugin, sqlite_url: str) -> None:
    @acme.after_write(Customer)
    async def greet(ctx: kehu.Context, change: kehu.Change[Customer]) -> None:
        if change.obj.name == "bad":
            raise kehu.veto("Too late.")
        ctx.add(kehu.Interaction(customer_id=change.obj.id, kind="NOTE", subject="Welcome"))

    app = await _prepared(_app(acme, sqlite_url))
    await _create(app)
    with pytest.raises(kehu.Refusal):
        await _create(app, "bad")
    async with app.context() as ctx:
        subjects = (await ctx.session.scalars(sa.select(kehu.Interaction.subject))).all()
    assert (await _count(app), subjects) == (1, ["Welcome"])
    await app.close()


async def test_kehu_after_commit_cannot_undo_the_write(acme: kehu.Plugin, sqlite_url: str) -> None:
    heard: list[str] = []

    @acme.after_commit(Customer)
    async def tell(_: kehu.Context, change: kehu.Change[Customer]) -> None:
        heard.append(change.obj.name)
        raise RuntimeError("nobody answers")

    app = await _prepared(_app(acme, sqlite_url))
    await _create(app)
    assert (heard, await _count(app)) == (["Acme"], 1)
    await app.close()


async def test_kehu_row_scope_hides_records(acme: kehu.Plugin, sqlite_url: str) -> None:
    class Secrets:
        @kehu.hookimpl
        def kehu_row_scope(
            self, model: type[Entity], entity: type[Customer]
        ) -> sa.ColumnElement[bool] | None:
            return entity.name != "secret" if model is Customer else None

    acme.hookimpl(Secrets())
    app = await _prepared(_app(acme, sqlite_url))
    await _create(app)
    await _create(app, "secret")
    assert await _count(app) == 1
    await app.close()


async def test_kehu_feed_answers_a_secret_address(acme: kehu.Plugin, sqlite_url: str) -> None:
    class News:
        @kehu.hookimpl
        def kehu_feed(self, name: str, token: str) -> Feed | None:
            return Feed("text/plain", f"News for {token}") if name == "acme/news.txt" else None

    acme.hookimpl(News())
    app = await _prepared(_app(acme, sqlite_url))
    async with app.context(kehu.ANONYMOUS) as ctx:
        assert await read_feed(ctx, "acme/news.txt", "Ann") == Feed("text/plain", "News for Ann")
        with pytest.raises(kehu.NotFound):
            await read_feed(ctx, "other/news.txt", "Ann")
    await app.close()


async def test_kehu_demo_data_is_called_in_one_transaction(acme: kehu.Plugin, sqlite_url: str) -> None:
    class Demo:
        @kehu.hookimpl(trylast=True)
        async def kehu_demo_data(self, ctx: kehu.Context, chance: random.Random) -> None:
            ctx.add(Customer(name=f"Made up {chance.randint(1, 9)}"))

    acme.hookimpl(Demo())
    app = await _prepared(_app(acme, sqlite_url))
    async with app.context() as ctx, ctx.write():
        implementations = [i for i in app.hooks.of("kehu_demo_data") if i.plugin == "acme"]
        await implementations[0].call({"ctx": ctx, "chance": random.Random(1)})
    assert await _count(app) == 1
    await app.close()


async def test_kehu_start_and_stop_see_the_app(acme: kehu.Plugin, sqlite_url: str) -> None:
    seen: list[object] = []

    class Process:
        @kehu.hookimpl
        def kehu_start(self, app: kehu.App) -> None:
            seen.append(app)

        @kehu.hookimpl
        async def kehu_stop(self, app: kehu.App) -> None:
            seen.remove(app)

    acme.hookimpl(Process())
    app = _app(acme, sqlite_url)
    await app.hooks.run("kehu_start", app=app)
    assert seen == [app]
    await app.hooks.run("kehu_stop", app=app)
    assert seen == []
    await app.close()


def test_kehu_stop_is_a_hook_like_the_others(acme: kehu.Plugin, sqlite_url: str) -> None:
    app = _app(acme, sqlite_url)
    assert app.hooks.of("kehu_stop") == ()


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("def kehu_befor_write(self, change): ...", "there is no hook 'kehu_befor_write'"),
        ("def kehu_before_write(self, changes): ...", "kehu_before_write has no argument 'changes'"),
        ("def kehu_before_write(self, change=None): ...", "has a default"),
    ],
)
def test_a_mistaken_implementation_is_a_start_up_error(
    acme: kehu.Plugin, sqlite_url: str, method: str, sentence: str
) -> None:
    namespace: dict[str, object] = {"kehu": kehu}
    exec(f"class Wrong:\n    @kehu.hookimpl\n    {method}", namespace)
    acme.hookimpl(namespace["Wrong"]())  # type: ignore[operator]  # made a line above
    with pytest.raises(kehu.CompositionError, match=sentence):
        _app(acme, sqlite_url)
