"""The verbs of an order: put together, submit, confirm, allocate, ship, deliver, take back, close, give up."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.business.approvals.models import NoApprover
from kehu.business.approvals.requests import request_approval
from kehu.crm.products.queries import check_offered, check_sold
from kehu.kernel.errors import within
from kehu.kernel.ids import key_of
from kehu_partner_inventory.billing.invoicing import bill_lines, credit_lines
from kehu_partner_inventory.billing.models import PartnerInvoice
from kehu_partner_inventory.credit.checking import check_credit, fits_credit
from kehu_partner_inventory.documents import document_of
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import location_for
from kehu_partner_inventory.orders.allocating import allocate_lines
from kehu_partner_inventory.orders.lines import OrderedLine, write_lines
from kehu_partner_inventory.orders.models import (
    AGREE,
    ChannelOrder,
    ChannelOrderLine,
    ImpossibleLine,
    explained,
)
from kehu_partner_inventory.orders.queries import held_for, lines_of, lock_order, whoever_asks
from kehu_partner_inventory.orders.rules import check_may_order, partner_of
from kehu_partner_inventory.orders.shipping import (
    LineQuantity,
    check_was_shipped,
    last_shipped_at,
    shares_of,
    shipments_of,
)
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import channel_order
from kehu_partner_inventory.pricing.engine import Agreement
from kehu_partner_inventory.reservations.booking import dispatch, give_up
from kehu_partner_inventory.stock.lines import Goods
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post

APPROVAL = "partner_inventory.order"
"""The kind of approval rules that orders above some amount need; the measure is the total in the order's currency."""


@dataclasses.dataclass(frozen=True, slots=True)
class WantedLine:
    """How much of a product is ordered; at an agreed price, or with a percentage off, for who may agree."""

    product_id: kehu.GlobalId
    quantity: Decimal
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None


@channel_order.action
async def set_lines(order: ChannelOrder, ctx: kehu.Context, lines: list[WantedLine]) -> None:
    """Replace all lines of a draft, each at the price of today with its trace."""
    await lock_order(ctx, order)
    order.move("change")
    for line in await lines_of(ctx, order):
        await ctx.delete(line)
    wanted = []
    for index, each in enumerate(lines):
        with within(f"lines.{index}"):
            wanted.append(await _wanted(ctx, order, each))
    await write_lines(ctx, order, wanted)


@channel_order.action
async def submit(order: ChannelOrder, ctx: kehu.Context) -> None:
    """Order it: it waits for approval where a rule asks for one, and on credit hold above the limit."""
    await lock_order(ctx, order)
    lines, partner = await lines_of(ctx, order), await partner_of(ctx, order)
    order.submit(lines=len(lines), at=ctx.now())
    await check_may_order(ctx, partner, lines)
    await check_sold(ctx, (line.product_id for line in lines if not line.is_quoted), field="lines")
    try:
        await request_approval(
            ctx,
            order,
            subject=order.number,
            measures={APPROVAL: order.total_amount},
            owner_id=partner.owner_id,
        )
    except NoApprover:
        if not await fits_credit(ctx, partner, order.total_amount):
            order.move("hold")
        return
    order.move("askApproval")


@channel_order.action
async def confirm(order: ChannelOrder, ctx: kehu.Context) -> None:
    """Bind both sides, within the credit of the partner and of its groups; hold back what there is."""
    await _bind(ctx, order, "confirm")


@channel_order.action
async def release(order: ChannelOrder, ctx: kehu.Context, reason: str) -> None:
    """Bind both sides though the credit does not reach, for a reason."""
    order.release_reason, order.released_by_id = explained(reason), ctx.principal.id
    await ctx.flush()
    await _bind(ctx, order, "release")


@channel_order.action
async def allocate(order: ChannelOrder, ctx: kehu.Context) -> None:
    """Hold back what has come since for what is missing."""
    await lock_order(ctx, order)
    order.move("allocate")
    await allocate_lines(ctx, order, await partner_of(ctx, order), await lines_of(ctx, order))


@channel_order.action
async def ship(order: ChannelOrder, ctx: kehu.Context, lines: list[LineQuantity] | None = None) -> None:
    """What is held back leaves, all of it unless lines say less: to the partner's own location, if it has one.

    A lot or piece that a line names leaves, also where another was held back.
    """
    await lock_order(ctx, order)
    own = await lines_of(ctx, order)
    partner = await partner_of(ctx, order)
    order.states.after("shipPart", order.status, of=order.number)
    if lines is None:
        shares = [(line, Goods(line.product_id, line.allocated)) for line in own if line.allocated]
    else:
        shares = await shares_of(ctx, own, lines)
    if not shares:
        raise ImpossibleLine(
            kehu.text("Nothing is held back for {order}.", order=order.number), field="lines"
        )
    for line, goods in shares:
        line.ship(goods.quantity)
    shipments = await shipments_of(ctx, order, own, shares)
    target = await _place_of(ctx, partner)
    await dispatch(ctx, shipments, to_id=target.id, occasion=_occasion("SHIPMENT", order, partner, None))
    order.ship(is_rest=all(line.shipped == line.quantity for line in own), at=ctx.now())


@channel_order.action
async def deliver(order: ChannelOrder, ctx: kehu.Context) -> None:
    """The partner has got all."""
    await lock_order(ctx, order)
    order.move("deliver")
    order.delivered_at = ctx.now()


@channel_order.action
async def invoice(order: ChannelOrder, ctx: kehu.Context) -> PartnerInvoice:
    """Bill what has left and is on no invoice yet."""
    await lock_order(ctx, order)
    return await bill_lines(ctx, order, await partner_of(ctx, order), await lines_of(ctx, order))


@channel_order.action
async def take_back(
    order: ChannelOrder, ctx: kehu.Context, lines: list[LineQuantity], to_location: Location, reason: str
) -> PartnerInvoice:
    """Goods come back to a location of ours, for a reason; the result is the credit note."""
    await lock_order(ctx, order)
    order.move("takeBack")
    why, partner = explained(reason), await partner_of(ctx, order)
    own = await lines_of(ctx, order)
    shares = await shares_of(ctx, own, lines)
    told: dict[ChannelOrderLine, Decimal] = defaultdict(Decimal)
    for line, goods in shares:
        line.take_back(goods.quantity)
        told[line] += goods.quantity
    await check_was_shipped(ctx, order, own, shares)
    source = await _place_of(ctx, partner)
    plans = [
        PlannedMove(
            product_id=each.product_id,
            from_id=source.id,
            to_id=to_location.id,
            quantity=each.quantity,
            lot_id=each.lot_id,
        )
        for _, each in shares
    ]
    await post(ctx, plans, _occasion("RETURN", order, partner, why))
    return await credit_lines(ctx, order, partner, told, reason=why)


@channel_order.action
async def close(order: ChannelOrder, ctx: kehu.Context) -> None:
    """Everything is delivered and billed."""
    await lock_order(ctx, order)
    order.close()


@channel_order.action
async def cancel(order: ChannelOrder, ctx: kehu.Context, reason: str) -> None:
    """Nobody is bound any more, for a reason; what was held back is free."""
    await lock_order(ctx, order)
    order.cancel(reason)
    lines = await lines_of(ctx, order)
    await _hold_nothing(ctx, lines)
    for line in lines:
        line.allocated = Decimal(0)


@channel_order.action
async def cancel_rest(order: ChannelOrder, ctx: kehu.Context, reason: str) -> None:
    """What has not left of a partly shipped order is given up, for a reason: the partner does not owe it any more.

    The order is then SHIPPED; what has left is billed, delivered and closed as ever.
    """
    await lock_order(ctx, order)
    lines = await lines_of(ctx, order)
    unbilled = sum((line.unbilled(order.currency) for line in lines), Decimal(0))
    order.cancel_rest(reason, unbilled=unbilled, shipped_at=await last_shipped_at(ctx, lines))
    await _hold_nothing(ctx, lines)
    for line in lines:
        line.cancel_rest()


async def _hold_nothing(ctx: kehu.Context, lines: Sequence[ChannelOrderLine]) -> None:
    held = await held_for(ctx, lines)
    await give_up(ctx, [each for some in held.values() for each in some])


async def _wanted(ctx: kehu.Context, order: ChannelOrder, line: WantedLine) -> OrderedLine:
    """What a line asks for.

    Raises RecordArchived, ProductNotSold, and Forbidden for a price that somebody may not agree on.
    """
    key = key_of(line.product_id, "Product", field="product_id")
    product = await ctx.get(kehu.Product, key, field="product_id")
    check_offered(product, field="product_id")
    if line.unit_price is None and not line.discount_percent:
        return OrderedLine(product, line.quantity)
    ctx.require(AGREE)
    agreement = Agreement(
        document_of("ChannelOrder", order),
        order.number,
        price=line.unit_price,
        percent=line.discount_percent or Decimal(0),
    )
    return OrderedLine(product, line.quantity, agreement)


async def _bind(ctx: kehu.Context, order: ChannelOrder, verb: str) -> None:
    await lock_order(ctx, order)
    lines, partner = await lines_of(ctx, order), await partner_of(ctx, order)
    order.states.after(verb, order.status, of=order.number)
    await check_may_order(ctx, partner, lines)
    if verb == "confirm":
        await check_credit(ctx, partner, order.total_amount)
    order.confirm(verb, at=ctx.now())
    await allocate_lines(ctx, order, partner, lines)
    for line in lines:
        line.filled = line.allocated


async def _place_of(ctx: kehu.Context, partner: Partner) -> Location:
    """The oldest location that the partner keeps; else that of customers."""
    statement = (
        sa.select(Location)
        .where(
            Location.holder_id == partner.customer_id,
            Location.usage == LocationUsage.PARTNER,
            Location.archived_at.is_(None),
        )
        .order_by(Location.created_at, Location.id)
        .limit(1)
    )
    found = (await whoever_asks.scalars(ctx, statement)).one_or_none()
    return found or await location_for(ctx, LocationUsage.CUSTOMER)


def _occasion(reason: str, order: ChannelOrder, partner: Partner, note: str | None) -> Occasion:
    return Occasion(
        reason=reason,
        note=note,
        document=document_of("ChannelOrder", order),
        customer_id=partner.customer_id,
    )
