"""The books of one posting: the balances that it touches, locked in one order, and written back at once."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

import kehu
from kehu_partner_inventory.stock.facts import Facts, whoever_asks
from kehu_partner_inventory.stock.models import InsufficientStock, StockBalance, StockLayer

_TABLE = cast(sa.Table, StockBalance.__table__)
_LAST = b"\xff" * 17
UNAUDITED = {"kehu_unaudited": True}
"""Balances and layers follow from moves, which are the trail; they are written without hooks and audit."""


class Key(NamedTuple):
    """Which balance. Everybody locks balances in the order of their keys, so that nobody waits in a circle."""

    product_id: uuid.UUID
    location_id: uuid.UUID
    lot_id: uuid.UUID | None = None

    @property
    def order(self) -> tuple[bytes, bytes, bytes]:
        """As PostgreSQL sorts them: a missing lot last."""
        lot = self.lot_id.bytes if self.lot_id else _LAST
        return self.product_id.bytes, self.location_id.bytes, lot


@dataclasses.dataclass(slots=True)
class Shelf:
    """One balance as this transaction leaves it."""

    id: uuid.UUID
    key: Key
    holds_stock: bool
    on_hand: Decimal
    reserved: Decimal
    move_count: int
    last_moved_at: datetime | None
    is_touched: bool = False

    @property
    def available(self) -> Decimal:
        """What is there and not promised."""
        return self.on_hand - self.reserved

    def put(self, quantity: Decimal, *, at: datetime) -> None:
        """Something comes in."""
        self.on_hand += quantity
        self._moved(at)

    def take(self, quantity: Decimal, *, at: datetime, of_reserved: Decimal = Decimal(0)) -> None:
        """Something leaves, some of it what was promised; whether there is enough has been checked."""
        self.on_hand -= quantity
        self.reserved -= of_reserved
        self._moved(at)

    def reserve(self, quantity: Decimal) -> None:
        """Promise some of it; a negative quantity gives it back."""
        self.reserved += quantity
        self.is_touched = True

    def _moved(self, at: datetime) -> None:
        self.move_count += 1
        self.last_moved_at = max(at, self.last_moved_at or at)
        self.is_touched = True


class Books:
    """The locked balances of one posting."""

    def __init__(self, ctx: kehu.Context, facts: Facts, shelves: Mapping[Key, Shelf]) -> None:
        self._ctx, self._facts, self._shelves = ctx, facts, shelves

    def __getitem__(self, key: Key) -> Shelf:
        return self._shelves[key]

    def __iter__(self) -> Any:
        return iter(self._shelves.values())

    def last_moved_at(self) -> datetime | None:
        """When something last moved on any of these balances."""
        return max((s.last_moved_at for s in self if s.last_moved_at is not None), default=None)

    def insufficient(self, shelf: Shelf, wanted: Decimal, available: Decimal) -> InsufficientStock:
        """The refusal that names product, location and what is available."""
        key = shelf.key
        lot = self._facts.lots[key.lot_id].number if key.lot_id else None
        return InsufficientStock(
            product=self._facts.products[key.product_id].code,
            location=self._facts.locations[key.location_id].code,
            available=available,
            wanted=wanted,
            lot=lot,
        )

    async def close(self) -> None:
        """Write back what was touched."""
        rows = [
            {
                "key": shelf.id,
                "on_hand": shelf.on_hand,
                "reserved": shelf.reserved,
                "move_count": shelf.move_count,
                "last_moved_at": shelf.last_moved_at,
            }
            for shelf in self
            if shelf.is_touched
        ]
        if not rows:
            return
        values: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "key"}
        update = (
            sa.update(_TABLE)
            .where(_TABLE.c.id == sa.bindparam("key"))
            .values(**values, version=_TABLE.c.version + 1)
        )
        await self._ctx.session.execute(update, rows, execution_options=UNAUDITED)
        forget_cached(self._ctx)


async def open_books(ctx: kehu.Context, facts: Facts, keys: Iterable[Key]) -> Books:
    """Lock these balances in the order of their keys, and make those that do not exist yet."""
    wanted = sorted(set(keys), key=lambda key: key.order)
    known = await _known(ctx, wanted)
    missing = [key for key in wanted if key not in known]
    if missing:
        await _make(ctx, facts, missing)
        known |= await _known(ctx, missing)
    shelves = await _locked(ctx, [known[key] for key in wanted])
    return Books(ctx, facts, {shelf.key: shelf for shelf in shelves})


async def _known(ctx: kehu.Context, keys: list[Key]) -> dict[Key, uuid.UUID]:
    lots = {key.lot_id for key in keys if key.lot_id is not None}
    of_lot = StockBalance.lot_id.in_(lots) if lots else sa.false()
    statement = sa.select(
        StockBalance.id, StockBalance.product_id, StockBalance.location_id, StockBalance.lot_id
    ).where(
        StockBalance.product_id.in_({key.product_id for key in keys}),
        StockBalance.location_id.in_({key.location_id for key in keys}),
        sa.or_(StockBalance.lot_id.is_(None), of_lot),
    )
    wanted = set(keys)
    rows = await whoever_asks.execute(ctx, statement)
    found = {Key(*row[1:]): row[0] for row in rows}
    return {key: found[key] for key in wanted & found.keys()}


async def _make(ctx: kehu.Context, facts: Facts, keys: list[Key]) -> None:
    """New balances in the order of locking: somebody else who makes the same one is waited for."""
    rows = [
        {**key._asdict(), "usage": facts.locations[key.location_id].usage, "id": kehu.uuid7(), "version": 1}
        for key in keys
    ]
    insert = postgresql.insert if ctx.app.is_postgresql else sqlite.insert
    for row in rows:
        await ctx.session.execute(
            insert(_TABLE).values(row).on_conflict_do_nothing(), execution_options=UNAUDITED
        )


async def _locked(ctx: kehu.Context, keys: list[uuid.UUID]) -> list[Shelf]:
    # Columns, not records: a record of the session might be older than what is locked now.
    b = StockBalance
    statement = (
        sa.select(
            *(b.id, b.product_id, b.location_id, b.lot_id, b.usage),
            *(b.on_hand, b.reserved, b.move_count, b.last_moved_at),
        )
        .where(b.id.in_(keys))
        .order_by(b.product_id, b.location_id, b.lot_id)
        .with_for_update()
    )
    rows = await whoever_asks.execute(ctx, statement)
    return [Shelf(row[0], Key(*row[1:4]), row[4].holds_stock, *row[5:]) for row in rows]


def forget_cached(ctx: kehu.Context) -> None:
    """Let go of balances and layers that the session holds, so that whoever reads next reads what was written."""
    session = ctx.session.sync_session
    for record in list(session.identity_map.values()):
        if isinstance(record, (StockBalance, StockLayer)):
            session.expunge(record)
