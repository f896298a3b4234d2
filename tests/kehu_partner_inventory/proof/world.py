"""The world of the proof: an App on a depot, a clock, and a hook that fails when it is told to."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import kehu
from kehu_partner_inventory import Costing, Lot, Reservation, StockMove, StockProfile
from tests.kehu_partner_inventory.depot import Depot, depot_of

T = TypeVar("T")
KINDS = ("BOLT", "FLOUR", "MILK", "PUMP", "SAND")
LOTS: dict[str, tuple[str | None, ...]] = {"MILK": ("L1", "L2"), "PUMP": ("S1", "S2", "S3")}
NO_LOTS: tuple[str | None, ...] = (None,)
PLACES = ("MAIN", "SIDE", "SHOP")


class Crash(RuntimeError):
    """A hook of somebody else has a bug."""


class Faults:
    """A third party's hooks: when armed, the next call for a move or a reservation fails."""

    def __init__(self) -> None:
        self.armed: str | None = None

    @kehu.hookimpl
    def kehu_before_write(self, change: kehu.Change[Any]) -> None:
        self._called("before", change)

    @kehu.hookimpl
    def kehu_after_write(self, change: kehu.Change[Any]) -> None:
        self._called("after", change)

    def _called(self, hook: str, change: kehu.Change[Any]) -> None:
        if self.armed is None or not self.armed.startswith(hook):
            return
        if not isinstance(change.obj, (StockMove, Reservation)):
            return
        kind, self.armed = self.armed, None
        if kind.endswith("veto"):
            raise kehu.veto("Somebody says no.")
        raise Crash("a hook fails")


@dataclasses.dataclass(frozen=True)
class Goods:
    """The products of one sequence, and their lots, by kind and number."""

    products: dict[str, kehu.Product]
    lots: dict[tuple[str, str], Lot]


@dataclasses.dataclass
class World:
    """What all sequences share; each gets products of its own."""

    app: kehu.App
    depot: Depot
    faults: Faults
    runner: asyncio.Runner
    era: int = 0
    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)
    tally: Counter[str] = dataclasses.field(default_factory=Counter)
    on_finish: Callable[[Counter[str]], object] = lambda _tally: None

    @classmethod
    def open(cls, url: str, *, era: int = 0) -> World:
        """A world on a database with a depot. Worlds that share a database live in different centuries."""
        runner, faults, held = asyncio.Runner(), Faults(), list[World]()
        stranger = kehu.Plugin("stranger", requires=["core", "partner_inventory"])
        stranger.hookimpl(faults)
        plugins = [*kehu.installed(["partner_inventory"]), stranger]
        app = kehu.App(plugins, url, clock=lambda: held[0].now)
        world = cls(app, runner.run(depot_of(app)), faults, runner, era)
        world.now = world.now.replace(year=world.now.year + 100 * era)
        held.append(world)
        return world

    def close(self) -> None:
        self.runner.run(self.app.close())
        self.runner.close()

    @property
    def may_sweep(self) -> bool:
        """What is too late now is too late for everybody: nobody lives before the first era."""
        return self.era == 0

    def tick(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def finished(self) -> None:
        """A sequence has ended; whoever wants to know is told."""
        self.on_finish(self.tally)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def write(self, work: Callable[[kehu.Context], Awaitable[T]], fault: str | None = None) -> T | str:
        """What `work` gave, or the code of its refusal; `CRASH` when a hook of somebody else failed."""

        async def writing() -> T:
            async with self.app.context() as ctx, ctx.write():
                return await work(ctx)

        self.faults.armed = fault
        try:
            return self.run(writing())
        except kehu.Refusal as refusal:
            return refusal.errors[0].code
        except Crash:
            return "CRASH"
        finally:
            self.faults.armed = None

    def new_goods(self) -> Goods:
        """One product of each kind."""
        mark = uuid.uuid4().hex[:12]
        goods = Goods({kind: _product(kind, mark) for kind in KINDS}, {})

        async def store(ctx: kehu.Context) -> None:
            for kind, product in goods.products.items():
                ctx.add(product)
                await ctx.flush()
                if kind == "MILK":
                    ctx.add(StockProfile(product_id=product.id, is_lot_tracked=True))
                if kind == "SAND":
                    ctx.add(StockProfile(product_id=product.id, costing=Costing.LIFO))
                for number in filter(None, LOTS.get(kind, ())):
                    goods.lots[kind, number] = ctx.add(
                        Lot(id=kehu.uuid7(), product_id=product.id, number=number)
                    )

        assert not isinstance(self.write(store), str)
        return goods


def _product(kind: str, mark: str) -> kehu.Product:
    unit = "kg" if kind == "FLOUR" else "piece"
    return kehu.Product(
        id=kehu.uuid7(), code=f"{kind}-{mark}", name=kind, unit=unit, is_serial_tracked=kind == "PUMP"
    )
