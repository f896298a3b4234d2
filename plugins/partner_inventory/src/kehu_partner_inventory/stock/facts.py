"""Facts: what the ledger must know of locations, products and lots before anything moves."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.lots.models import Lot, LotNeeded, LotUnwanted, SerialQuantity, UnknownLot
from kehu_partner_inventory.stock.models import LARGEST, ImpossibleMove, LocationClosed
from kehu_partner_inventory.stocking.models import Costing, StockProfile, StockUnit, check_decimals

whoever_asks = kehu.Unscoped("stock is what it is")


@dataclasses.dataclass(frozen=True, slots=True)
class LocationFacts:
    """What moves must know of a location."""

    code: str
    usage: LocationUsage
    currency: str | None
    holder_id: uuid.UUID | None
    is_archived: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ProductFacts:
    """What moves must know of a product."""

    code: str
    unit: str
    decimals: int
    is_serial_tracked: bool
    is_lot_tracked: bool
    costing: Costing

    @property
    def has_lots(self) -> bool:
        """Each quantity belongs to a lot, or is one piece."""
        return self.is_serial_tracked or self.is_lot_tracked


@dataclasses.dataclass(frozen=True, slots=True)
class LotFacts:
    """What moves must know of a lot."""

    number: str
    product_id: uuid.UUID


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """The facts behind some moves, by key. What they rely on stays as it is until the transaction ends.

    Codes and numbers are for messages, and told as far as who moves may see them.
    """

    locations: Mapping[uuid.UUID, LocationFacts]
    products: Mapping[uuid.UUID, ProductFacts]
    lots: Mapping[uuid.UUID, LotFacts]

    def check_goods(self, product_id: uuid.UUID, lot_id: uuid.UUID | None, quantity: Decimal) -> None:
        """Raise a refusal for a quantity or a lot that the product cannot have."""
        self.check_quantity(product_id, quantity)
        product = self.products[product_id]
        if product.has_lots and lot_id is None:
            raise LotNeeded(
                kehu.text("Say which lot or serial number of {product}.", product=product.code), field="lot"
            )
        if lot_id is not None:
            self._check_lot(product_id, lot_id, quantity)

    def check_quantity(self, product_id: uuid.UUID, quantity: Decimal) -> None:
        """Raise a refusal for a quantity that the product cannot have."""
        product = self.products[product_id]
        if not quantity.is_finite() or not 0 < quantity <= LARGEST:
            message = kehu.text("A quantity is above zero and at most {most}.", most=LARGEST)
            raise ImpossibleMove(message, field="quantity")
        check_decimals(quantity, decimals=product.decimals, unit=product.unit, product=product.code)

    def check_location(self, location_id: uuid.UUID) -> None:
        """Raise LocationClosed for an archived one."""
        if self.locations[location_id].is_archived:
            code = self.locations[location_id].code
            raise LocationClosed(kehu.text("{code} is archived; nothing moves there.", code=code))

    def _check_lot(self, product_id: uuid.UUID, lot_id: uuid.UUID, quantity: Decimal) -> None:
        product, lot = self.products[product_id], self.lots[lot_id]
        if lot.product_id != product_id:
            message = kehu.text("{product} has no lot {number}.", product=product.code, number=lot.number)
            raise UnknownLot(message, field="lot")
        if not product.has_lots:
            message = kehu.text("{product} has neither lots nor serial numbers.", product=product.code)
            raise LotUnwanted(message, field="lot")
        if product.is_serial_tracked and quantity != 1:
            message = kehu.text("{number} is the serial number of one piece.", number=lot.number)
            raise SerialQuantity(message, field="quantity")


async def gather_facts(
    ctx: kehu.Context,
    *,
    locations: Iterable[uuid.UUID],
    products: Iterable[uuid.UUID],
    lots: Iterable[uuid.UUID | None],
) -> Facts:
    """Read the facts, and lock locations and products against changes of what the moves rely on."""
    await ctx.flush()
    return Facts(
        await _locations(ctx, set(locations)),
        await _products(ctx, set(products)),
        await _lots(ctx, {lot for lot in lots if lot is not None}),
    )


async def _locations(ctx: kehu.Context, keys: set[uuid.UUID]) -> dict[uuid.UUID, LocationFacts]:
    statement = (
        sa.select(
            Location.id,
            whoever_asks.told(ctx, Location.code),
            Location.usage,
            Location.currency,
            Location.holder_id,
            Location.archived_at.is_not(None),
        )
        .where(Location.id.in_(keys))
        .order_by(Location.id)
        .with_for_update(read=True)
    )
    rows = await whoever_asks.execute(ctx, statement)
    return {row[0]: LocationFacts(*row[1:]) for row in rows}


async def _products(ctx: kehu.Context, keys: set[uuid.UUID]) -> dict[uuid.UUID, ProductFacts]:
    product = kehu.Product
    statement = (
        sa.select(
            product.id,
            whoever_asks.told(ctx, product.code),
            product.unit,
            sa.func.coalesce(StockUnit.decimals, 0),
            product.is_serial_tracked,
            sa.func.coalesce(StockProfile.is_lot_tracked, sa.false()),
            StockProfile.costing,
        )
        .outerjoin(StockUnit, StockUnit.name == product.unit)
        .outerjoin(StockProfile, StockProfile.product_id == product.id)
        .where(product.id.in_(keys))
        .order_by(product.id)
        .with_for_update(read=True, of=product)
    )
    rows = await whoever_asks.execute(ctx, statement)
    return {row[0]: _product(row) for row in rows}


def _product(row: Any) -> ProductFacts:
    _, code, unit, decimals, is_serial_tracked, is_lot_tracked, costing = row
    return ProductFacts(code, unit, decimals, is_serial_tracked, is_lot_tracked, costing or Costing.FIFO)


async def _lots(ctx: kehu.Context, keys: set[uuid.UUID]) -> dict[uuid.UUID, LotFacts]:
    """Pieces and lots; the rows are locked, so that no piece comes in twice at the same time."""
    if not keys:
        return {}
    statement = (
        sa.select(Lot.id, whoever_asks.told(ctx, Lot.number), Lot.product_id)
        .where(Lot.id.in_(keys))
        .order_by(Lot.id)
        .with_for_update(key_share=True)
    )
    rows = await whoever_asks.execute(ctx, statement)
    return {row[0]: LotFacts(*row[1:]) for row in rows}
