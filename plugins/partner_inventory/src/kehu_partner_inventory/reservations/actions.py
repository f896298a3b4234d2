"""The verbs of reservations."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import kehu
from kehu_partner_inventory.documents import checked_document
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import location_for
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.plugin import location, plugin, reservation
from kehu_partner_inventory.reservations.booking import Shipment, Wanted, book, dispatch, expire, give_up
from kehu_partner_inventory.reservations.holders import check_held_for_no_order
from kehu_partner_inventory.reservations.models import Reservation
from kehu_partner_inventory.stock.plans import Occasion


@location.action
async def reserve_at(  # noqa: PLR0913, PLR0917  # the arguments of the mutation
    location: Location,
    ctx: kehu.Context,
    product: kehu.Product,
    quantity: Decimal,
    lot: Lot | None = None,
    expires_at: datetime | None = None,
    document: kehu.GlobalId | None = None,
    customer: kehu.Customer | None = None,
) -> list[Reservation]:
    """Promise stock until a moment, or until it is released; lots and pieces are picked where none is named."""
    wish = Wanted(
        product_id=product.id, location_id=location.id, quantity=quantity, lot_id=lot.id if lot else None
    )
    return await book(
        ctx,
        [wish],
        expires_at=expires_at,
        document=checked_document(document),
        customer_id=customer.id if customer else None,
    )


@reservation.action
async def release(reservation: Reservation, ctx: kehu.Context) -> None:
    """Give up what is left of the promise; one to an order is given up by the order."""
    await check_held_for_no_order(ctx, reservation)
    await give_up(ctx, [reservation])


@reservation.action
async def ship(
    reservation: Reservation,
    ctx: kehu.Context,
    quantity: Decimal | None = None,
    to_location: Location | None = None,
    note: str | None = None,
) -> None:
    """Send what was promised, all of it unless a quantity is given; to customers unless another place is named.

    What is promised to an order is shipped by the order.
    """
    await check_held_for_no_order(ctx, reservation)
    target = to_location or await location_for(ctx, LocationUsage.CUSTOMER, field="to_location")
    if target.usage.holds_stock:
        await ctx.require_on(Location, target, "receiveAt")
    occasion = Occasion(
        reason="SHIPMENT", note=note, document=reservation.document, customer_id=reservation.customer_id
    )
    await dispatch(ctx, [Shipment(reservation, quantity)], to_id=target.id, occasion=occasion)


@plugin.job(schedule="* * * * *", atomic=True)
async def release_expired_reservations(ctx: kehu.Context) -> None:
    """Every minute, release the reservations whose time is over."""
    async with ctx.write():
        while await expire(ctx) > 0:
            pass
