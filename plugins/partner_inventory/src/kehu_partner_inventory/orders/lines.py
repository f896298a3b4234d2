"""Writing the lines of an order, each at its price with the rules that made it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

import kehu
from kehu.kernel.errors import within
from kehu.kernel.model import ExactDecimal
from kehu_partner_inventory.orders.models import (
    ZERO,
    ChannelOrder,
    ChannelOrderLine,
    ImpossibleLine,
    amount_of,
)
from kehu_partner_inventory.orders.rules import partner_of
from kehu_partner_inventory.pricing.engine import Agreement, PriceRules, PriceStep
from kehu_partner_inventory.pricing.queries import price_rules

HUNDRED = Decimal(100)


@dataclasses.dataclass(frozen=True, slots=True)
class OrderedLine:
    """How much of a product is ordered, and what was agreed on for it, if anything."""

    product: kehu.Product
    quantity: Decimal
    agreement: Agreement | None = None


async def write_lines(ctx: kehu.Context, order: ChannelOrder, lines: Sequence[OrderedLine]) -> None:
    """The lines of an order that has none, and what they come to. Raises ImpossibleLine, NoPrice."""
    keys = [line.product.id for line in lines]
    rules = await price_rules(ctx, await partner_of(ctx, order), keys, on=ctx.today())
    made = []
    for position, line in enumerate(lines, start=1):
        with within(f"lines.{position - 1}"):
            steps = _steps(rules[line.product.id], line)
        price = steps[-1].price
        made.append(
            ChannelOrderLine(
                order_id=order.id,
                position=position,
                product_id=line.product.id,
                quantity=line.quantity,
                unit_price=price,
                amount=amount_of(line.quantity, price, order.currency),
                price_steps=[_plain(step) for step in steps],
            )
        )
    ctx.session.add_all(made)
    order.total_amount = sum((line.amount for line in made), ZERO)


def _steps(rules: PriceRules, line: OrderedLine) -> list[PriceStep]:
    if ExactDecimal().quantise(line.quantity) <= 0:
        raise ImpossibleLine(kehu.text("A quantity is above zero."), field="quantity")
    agreement = line.agreement
    if agreement is None:
        return rules.price(line.quantity, product=line.product.code)
    if not ZERO <= agreement.percent <= HUNDRED or (agreement.price is not None and agreement.price < 0):
        message = kehu.text("A price is not below zero, and a discount 0 to 100 percent.")
        raise ImpossibleLine(message, field="unit_price")
    # What was agreed on stands by itself: there may be no other price.
    by_rule = [] if agreement.price is not None else rules.price(line.quantity, product=line.product.code)
    return agreement.after(by_rule)


def _plain(step: PriceStep) -> dict[str, str]:
    return {name: getattr(value, "name", str(value)) for name, value in dataclasses.asdict(step).items()}
