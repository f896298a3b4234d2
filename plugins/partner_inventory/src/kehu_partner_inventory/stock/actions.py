"""The verbs of stock at a location, and of a move: each checks the other side, and posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import check_sold
from kehu_partner_inventory.documents import checked_document
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import location_for
from kehu_partner_inventory.plugin import location, stock_move
from kehu_partner_inventory.reservations.holders import check_moved_for_no_order, check_returns_to_no_order
from kehu_partner_inventory.stock.facts import whoever_asks
from kehu_partner_inventory.stock.lines import Goods, StockLine, arriving_goods, known_goods
from kehu_partner_inventory.stock.models import AlreadyReversed, ImpossibleMove, StockMove
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post


@location.action
async def receive_at(  # noqa: PLR0913, PLR0917  # the arguments of the mutation
    location: Location,
    ctx: kehu.Context,
    lines: list[StockLine],
    from_location: Location | None = None,
    customer: kehu.Customer | None = None,
    note: str | None = None,
    document: kehu.GlobalId | None = None,
    moved_at: datetime | None = None,
) -> list[StockMove]:
    """Goods come in from outside, each at its unit cost; from the suppliers unless another place is named."""
    source = from_location or await location_for(ctx, LocationUsage.SUPPLIER, field="from_location")
    _check_outside(source, field="from_location")
    reason = "RECEIPT" if source.usage in (LocationUsage.SUPPLIER, LocationUsage.PRODUCTION) else "RETURN"
    if reason == "RETURN":
        await check_returns_to_no_order(ctx, checked_document(document))
    # What a customer brings back has been here before.
    is_back = source.usage is LocationUsage.CUSTOMER
    goods = await (known_goods(ctx, lines) if is_back else arriving_goods(ctx, lines))
    _check_costs(source, goods)
    await _check_bought(ctx, source, goods)
    plans = [_plan(each, source, location) for each in goods]
    return await post(ctx, plans, _occasion(reason, customer, note, document, moved_at))


@location.action
async def issue_from(  # noqa: PLR0913, PLR0917  # the arguments of the mutation
    location: Location,
    ctx: kehu.Context,
    lines: list[StockLine],
    to_location: Location | None = None,
    reason: Annotated[str, StockMove.reason] = "ISSUE",
    customer: kehu.Customer | None = None,
    note: str | None = None,
    document: kehu.GlobalId | None = None,
    moved_at: datetime | None = None,
) -> list[StockMove]:
    """Goods leave for outside; to customers unless another place is named.

    A unit cost says which goods leave first: those that came in at it, as when they go back to a supplier.
    """
    target = to_location or await location_for(ctx, LocationUsage.CUSTOMER, field="to_location")
    _check_outside(target, field="to_location")
    goods = await known_goods(ctx, lines)
    plans = [
        PlannedMove(
            product_id=each.product_id,
            from_id=location.id,
            to_id=target.id,
            quantity=each.quantity,
            lot_id=each.lot_id,
            cost_first=each.unit_cost,
        )
        for each in goods
    ]
    return await post(ctx, plans, _occasion(reason, customer, note, document, moved_at))


@location.action
async def move_from(  # noqa: PLR0913, PLR0917  # the arguments of the mutation
    location: Location,
    ctx: kehu.Context,
    to_location: Location,
    lines: list[StockLine],
    reason: Annotated[str, StockMove.reason] = "MOVE",
    note: str | None = None,
    document: kehu.GlobalId | None = None,
    moved_at: datetime | None = None,
) -> list[StockMove]:
    """Goods go to another location that holds stock; at a unit cost where they are sold to a partner."""
    if not to_location.usage.holds_stock:
        message = kehu.text("{code} is outside; issue goods to there.", code=to_location.code)
        raise ImpossibleMove(message, field="to_location")
    await ctx.require_on(Location, to_location, "receiveAt")
    goods = await known_goods(ctx, lines)
    plans = [_plan(each, location, to_location) for each in goods]
    return await post(ctx, plans, _occasion(reason, None, note, document, moved_at))


@location.action
async def adjust_at(
    location: Location,
    ctx: kehu.Context,
    lines: list[StockLine],
    reason: Annotated[str, StockMove.reason],
    note: str | None = None,
    loss_location: Location | None = None,
    document: kehu.GlobalId | None = None,
) -> list[StockMove]:
    """Correct the books for a reason: a quantity below zero went missing, one above it was found."""
    loss = loss_location or await location_for(ctx, LocationUsage.LOSS, field="loss_location")
    if loss.usage is not LocationUsage.LOSS:
        message = kehu.text("{code} is no place for losses.", code=loss.code)
        raise ImpossibleMove(message, field="loss_location")
    missing = [line for line in lines if line.quantity is not None and line.quantity < 0]
    gone = await known_goods(ctx, missing)
    found = await arriving_goods(ctx, [line for line in lines if line not in missing])
    plans = [_plan(each, location, loss) for each in map(_positive, gone)]
    plans += [_plan(each, loss, location) for each in found]
    return await post(ctx, plans, _occasion(reason, None, note, document, None))


@stock_move.action
async def reverse(stock_move: StockMove, ctx: kehu.Context, note: str | None = None) -> list[StockMove]:
    """Undo a move by one in the other direction, with the cost it had; once, and now.

    The result is the new move.
    """
    await check_moved_for_no_order(ctx, stock_move)
    await _check_reversible(ctx, stock_move)
    plan = PlannedMove(
        product_id=stock_move.product_id,
        from_id=stock_move.to_location_id,
        to_id=stock_move.from_location_id,
        quantity=stock_move.quantity,
        lot_id=stock_move.lot_id,
        reverses=stock_move,
    )
    occasion = Occasion(
        reason="REVERSAL", note=note, document=stock_move.document, customer_id=stock_move.customer_id
    )
    return await post(ctx, [plan], occasion)


async def _check_reversible(ctx: kehu.Context, move: StockMove) -> None:
    """Raise AlreadyReversed; the move is locked, so that two people cannot undo it at once."""
    await whoever_asks.execute(ctx, sa.select(StockMove.id).where(StockMove.id == move.id).with_for_update())
    reversing = sa.select(StockMove.id).where(StockMove.reverses_id == move.id)
    if move.reverses_id is not None or await whoever_asks.exists(ctx, reversing):
        raise AlreadyReversed(kehu.text("A move is reversed once; make it again instead."))


def _check_outside(place: Location, *, field: str) -> None:
    if place.usage.holds_stock:
        message = kehu.text("{code} holds stock; move goods there.", code=place.code)
        raise ImpossibleMove(message, field=field)


def _check_costs(source: Location, goods: Sequence[Goods]) -> None:
    """What is bought or made has a cost; what customers bring back may cost what the last goods did."""
    if source.usage not in (LocationUsage.SUPPLIER, LocationUsage.PRODUCTION):
        return
    if any(each.unit_cost is None for each in goods):
        raise kehu.veto(
            kehu.text("Say what a unit costs; 0 for free goods."), field="unit_cost", code="REQUIRED"
        )


async def _check_bought(ctx: kehu.Context, source: Location, goods: Sequence[Goods]) -> None:
    """What is not sold is not bought, and what is archived not made; customers bring both back all the same.

    Raises ProductNotSold, RecordArchived.
    """
    products = {each.product_id for each in goods}
    if source.usage is LocationUsage.SUPPLIER:
        await check_sold(ctx, products, field="product_id")
    if source.usage is LocationUsage.PRODUCTION:
        for key in products:
            await ctx.get_current(kehu.Product, key, field="product_id")


def _positive(goods: Goods) -> Goods:
    return Goods(goods.product_id, abs(goods.quantity), goods.lot_id, goods.unit_cost)


def _plan(goods: Goods, source: Location, target: Location) -> PlannedMove:
    return PlannedMove(
        product_id=goods.product_id,
        from_id=source.id,
        to_id=target.id,
        quantity=goods.quantity,
        lot_id=goods.lot_id,
        unit_cost=goods.unit_cost,
    )


def _occasion(
    reason: str,
    customer: kehu.Customer | None,
    note: str | None,
    document: kehu.GlobalId | None,
    moved_at: datetime | None,
) -> Occasion:
    return Occasion(
        reason=reason,
        moved_at=moved_at,
        note=note,
        document=checked_document(document),
        customer_id=customer.id if customer else None,
    )
