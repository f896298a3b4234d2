"""Booking: promises of stock, each with the balance it holds back from, under the same lock."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.reservations.models import (
    Reservation,
    ReservationState,
    ReservedInThePast,
)
from kehu_partner_inventory.reservations.queries import due_on, key_of, reread, whoever_asks
from kehu_partner_inventory.stock.books import Books, Key, Shelf, open_books
from kehu_partner_inventory.stock.facts import Facts, gather_facts
from kehu_partner_inventory.stock.models import ImpossibleMove, StockBalance
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be promised. Without a lot, lots and pieces are picked: what expires first goes first."""

    product_id: uuid.UUID
    location_id: uuid.UUID
    quantity: Decimal
    lot_id: uuid.UUID | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Shipment:
    """What leaves of a reservation; all of it where no quantity is given."""

    reservation: Reservation
    quantity: Decimal | None = None


async def book(
    ctx: kehu.Context,
    wanted: Sequence[Wanted],
    *,
    expires_at: datetime | None = None,
    document: kehu.GlobalId | None = None,
    customer_id: uuid.UUID | None = None,
) -> list[Reservation]:
    """Promise everything, or nothing; where lots are picked, several reservations for one wish.

    Raises InsufficientStock, ReservedInThePast. Inside `ctx.write()`.
    """
    made = await book_each(ctx, wanted, expires_at=expires_at, document=document, customer_id=customer_id)
    return [reservation for some in made for reservation in some]


async def book_each(
    ctx: kehu.Context,
    wanted: Sequence[Wanted],
    *,
    expires_at: datetime | None = None,
    document: kehu.GlobalId | None = None,
    customer_id: uuid.UUID | None = None,
) -> list[list[Reservation]]:
    """Like `book`, with the reservations of each wish by themselves, in the order of the wishes."""
    if expires_at is not None and expires_at <= ctx.now():
        raise ReservedInThePast(kehu.text("A reservation lasts until a moment to come."), field="expires_at")
    if not wanted:
        return []
    lots = await _candidates(ctx, wanted)
    facts = await gather_facts(
        ctx,
        locations=[wish.location_id for wish in wanted],
        products=[wish.product_id for wish in wanted],
        lots=[key.lot_id for keys in lots.values() for key in keys] + [wish.lot_id for wish in wanted],
    )
    keys = {wish: _keys(facts, wish, lots) for wish in wanted}
    books = await open_books(ctx, facts, [key for some in keys.values() for key in some])
    due = await _expire_on_paper(ctx, books, keys)
    picked = [_pick(books, keys[wish], wish) for wish in wanted]
    for reservation in due:
        reservation.release(at=ctx.now())
    await books.close()
    made = [
        [ctx.add(_reservation(ctx, key, share, expires_at, document, customer_id)) for key, share in some]
        for some in picked
    ]
    await ctx.flush()
    return made


async def give_up(ctx: kehu.Context, reservations: Sequence[Reservation]) -> None:
    """Hold nothing back any more. Raises ReservationClosed for one that does not. Inside `ctx.write()`."""
    if not reservations:
        return
    books = await _books_of(ctx, reservations)
    current = await reread(ctx, reservations)
    for reservation in current.values():
        books[key_of(reservation)].reserve(-reservation.release(at=ctx.now()))
    await books.close()
    await ctx.flush()


async def dispatch(
    ctx: kehu.Context, shipments: Sequence[Shipment], *, to_id: uuid.UUID, occasion: Occasion
) -> list[uuid.UUID]:
    """Send what was promised to a location, and say which moves it took. Inside `ctx.write()`.

    Raises ReservationClosed, ReservationTooSmall.
    """
    plans = [
        PlannedMove(
            product_id=shipment.reservation.product_id,
            from_id=shipment.reservation.location_id,
            to_id=to_id,
            quantity=_share(ctx, shipment),
            lot_id=shipment.reservation.lot_id,
            reservation=shipment.reservation,
        )
        for shipment in shipments
    ]
    return [move.id for move in await post(ctx, plans, occasion)]


async def expire(ctx: kehu.Context, *, at_most: int = 500) -> int:
    """Release reservations whose time is over and that one may see, and say how many. Inside `ctx.write()`."""
    statement = (
        sa.select(Reservation)
        .where(Reservation.state == ReservationState.ACTIVE, Reservation.expires_at <= ctx.now())
        .order_by(Reservation.expires_at)
        .limit(at_most)
    )
    found = (await ctx.session.scalars(statement)).all()
    if not found:
        return 0
    books = await _books_of(ctx, found)
    due = [each for each in (await reread(ctx, found)).values() if each.is_due(ctx.now())]
    for reservation in due:
        books[key_of(reservation)].reserve(-reservation.release(at=ctx.now()))
    await books.close()
    await ctx.flush()
    return len(due)


def _share(ctx: kehu.Context, shipment: Shipment) -> Decimal:
    shipment.reservation.check_open(at=ctx.now())
    return shipment.reservation.open_quantity if shipment.quantity is None else shipment.quantity


_Lots = dict[tuple[uuid.UUID, uuid.UUID], list[Key]]


async def _candidates(ctx: kehu.Context, wanted: Sequence[Wanted]) -> _Lots:
    """The balances with lots that wishes without one may be met from: what expires first, then the oldest lot."""
    open_wishes = [wish for wish in wanted if wish.lot_id is None]
    b = StockBalance
    statement = (
        sa.select(b.product_id, b.location_id, b.lot_id)
        .join(Lot, Lot.id == b.lot_id)
        .where(
            b.product_id.in_({wish.product_id for wish in open_wishes}),
            b.location_id.in_({wish.location_id for wish in open_wishes}),
            b.on_hand > 0,
            sa.or_(Lot.expires_on.is_(None), Lot.expires_on >= ctx.today()),
        )
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.id)
    )
    found: _Lots = defaultdict(list)
    if open_wishes:
        for row in await whoever_asks.execute(ctx, statement):
            found[row[0], row[1]].append(Key(*row))
    return found


def _keys(facts: Facts, wish: Wanted, lots: _Lots) -> list[Key]:
    """The balances that a wish may be met from, in order."""
    if not facts.locations[wish.location_id].usage.holds_stock:
        code = facts.locations[wish.location_id].code
        raise ImpossibleMove(kehu.text("{code} holds no stock.", code=code), field="location")
    facts.check_location(wish.location_id)
    candidates = lots.get((wish.product_id, wish.location_id), [])
    if wish.lot_id is not None or not facts.products[wish.product_id].has_lots:
        facts.check_goods(wish.product_id, wish.lot_id, wish.quantity)
        return [Key(wish.product_id, wish.location_id, wish.lot_id)]
    facts.check_quantity(wish.product_id, wish.quantity)
    return candidates or [Key(wish.product_id, wish.location_id)]


async def _expire_on_paper(
    ctx: kehu.Context, books: Books, keys: dict[Wanted, list[Key]]
) -> list[Reservation]:
    """Where it is needed, count what expired promises held back as available."""
    wanted: dict[Key, Decimal] = defaultdict(Decimal)
    for wish, some in keys.items():
        for key in some:
            wanted[key] += wish.quantity
    short = [books[key] for key in wanted if books[key].reserved and books[key].available < wanted[key]]
    due = await due_on(ctx, short)
    for reservation in due:
        books[key_of(reservation)].reserve(-reservation.open_quantity)
    return due


def _pick(books: Books, keys: Sequence[Key], wish: Wanted) -> list[tuple[Key, Decimal]]:
    """Promise a wish from these balances, in order. Raises InsufficientStock."""
    available = sum((max(books[key].available, Decimal(0)) for key in keys), Decimal(0))
    if available < wish.quantity:
        raise books.insufficient(_named(books, keys, wish), wish.quantity, available)
    picked, missing = [], wish.quantity
    for key in keys:
        share = min(books[key].available, missing)
        if share > 0:
            books[key].reserve(share)
            picked.append((key, share))
            missing -= share
    return picked


def _named(books: Books, keys: Sequence[Key], wish: Wanted) -> Shelf:
    """The balance that a refusal names: without a lot, unless one was asked for."""
    shelf = books[keys[0]]
    return dataclasses.replace(shelf, key=Key(wish.product_id, wish.location_id, wish.lot_id))


async def _books_of(ctx: kehu.Context, reservations: Sequence[Reservation]) -> Books:
    facts = await gather_facts(
        ctx,
        locations=[reservation.location_id for reservation in reservations],
        products=[reservation.product_id for reservation in reservations],
        lots=[reservation.lot_id for reservation in reservations],
    )
    return await open_books(ctx, facts, [key_of(reservation) for reservation in reservations])


def _reservation(
    ctx: kehu.Context,
    key: Key,
    quantity: Decimal,
    expires_at: datetime | None,
    document: kehu.GlobalId | None,
    customer_id: uuid.UUID | None,
) -> Reservation:
    made = Reservation(
        id=kehu.uuid7(),
        location_id=key.location_id,
        product_id=key.product_id,
        lot_id=key.lot_id,
        quantity=quantity,
        shipped=Decimal(0),
        state=ReservationState.ACTIVE,
        reserved_at=ctx.now(),
        expires_at=expires_at,
        document=document,
        customer_id=customer_id,
    )
    made.seal()
    return made
