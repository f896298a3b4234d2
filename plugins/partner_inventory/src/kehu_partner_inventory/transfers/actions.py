"""The verbs of a transfer: request, approve, send, receive, cancel."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_partner_inventory.documents import document_of
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import location_for
from kehu_partner_inventory.plugin import plugin, transfer
from kehu_partner_inventory.reservations.booking import Shipment, Wanted, book_each, dispatch, give_up
from kehu_partner_inventory.reservations.models import Reservation, ReservationState
from kehu_partner_inventory.stock.lines import StockLine, known_goods
from kehu_partner_inventory.stock.models import ImpossibleMove
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post
from kehu_partner_inventory.transfers.models import (
    DifferenceUnexplained,
    ImpossibleTransfer,
    Transfer,
    TransferLine,
    check_ends,
)

whoever_asks = kehu.Unscoped("a transfer has all its lines")


@dataclasses.dataclass(frozen=True, slots=True)
class ArrivedLine:
    """How much of one line of a transfer arrived."""

    line_id: kehu.GlobalId
    quantity: Decimal


@plugin.mutation(permission="partner_inventory.transfer:create")
async def request_transfer(
    ctx: kehu.Context,
    from_location: Location,
    to_location: Location,
    lines: list[StockLine],
    via_location: Location | None = None,
    note: str | None = None,
) -> Transfer:
    """Ask for goods to go from one location to another, through a location in transit."""
    via = via_location or await location_for(
        ctx, LocationUsage.TRANSIT, currency=from_location.currency, field="via_location"
    )
    check_ends(from_location, to_location, via)
    if not lines:
        raise ImpossibleTransfer(kehu.text("Say which goods shall go."), field="lines")
    made = ctx.add(
        Transfer(
            id=kehu.uuid7(),
            from_location_id=from_location.id,
            to_location_id=to_location.id,
            via_location_id=via.id,
            requested_by_id=ctx.principal.id,
            note=note,
        )
    )
    await ctx.flush()
    await ctx.require_on(Transfer, made, "create")
    for goods in await known_goods(ctx, lines):
        if goods.quantity <= 0:
            raise ImpossibleMove(kehu.text("A quantity is above zero."), field="quantity")
        ctx.add(
            TransferLine(
                transfer_id=made.id,
                product_id=goods.product_id,
                lot_id=goods.lot_id,
                quantity=goods.quantity,
            )
        )
    return made


@transfer.action
async def approve(transfer: Transfer, ctx: kehu.Context) -> None:
    """Agree; the goods are held back for it, and lots and pieces are picked."""
    transfer.move("approve")
    await _require(ctx, transfer.from_location_id, "issueFrom")
    transfer.approved_by_id, transfer.approved_at = ctx.principal.id, ctx.now()
    lines = await _lines(ctx, transfer)
    wishes = [_wish(transfer, line) for line in lines]
    made = await book_each(ctx, wishes, document=document_of("Transfer", transfer))
    for line, reservations in zip(lines, made, strict=True):
        _split(ctx, line, reservations)


@transfer.action
async def send(transfer: Transfer, ctx: kehu.Context) -> None:
    """The goods leave; from now on they are in transit."""
    transfer.move("send")
    await _require(ctx, transfer.from_location_id, "issueFrom")
    transfer.sent_at = ctx.now()
    lines, held = await _lines(ctx, transfer), await _reservations(ctx, transfer)
    shipments = [Shipment(held[line.reservation_id], line.quantity) for line in lines if line.reservation_id]
    await dispatch(
        ctx, shipments, to_id=transfer.via_location_id, occasion=_occasion(transfer, transfer.note)
    )


@transfer.action
async def receive(
    transfer: Transfer,
    ctx: kehu.Context,
    lines: list[ArrivedLine] | None = None,
    reason: str | None = None,
    loss_location: Location | None = None,
) -> None:
    """The goods arrive, all of them unless lines say otherwise; what differs is booked to losses, for a reason."""
    transfer.move("receive")
    await _require(ctx, transfer.to_location_id, "receiveAt")
    transfer.received_at = ctx.now()
    own = await _lines(ctx, transfer)
    _count(own, lines or [])
    plans = [_arrival(transfer, line) for line in own if line.received]
    if any(line.difference for line in own):
        transfer.difference_reason = _explained(reason)
        loss = loss_location or await location_for(ctx, LocationUsage.LOSS, field="loss_location")
        plans += [_difference(transfer, line, loss) for line in own if line.difference]
    await post(ctx, plans, _occasion(transfer, transfer.difference_reason))


@transfer.action
async def cancel(transfer: Transfer, ctx: kehu.Context) -> None:
    """Give it up before the goods have left."""
    transfer.move("cancel")
    held = (await _reservations(ctx, transfer)).values()
    await give_up(ctx, [each for each in held if each.state is ReservationState.ACTIVE])


async def _require(ctx: kehu.Context, location_id: uuid.UUID, verb: str) -> None:
    """Raise NotFound or Forbidden unless the principal may do so at this end."""
    await ctx.get(Location, location_id, verb=verb)


def _wish(transfer: Transfer, line: TransferLine) -> Wanted:
    return Wanted(
        product_id=line.product_id,
        location_id=transfer.from_location_id,
        quantity=line.quantity,
        lot_id=line.lot_id,
    )


async def _lines(ctx: kehu.Context, transfer: Transfer) -> Sequence[TransferLine]:
    """All lines; who may see the transfer may see them."""
    statement = (
        sa.select(TransferLine).where(TransferLine.transfer_id == transfer.id).order_by(TransferLine.id)
    )
    return (await whoever_asks.scalars(ctx, statement)).all()


async def _reservations(ctx: kehu.Context, transfer: Transfer) -> dict[uuid.UUID, Reservation]:
    """What is held back for the transfer, by key."""
    statement = (
        sa.select(Reservation)
        .join(TransferLine, TransferLine.reservation_id == Reservation.id)
        .where(TransferLine.transfer_id == transfer.id)
        .order_by(Reservation.id)
    )
    return {each.id: each for each in await whoever_asks.scalars(ctx, statement)}


def _split(ctx: kehu.Context, line: TransferLine, made: Sequence[Reservation]) -> None:
    """One line for each lot or piece that was picked."""
    first, *others = made
    line.quantity, line.lot_id, line.reservation_id = first.quantity, first.lot_id, first.id
    for reservation in others:
        ctx.add(
            TransferLine(
                transfer_id=line.transfer_id,
                product_id=line.product_id,
                lot_id=reservation.lot_id,
                quantity=reservation.quantity,
                reservation_id=reservation.id,
            )
        )


def _count(own: Sequence[TransferLine], arrived: Sequence[ArrivedLine]) -> None:
    """Note what arrived. Raises ImpossibleTransfer for a line of another transfer, and for less than nothing."""
    told = {key_of(each.line_id, "TransferLine"): each.quantity for each in arrived}
    if not told.keys() <= {line.id for line in own}:
        raise ImpossibleTransfer(kehu.text("The transfer has no such line."), field="lines")
    if any(quantity < 0 for quantity in told.values()):
        raise ImpossibleTransfer(kehu.text("Less than nothing cannot arrive."), field="quantity")
    for line in own:
        line.received = told.get(line.id, line.quantity)


def _explained(reason: str | None) -> str:
    if not (reason or "").strip():
        message = kehu.text("Say why not exactly what was sent has arrived.")
        raise DifferenceUnexplained(message, field="reason")
    assert reason is not None
    return reason.strip()


def _arrival(transfer: Transfer, line: TransferLine) -> PlannedMove:
    """What was sent and has arrived."""
    assert line.received is not None
    return PlannedMove(
        product_id=line.product_id,
        from_id=transfer.via_location_id,
        to_id=transfer.to_location_id,
        quantity=min(line.received, line.quantity),
        lot_id=line.lot_id,
    )


def _difference(transfer: Transfer, line: TransferLine, loss: Location) -> PlannedMove:
    """What got lost on the way, or turned up."""
    lost = line.difference < 0
    return PlannedMove(
        product_id=line.product_id,
        from_id=transfer.via_location_id if lost else loss.id,
        to_id=loss.id if lost else transfer.to_location_id,
        quantity=abs(line.difference),
        lot_id=line.lot_id,
    )


def _occasion(transfer: Transfer, note: str | None) -> Occasion:
    return Occasion(reason="TRANSFER", note=note, document=document_of("Transfer", transfer))
