"""Lines: what callers of the API say of goods, and what it means."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_partner_inventory.lots.models import Lot, LotNeeded, SerialQuantity, UnknownLot, UnknownSerial
from kehu_partner_inventory.stock.facts import whoever_asks


@dataclasses.dataclass(frozen=True, slots=True)
class StockLine:
    """A quantity of a product, with its lot; or the serial numbers of the pieces, which are the quantity."""

    product_id: kehu.GlobalId
    quantity: Decimal | None = None
    lot: str | None = None
    serials: Sequence[str] | None = None
    unit_cost: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Goods:
    """A line as the ledger takes it: one product, one lot or piece, one quantity."""

    product_id: uuid.UUID
    quantity: Decimal
    lot_id: uuid.UUID | None = None
    unit_cost: Decimal | None = None


async def known_goods(ctx: kehu.Context, lines: Sequence[StockLine]) -> list[Goods]:
    """What the lines mean, of lots and pieces that are known. Raises NotFound, UnknownLot, UnknownSerial."""
    products = await _products(ctx, lines)
    lots = await _lots(ctx, lines, products)
    for line, product in zip(lines, products, strict=True):
        for number in _numbers(line, product):
            if number is not None and (product.id, number) not in lots:
                raise _unknown(product, number)
    return _goods(lines, products, lots)


async def arriving_goods(ctx: kehu.Context, lines: Sequence[StockLine]) -> list[Goods]:
    """What the lines mean where goods come in: lots and pieces nobody has seen before are noted."""
    products = await _products(ctx, lines)
    lots = await _lots(ctx, lines, products)
    for line, product in zip(lines, products, strict=True):
        for number in _numbers(line, product):
            if number is not None and (product.id, number) not in lots:
                made = ctx.add(Lot(id=kehu.uuid7(), product_id=product.id, number=number))
                lots[product.id, number] = made.id
    await ctx.flush()
    return _goods(lines, products, lots)


_Lots = dict[tuple[uuid.UUID, str], uuid.UUID]


async def _products(ctx: kehu.Context, lines: Sequence[StockLine]) -> list[kehu.Product]:
    keys = [key_of(line.product_id, "Product") for line in lines]
    await asyncio.gather(*(ctx.load(kehu.Product, key) for key in dict.fromkeys(keys)))
    return [await ctx.get(kehu.Product, key, field="product_id") for key in keys]


async def _lots(ctx: kehu.Context, lines: Sequence[StockLine], products: Sequence[kehu.Product]) -> _Lots:
    numbers = {
        number for line, product in zip(lines, products, strict=True) for number in _numbers(line, product)
    }
    if numbers <= {None}:
        return {}
    statement = sa.select(Lot.product_id, Lot.number, Lot.id).where(
        Lot.product_id.in_({product.id for product in products}), Lot.number.in_(numbers)
    )
    rows = await whoever_asks.execute(ctx, statement)
    return {(row[0], row[1]): row[2] for row in rows}


def _numbers(line: StockLine, product: kehu.Product) -> list[str | None]:
    if line.serials is not None:
        return [serial.strip() for serial in line.serials]
    if product.is_serial_tracked and line.lot is None:
        message = kehu.text("Say the serial numbers of {product}.", product=product.code)
        raise LotNeeded(message, field="serials")
    return [line.lot.strip() if line.lot else None]


def _goods(lines: Sequence[StockLine], products: Sequence[kehu.Product], lots: _Lots) -> list[Goods]:
    goods = []
    for line, product in zip(lines, products, strict=True):
        for number in _numbers(line, product):
            lot_id = None if number is None else lots[product.id, number]
            goods.append(Goods(product.id, _quantity(line, product), lot_id, line.unit_cost))
    return goods


def _quantity(line: StockLine, product: kehu.Product) -> Decimal:
    """What one lot or piece of the line is; the pieces must be as many as the quantity says, if it says so."""
    if line.serials is None:
        if line.quantity is None:
            message = kehu.text("Say how much of {product}.", product=product.code)
            raise kehu.BadInput(message, code="REQUIRED", field="quantity")
        return line.quantity
    if line.quantity is not None and abs(line.quantity) != len(line.serials):
        message = kehu.text(
            "{count} serial numbers are not {quantity} of {product}.",
            count=len(line.serials),
            quantity=line.quantity,
            product=product.code,
        )
        raise SerialQuantity(message, field="serials")
    return Decimal(1)


def _unknown(product: kehu.Product, number: str) -> kehu.Refusal:
    if product.is_serial_tracked:
        message = kehu.text(
            "There is no {product} with the number {number}.", product=product.code, number=number
        )
        return UnknownSerial(message, field="serials")
    message = kehu.text("{product} has no lot {number}.", product=product.code, number=number)
    return UnknownLot(message, field="lot")
