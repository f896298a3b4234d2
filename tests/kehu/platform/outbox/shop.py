"""A plugin that emits and handles events, for tests; its handlers write notes, so that their effects can be counted."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu
from kehu.platform.outbox.models import EventDelivery, OutboxEvent


class Base(kehu.Model, DeclarativeBase):
    """The tables of the shop."""


class Note(kehu.Entity, Base):
    """What a handler did."""

    __tablename__ = "shop_note"
    text: Mapped[str] = kehu.column(sa.String(100))
    event_id: Mapped[uuid.UUID] = kehu.column()


@dataclasses.dataclass(frozen=True)
class Bought:
    """A customer bought something."""

    number: int
    total: Decimal = Decimal("9.90")


@dataclasses.dataclass(frozen=True)
class Echoed:
    """An event that causes itself."""

    text: str


@dataclasses.dataclass(frozen=True)
class Renamed:
    """An event whose second version calls its field by another name."""

    version: ClassVar[int] = 2
    after: str

    @classmethod
    def upgraded(cls, payload: dict[str, Any], version: int) -> dict[str, Any]:
        """Version 1 said `name`."""
        return {"after": payload["name"]} if version == 1 else payload


class Trouble(Exception):
    """What a handler raises while it is told to fail."""


class Shop:
    """The plugin, and a switch that makes its handler fail."""

    def __init__(self) -> None:
        self.fails_for: set[int] = set()
        self.calls: list[int] = []
        self.plugin = kehu.Plugin("shop", requires=["core"])
        self.plugin.resource(Note)
        for event in (Bought, Echoed, Renamed):
            self.plugin.event(event)
        self.plugin.on(Bought)(self.note)
        self.plugin.on(Echoed)(self.echo)

    async def note(self, ctx: kehu.Context, event: Bought) -> None:
        self.calls.append(event.number)
        assert ctx.cause is not None
        ctx.add(Note(text=f"bought {event.number}", event_id=ctx.cause.event_id))
        await ctx.flush()
        if event.number in self.fails_for:
            raise Trouble("out of paper")

    async def echo(self, ctx: kehu.Context, event: Echoed) -> None:
        ctx.emit(Echoed(event.text))


async def emit(app: kehu.App, *events: object, customer_id: uuid.UUID | None = None) -> list[uuid.UUID]:
    async with app.context() as ctx, ctx.write():
        return [ctx.emit(event, customer_id=customer_id) for event in events]


async def fail_after(app: kehu.App, *records: kehu.Entity, events: Sequence[object] = ()) -> None:
    """Write and emit in a transaction that is rolled back with Trouble."""
    async with app.context() as ctx, ctx.write():
        for record in records:
            ctx.add(record)
        await ctx.flush()
        for event in events:
            ctx.emit(event)
        raise Trouble("rolled back")


async def notes(app: kehu.App) -> list[str]:
    async with app.context() as ctx:
        return list(
            (await ctx.session.scalars(sa.select(Note.text).order_by(Note.created_at, Note.id))).all()
        )


async def deliveries(app: kehu.App) -> Sequence[EventDelivery]:
    async with app.context() as ctx:
        found = await ctx.session.scalars(sa.select(EventDelivery).order_by(EventDelivery.position))
        return found.all()


async def outbox(app: kehu.App) -> Sequence[OutboxEvent]:
    async with app.context() as ctx:
        return (await ctx.session.scalars(sa.select(OutboxEvent).order_by(OutboxEvent.position))).all()
