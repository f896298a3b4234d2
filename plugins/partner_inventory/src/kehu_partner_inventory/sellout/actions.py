"""The verbs of a partner's stock: report what was sold, by hand or by a file, and count what is there."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import location_for
from kehu_partner_inventory.plugin import location
from kehu_partner_inventory.sellout.figures import whoever_asks
from kehu_partner_inventory.sellout.files import SoldRow, read_rows
from kehu_partner_inventory.sellout.models import (
    AlreadyReported,
    NoPartnerStock,
    PartnerStockLine,
    RowError,
    SellOutFile,
)
from kehu_partner_inventory.stock.books import Key, open_books
from kehu_partner_inventory.stock.facts import gather_facts
from kehu_partner_inventory.stock.lines import Goods, StockLine, arriving_goods, known_goods
from kehu_partner_inventory.stock.models import StockBalance, StockMove
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post
from kehu_partner_inventory.stocktakes.models import ImpossibleCount

# Characters; no request is larger.
LONGEST_FILE = 1_000_000


@location.action
async def report_sell_out_at(
    location: Location, ctx: kehu.Context, lines: list[StockLine], sold_at: datetime | None = None
) -> list[PartnerStockLine]:
    """What a partner has sold from here, now or at a moment before; says what is left."""
    _check_partners(location)
    goods = await known_goods(ctx, lines)
    await _sell(ctx, location, goods, sold_at, None)
    return await _left(ctx, location, {each.product_id for each in goods})


@location.action
async def count_at(location: Location, ctx: kehu.Context, lines: list[StockLine]) -> list[PartnerStockLine]:
    """What a partner has counted here; the books follow, and what differs is a loss, or was found."""
    _check_partners(location)
    counted = await arriving_goods(ctx, lines)
    facts = await gather_facts(
        ctx,
        locations=[location.id],
        products=[each.product_id for each in counted],
        lots=[each.lot_id for each in counted],
    )
    for each in counted:
        if each.quantity < 0:
            raise ImpossibleCount(kehu.text("Nobody counts less than nothing."), field="quantity")
        facts.check_goods(each.product_id, each.lot_id, each.quantity or Decimal(1))
    books = await open_books(ctx, facts, [_key(location, each) for each in counted])
    loss = (await location_for(ctx, LocationUsage.LOSS)).id
    plans = []
    for each in counted:
        difference = each.quantity - books[_key(location, each)].on_hand
        if difference:
            plans.append(_correction(location.id, loss, each, difference))
    await post(ctx, plans, Occasion(reason="COUNT"))
    return await _left(ctx, location, {each.product_id for each in counted})


@location.action
async def sell_out_from_file_at(
    location: Location,
    ctx: kehu.Context,
    file_name: Annotated[str, kehu.Longest(500)],
    content: Annotated[str, kehu.Longest(LONGEST_FILE)],
    dry_run: bool = False,  # noqa: FBT001, FBT002  # an argument of the mutation
) -> SellOutFile:
    """Take a CSV file of what was sold from here: product, quantity, and if you like date and lot; all rows or none.

    Columns may be named in English or Chinese. `dryRun` only tells what is wrong. The same
    file is taken once, whatever its name.
    """
    _check_partners(location)
    digest = _digest(content)
    await _check_new(ctx, location, {digest, hashlib.sha256(content.encode()).hexdigest()[:16]})
    mark = f"{file_name[:200]} {digest}"
    rows, errors = read_rows(content, today=ctx.today())
    products = await _products(ctx, rows)
    errors += await _unsellable(ctx, location, rows, products)
    count = len(rows) + len({error.row for error in errors} - {row.row for row in rows})
    if errors or dry_run:
        return SellOutFile(count, 0, sorted(errors, key=lambda error: error.row), [])
    by_day: dict[date | None, list[StockLine]] = defaultdict(list)
    for row in rows:
        key = kehu.GlobalId(kehu.global_id("Product", products[row.product].id))
        by_day[row.day].append(StockLine(key, row.quantity, row.lot))
    for day, lines in sorted(by_day.items(), key=lambda each: each[0] or date.max):
        await _sell(ctx, location, await known_goods(ctx, lines), _end_of(ctx, day), mark)
    keys = {product.id for product in products.values()}
    return SellOutFile(count, len(rows), [], await _left(ctx, location, keys))


def _check_partners(place: Location) -> None:
    if place.usage is not LocationUsage.PARTNER:
        raise NoPartnerStock(kehu.text("{code} is no location of a partner.", code=place.code), field="id")


def _digest(content: str) -> str:
    """What makes a file the same whatever its name: its text without the marks of the system that wrote it."""
    text = content.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def _check_new(ctx: kehu.Context, place: Location, digests: set[str]) -> None:
    """Raise AlreadyReported; who takes the same file at the same moment waits for us."""
    await whoever_asks.execute(
        ctx, sa.select(Location.id).where(Location.id == place.id).with_for_update(key_share=True)
    )
    known = (
        sa.select(StockMove.id)
        .where(
            StockMove.from_location_id == place.id,
            StockMove.reason == "SELL_OUT",
            sa.or_(*(StockMove.note.endswith(f" {digest}") for digest in sorted(digests))),
        )
        .limit(1)
    )
    if await whoever_asks.exists(ctx, known):
        raise AlreadyReported(kehu.text("This file was taken before."), field="content")


def _end_of(ctx: kehu.Context, day: date | None) -> datetime | None:
    """The last moment of a day where who reports is, but not in the future."""
    if day is None or day >= ctx.today():
        return None
    return datetime.combine(day, time.max, ZoneInfo(ctx.principal.time_zone)).astimezone(UTC)


async def _sell(
    ctx: kehu.Context, place: Location, goods: Sequence[Goods], at: datetime | None, note: str | None
) -> None:
    target = (await location_for(ctx, LocationUsage.CUSTOMER)).id
    plans = [
        PlannedMove(
            product_id=each.product_id,
            from_id=place.id,
            to_id=target,
            quantity=each.quantity,
            lot_id=each.lot_id,
        )
        for each in goods
    ]
    await post(ctx, plans, Occasion(reason="SELL_OUT", moved_at=at, moment_field="sold_at", note=note))


def _key(place: Location, goods: Goods) -> Key:
    return Key(goods.product_id, place.id, goods.lot_id)


def _correction(place: uuid.UUID, loss: uuid.UUID, goods: Goods, difference: Decimal) -> PlannedMove:
    is_missing = difference < 0
    return PlannedMove(
        product_id=goods.product_id,
        from_id=place if is_missing else loss,
        to_id=loss if is_missing else place,
        quantity=abs(difference),
        lot_id=goods.lot_id,
        unit_cost=None if is_missing else goods.unit_cost,
    )


async def _products(ctx: kehu.Context, rows: Sequence[SoldRow]) -> dict[str, kehu.Product]:
    statement = sa.select(kehu.Product).where(kehu.Product.code.in_({row.product for row in rows}))
    return {product.code: product for product in await ctx.session.scalars(statement)}


async def _unsellable(
    ctx: kehu.Context, place: Location, rows: Sequence[SoldRow], products: dict[str, kehu.Product]
) -> list[RowError]:
    """Rows of products that nobody knows, finer than their unit, and from the first on that there is too little for."""
    left = await _available(ctx, place, products)
    facts = await gather_facts(ctx, locations=(), products=[each.id for each in products.values()], lots=())
    errors = []
    for row in rows:
        product = products.get(row.product)
        if product is None:
            message = kehu.text("There is no product {code}.", code=row.product)
            errors.append(RowError(row.row, "product", "NOT_FOUND", message))
            continue
        try:
            facts.check_quantity(product.id, row.quantity)
        except kehu.Refusal as refusal:
            reason = refusal.errors[0]
            errors.append(RowError(row.row, "quantity", reason.code, reason.message))
            continue
        there = left.get(product.id, Decimal(0))
        left[product.id] = there - row.quantity
        if row.quantity > there:
            message = kehu.text(
                "{location} has {available} of {product} available; {wanted} is too much.",
                location=place.code,
                available=max(there, Decimal(0)),
                product=product.code,
                wanted=row.quantity,
            )
            errors.append(RowError(row.row, "quantity", "INSUFFICIENT_STOCK", message))
    return errors


async def _available(
    ctx: kehu.Context, place: Location, products: Mapping[str, kehu.Product]
) -> dict[uuid.UUID, Decimal]:
    b = StockBalance
    statement = sa.select(b.product_id, sa.func.sum(b.on_hand - b.reserved)).where(
        b.location_id == place.id, b.product_id.in_([each.id for each in products.values()])
    )
    found = await whoever_asks.execute(ctx, statement.group_by(b.product_id))
    return {row[0]: row[1] for row in found}


async def _left(ctx: kehu.Context, place: Location, products: set[uuid.UUID]) -> list[PartnerStockLine]:
    b = StockBalance
    statement = (
        sa.select(kehu.Product, sa.func.sum(b.on_hand))
        .join(b, b.product_id == kehu.Product.id)
        .where(b.location_id == place.id, b.product_id.in_(products))
        .group_by(kehu.Product.id)
        .order_by(kehu.Product.code)
    )
    return [PartnerStockLine(row[0], row[1]) for row in await whoever_asks.execute(ctx, statement)]
