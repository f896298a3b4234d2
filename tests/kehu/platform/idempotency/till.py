"""A plugin whose mutations can be counted, fail, and be held up, for tests."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu


class Base(kehu.Model, DeclarativeBase):
    """The tables of the till."""


class Sale(kehu.Entity, Base):
    """Something that was sold."""

    __tablename__ = "till_sale"
    what: Mapped[str] = kehu.column(sa.String(100))


@dataclasses.dataclass(frozen=True)
class Bill:
    """What a mutation of a plugin may return."""

    sale: Sale
    total: Decimal
    due_on: date
    lines: list[str]


@strawberry.type
class HandWritten:
    """Mutations that are written with Strawberry itself."""

    @strawberry.mutation
    async def sell_by_hand(self, info: strawberry.Info, what: str) -> str:
        """Sell something, in a transaction of its own."""
        async with info.context.write():
            info.context.add(Sale(what=what))
        return f"{what}, sold"

    @strawberry.mutation
    def greet(self) -> str:
        """Do nothing, without waiting for anything."""
        return "Hello"


class Till:
    """The plugin; `slow` is set by a test that wants two requests to meet."""

    def __init__(self) -> None:
        self.sold = 0
        self.slow: asyncio.Event | None = None
        self.plugin = kehu.Plugin("till", requires=["core"])
        self.plugin.resource(Sale)
        self.plugin.mutation()(self.sell)
        self.plugin.mutation()(self.bill)
        self.plugin.extend("mutation")(HandWritten)

    async def sell(self, ctx: kehu.Context, what: str) -> Sale:
        """Sell something."""
        self.sold += 1
        sale = ctx.add(Sale(what=what))
        await ctx.flush()
        if self.slow is not None:
            await self.slow.wait()
        if what == "nothing":
            raise kehu.veto("There is nothing to sell.")
        return sale

    async def bill(self, ctx: kehu.Context, what: str) -> Bill:
        """Sell something and say what it costs."""
        return Bill(await self.sell(ctx, what), Decimal("9.90"), date(2026, 3, 31), ["one", "two"])


async def sales(app: kehu.App) -> list[str]:
    async with app.context() as ctx:
        return list(
            (await ctx.session.scalars(sa.select(Sale.what).order_by(Sale.created_at, Sale.id))).all()
        )
