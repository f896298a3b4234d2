"""The verbs of a stocktake: start, count, recount, complete, approve, post, cancel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

import kehu
from kehu_partner_inventory.documents import document_of
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import location_for
from kehu_partner_inventory.plugin import plugin, stocktake
from kehu_partner_inventory.stock.books import Key, open_books
from kehu_partner_inventory.stock.facts import Facts, gather_facts
from kehu_partner_inventory.stock.lines import Goods, StockLine, arriving_goods
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post
from kehu_partner_inventory.stocking.models import CountClass
from kehu_partner_inventory.stocktakes.models import (
    ImpossibleCount,
    Stocktake,
    StocktakeLine,
)
from kehu_partner_inventory.stocktakes.queries import book_values, due_for_count, line_of, lines_of


@plugin.mutation(permission="partner_inventory.stocktake:create")
async def start_stocktake(
    ctx: kehu.Context,
    location: Location,
    products: list[kehu.Product] | None = None,
    tolerance_percent: Decimal = Decimal(0),
    note: str | None = None,
) -> Stocktake:
    """Take a snapshot of what a location should hold, of these products or of all, and start counting."""
    made = Stocktake(location_id=location.id, tolerance_percent=tolerance_percent, note=note)
    wanted = None if products is None else {product.id for product in products}
    return await _start(ctx, location, made, wanted)


@plugin.mutation(permission="partner_inventory.stocktake:create")
async def start_cycle_count(
    ctx: kehu.Context, location: Location, count_class: CountClass, note: str | None = None
) -> Stocktake:
    """Start counting the products of a class whose time has come, with the tolerance of the class."""
    made = Stocktake(
        location_id=location.id,
        count_class_id=count_class.id,
        tolerance_percent=count_class.tolerance_percent,
        note=note,
    )
    return await _start(ctx, location, made, await due_for_count(ctx, location, count_class, on=ctx.today()))


@stocktake.action
async def count(stocktake: Stocktake, ctx: kehu.Context, lines: list[StockLine]) -> list[StocktakeLine]:
    """Note what is there. A product that has moved since the snapshot must be recounted first.

    Goods that nobody expected there get a line of their own; a unit cost says what a surplus is worth.
    """
    stocktake.move("count")
    counted = await arriving_goods(ctx, lines)
    products = {goods.product_id for goods in counted}
    books = await book_values(ctx, stocktake.location_id, products)
    facts = await gather_facts(ctx, locations=[], products=products, lots=[goods.lot_id for goods in counted])
    noted = []
    for goods in counted:
        _check_count(facts, goods)
        key = Key(goods.product_id, stocktake.location_id, goods.lot_id)
        on_hand, moves = books.get(key, (Decimal(0), 0))
        line = await line_of(ctx, stocktake, key) or _line(ctx, stocktake, key, on_hand, moves)
        line.check_unmoved(moves, product=facts.products[goods.product_id].code)
        _note(ctx, line, goods)
        noted.append(line)
    return noted


@stocktake.action
async def recount(stocktake: Stocktake, ctx: kehu.Context, products: list[kehu.Product]) -> None:
    """Take a new snapshot of these products; what was counted of them before is void."""
    stocktake.take_up_again()
    wanted = {product.id for product in products}
    books = await book_values(ctx, stocktake.location_id, wanted)
    lines = {_key(stocktake, line): line for line in await lines_of(ctx, stocktake)}
    for key, (on_hand, moves) in books.items():
        line = lines.get(key)
        if line is not None:
            line.take_snapshot(on_hand, moves=moves, at=ctx.now())
        elif on_hand:
            _line(ctx, stocktake, key, on_hand, moves)


@stocktake.action
async def complete(stocktake: Stocktake, ctx: kehu.Context) -> None:
    """Say that everything is counted; differences within the tolerance need no approval."""
    stocktake.complete(await lines_of(ctx, stocktake), at=ctx.now())


@stocktake.action
async def approve(stocktake: Stocktake, ctx: kehu.Context) -> None:
    """Agree to the differences."""
    stocktake.approve(by=ctx.principal.id, at=ctx.now())


@plugin.action(Stocktake, name="post")
async def post_differences(
    stocktake: Stocktake, ctx: kehu.Context, loss_location: Location | None = None
) -> None:
    """Correct the books: what is missing goes to losses, what was found comes from there."""
    stocktake.post(at=ctx.now())
    lines = [line for line in await lines_of(ctx, stocktake) if line.difference]
    if not lines:
        return
    await _check_unmoved(ctx, stocktake, lines)
    loss = loss_location or await location_for(ctx, LocationUsage.LOSS, field="loss_location")
    plans = [_correction(stocktake, line, loss) for line in lines]
    await post(ctx, plans, Occasion(reason="COUNT", document=document_of("Stocktake", stocktake)))


@stocktake.action
async def cancel(stocktake: Stocktake, _ctx: kehu.Context) -> None:
    """Give the stocktake up; the books stay as they are."""
    stocktake.cancel()


async def _start(
    ctx: kehu.Context, location: Location, made: Stocktake, products: Collection[UUID] | None
) -> Stocktake:
    if not location.usage.holds_stock:
        raise ImpossibleCount(kehu.text("{code} holds no stock.", code=location.code), field="location")
    if made.tolerance_percent < 0:
        raise ImpossibleCount(kehu.text("A tolerance is not below zero."), field="tolerance_percent")
    ctx.add(made)
    await ctx.flush()
    await ctx.require_on(Stocktake, made, "create")
    for key, (on_hand, moves) in (await book_values(ctx, location.id, products)).items():
        if on_hand:
            _line(ctx, made, key, on_hand, moves)
    return made


def _line(ctx: kehu.Context, stocktake: Stocktake, key: Key, on_hand: Decimal, moves: int) -> StocktakeLine:
    line = StocktakeLine(stocktake_id=stocktake.id, product_id=key.product_id, lot_id=key.lot_id)
    line.take_snapshot(on_hand, moves=moves, at=ctx.now())
    return ctx.add(line)


def _check_count(facts: Facts, goods: Goods) -> None:
    if goods.quantity < 0:
        raise ImpossibleCount(kehu.text("Nobody counts less than nothing."), field="quantity")
    # Nothing is a count too, of goods that must have their lot like any others.
    facts.check_goods(goods.product_id, goods.lot_id, goods.quantity or Decimal(1))


async def _check_unmoved(ctx: kehu.Context, stocktake: Stocktake, lines: Sequence[StocktakeLine]) -> None:
    """Lock the balances that are to be corrected. Raises MovedSinceSnapshot."""
    facts = await gather_facts(
        ctx,
        locations=[stocktake.location_id],
        products=[line.product_id for line in lines],
        lots=[line.lot_id for line in lines],
    )
    books = await open_books(ctx, facts, [_key(stocktake, line) for line in lines])
    for line in lines:
        moves = books[_key(stocktake, line)].move_count
        line.check_unmoved(moves, product=facts.products[line.product_id].code)


def _note(ctx: kehu.Context, line: StocktakeLine, goods: Goods) -> None:
    line.counted, line.counted_at, line.counted_by_id = goods.quantity, ctx.now(), ctx.principal.id
    line.unit_cost = goods.unit_cost


def _key(stocktake: Stocktake, line: StocktakeLine) -> Key:
    return Key(line.product_id, stocktake.location_id, line.lot_id)


def _correction(stocktake: Stocktake, line: StocktakeLine, loss: Location) -> PlannedMove:
    missing = line.difference < 0
    return PlannedMove(
        product_id=line.product_id,
        from_id=stocktake.location_id if missing else loss.id,
        to_id=loss.id if missing else stocktake.location_id,
        quantity=abs(line.difference),
        lot_id=line.lot_id,
        unit_cost=None if missing else line.unit_cost,
    )
