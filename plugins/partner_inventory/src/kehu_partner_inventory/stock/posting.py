"""Posting: the one way in which anything moves. Balances, layers of cost and reservations follow each move at once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

import kehu
from kehu_partner_inventory.reservations.models import Reservation, ReservationTooSmall
from kehu_partner_inventory.reservations.queries import due_on, key_of, reread
from kehu_partner_inventory.stock.books import Books, Shelf, open_books
from kehu_partner_inventory.stock.costs import check_unit_cost, flow
from kehu_partner_inventory.stock.facts import Facts, gather_facts
from kehu_partner_inventory.stock.layers import Layers
from kehu_partner_inventory.stock.models import ImpossibleMove, StockLayer, StockMove
from kehu_partner_inventory.stock.places import Places
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.replay import lowest_since


async def post(ctx: kehu.Context, plans: Sequence[PlannedMove], occasion: Occasion) -> list[StockMove]:
    """Move everything that is planned, or nothing; the moves in the order of the plans. Inside `ctx.write()`.

    A transaction that posts more than once should post its largest part first, or everything at once: balances are
    locked in one order within a posting only. Raises InsufficientStock and the other refusals of this module's nouns.
    """
    if not plans:
        return []
    facts = await gather_facts(
        ctx,
        locations=[key for plan in plans for key in (plan.from_id, plan.to_id)],
        products=[plan.product_id for plan in plans],
        lots=[plan.lot_id for plan in plans],
    )
    for plan in plans:
        _check(facts, plan)
    books = await open_books(ctx, facts, [key for plan in plans for key in (plan.source, plan.target)])
    posting = _Posting(ctx, facts, books, occasion)
    await posting.prepare(plans)
    for plan in plans:
        await posting.carry_out(plan)
    return await posting.write()


def _check(facts: Facts, plan: PlannedMove) -> None:
    facts.check_goods(plan.product_id, plan.lot_id, plan.quantity)
    facts.check_location(plan.from_id)
    facts.check_location(plan.to_id)
    if plan.from_id == plan.to_id:
        message = kehu.text("Goods that stay at {code} do not move.", code=facts.locations[plan.to_id].code)
        raise ImpossibleMove(message, field="to_location")
    check_unit_cost(plan)


class _Posting:
    """The state of one call of `post`: everything is worked out before anything is written."""

    def __init__(self, ctx: kehu.Context, facts: Facts, books: Books, occasion: Occasion) -> None:
        self._ctx, self._facts, self._books, self._occasion = ctx, facts, books, occasion
        self._at = ctx.now()
        self._layers = Layers(ctx, facts)
        self._places = Places(ctx, facts)
        self._moves: list[StockMove] = []
        self._shipped: dict[uuid.UUID, Decimal] = defaultdict(Decimal)
        self._reservations: dict[uuid.UUID, Reservation] = {}
        self._due: Sequence[Reservation] = ()
        self._lowest: dict[uuid.UUID, Decimal] = {}

    async def prepare(self, plans: Sequence[PlannedMove]) -> None:
        """Read what else is needed, now that nobody else can change it."""
        self._at = self._moment()
        self._reservations = await reread(self._ctx, [p.reservation for p in plans if p.reservation])
        await self._places.read(plan.lot_id for plan in plans)
        await self._expire_where_short(plans)
        needed: dict[uuid.UUID, Decimal] = defaultdict(Decimal)
        for plan in plans:
            needed[self._books[plan.source].id] += plan.quantity
        for plan in plans:
            source = self._books[plan.source]
            if source.holds_stock:
                await self._layers.load(source, needed[source.id], first=_first_layers(plan))
                await self._look_back(source)

    async def carry_out(self, plan: PlannedMove) -> None:
        """One move, on paper."""
        source, target = self._books[plan.source], self._books[plan.target]
        self._places.move(plan, target_on_hand=target.on_hand + plan.quantity)
        promised = self._promised(plan)
        self._check_enough(source, plan, promised)
        source.take(plan.quantity, at=self._at, of_reserved=promised)
        target.put(plan.quantity, at=self._at)
        move = self._move(plan)
        move.cost = await flow(self._ctx, self._facts, self._layers, plan, move, source, target)
        move.seal()
        self._moves.append(move)

    async def write(self) -> list[StockMove]:
        """Balances and layers first, so that whoever hears of the moves finds the books complete; then the moves."""
        for reservation in self._due:
            reservation.release(at=self._ctx.now())
        for key, quantity in self._shipped.items():
            self._reservations[key].ship(quantity, at=self._at)
        try:
            await self._books.close()
        except IntegrityError as error:
            raise kehu.Conflict("The stock has changed meanwhile; try again.") from error
        await self._layers.close()
        for move in self._moves:
            self._ctx.add(move)
        await self._ctx.flush()
        return self._moves

    def _moment(self) -> datetime:
        """When it moves: never before what has moved there already, unless somebody says so."""
        now, given = self._ctx.now(), self._occasion.moved_at
        if given is None:
            # The clocks of two servers may differ a little.
            return max(now, self._books.last_moved_at() or now)
        if given > now:
            raise ImpossibleMove(kehu.text("Nothing moves in the future."), field=self._occasion.moment_field)
        return given

    async def _expire_where_short(self, plans: Sequence[PlannedMove]) -> None:
        """Promises whose time is over hold nothing back, even where nobody has released them yet."""
        free: dict[uuid.UUID, Decimal] = defaultdict(Decimal)
        for plan in plans:
            if plan.reservation is None:
                free[self._books[plan.source].id] += plan.quantity
        short = [s for s in self._books if s.holds_stock and s.reserved and s.available < free[s.id]]
        self._due = await due_on(self._ctx, short)
        for reservation in self._due:
            self._books[key_of(reservation)].reserve(-reservation.open_quantity)

    async def _look_back(self, source: Shelf) -> None:
        """For a move in the past: how little there was at any moment since."""
        if self._occasion.moved_at is None or source.id in self._lowest:
            return
        if source.last_moved_at is None or self._at >= source.last_moved_at:
            return
        self._lowest[source.id] = await lowest_since(self._ctx, source.key, self._at, on_hand=source.on_hand)

    def _promised(self, plan: PlannedMove) -> Decimal:
        if plan.reservation is None:
            return Decimal(0)
        reservation = self._reservations[plan.reservation.id]
        reservation.check_open(at=self._at)
        total = self._shipped[reservation.id] + plan.quantity
        if total > reservation.open_quantity:
            message = kehu.text(
                "{open} is reserved; {wanted} is too much.", open=reservation.open_quantity, wanted=total
            )
            raise ReservationTooSmall(message, field="quantity")
        self._shipped[reservation.id] = total
        return plan.quantity

    def _check_enough(self, source: Shelf, plan: PlannedMove, promised: Decimal) -> None:
        if not source.holds_stock:
            return
        available = source.available + promised
        if source.id in self._lowest:
            available = min(available, self._lowest[source.id])
            self._lowest[source.id] -= plan.quantity
        if plan.quantity > available:
            raise self._books.insufficient(source, plan.quantity, available)

    def _move(self, plan: PlannedMove) -> StockMove:
        occasion, locations = self._occasion, self._facts.locations
        holder = locations[plan.to_id].holder_id or locations[plan.from_id].holder_id
        return StockMove(
            id=kehu.uuid7(),
            from_location_id=plan.from_id,
            to_location_id=plan.to_id,
            product_id=plan.product_id,
            lot_id=plan.lot_id,
            quantity=plan.quantity,
            moved_at=self._at,
            reason=occasion.reason,
            note=occasion.note,
            document=occasion.document,
            customer_id=occasion.customer_id or holder,
            reverses_id=plan.reverses.id if plan.reverses else None,
            reservation_id=plan.reservation.id if plan.reservation else None,
            moved_by_id=self._ctx.principal.id,
            created_at=self._ctx.now(),
        )


def _first_layers(plan: PlannedMove) -> sa.ColumnElement[bool] | None:
    """Which layers of the source a move would rather use: those of the move that it undoes, or of a stated cost."""
    if plan.reverses is not None:
        return StockLayer.move_id == plan.reverses.id
    if plan.cost_first is not None:
        return StockLayer.unit_cost == plan.cost_first
    return None
