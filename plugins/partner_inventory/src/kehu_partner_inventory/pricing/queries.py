"""The price of a product for a partner: the rules that may decide, and what they decide."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.crm.products.models import PriceListNotActive
from kehu.crm.products.queries import check_sold
from kehu.kernel.writing.archived import RecordArchived, check_current
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.pricing.engine import (
    Discount,
    ListedPrice,
    PriceRules,
    PriceStep,
    holds_on,
)
from kehu_partner_inventory.pricing.models import Promotion, SpecialPrice
from kehu_partner_inventory.programmes.models import PartnerLevel

whoever_asks = kehu.Unscoped("a price is the same for all who buy for a partner")


class PriceInOtherCurrency(kehu.Refusal):
    """The partner's price list is in another currency than what it owes."""

    code = "PRICE_IN_OTHER_CURRENCY"


@dataclasses.dataclass(frozen=True, slots=True)
class PartnerPrice:
    """What a partner pays for a unit, in its currency, and the rules that made it so, step by step."""

    unit_price: Decimal
    currency: str
    price_trace: list[PriceStep]


@plugin.query(permission="partner_inventory.partner:read")
async def partner_price(
    ctx: kehu.Context, partner: Partner, product: kehu.Product, quantity: Decimal, on: date | None = None
) -> PartnerPrice:
    """What a partner pays for a unit of a product when it buys so many, today or on another day."""
    await check_sold(ctx, [product.id], field="product")
    rules = await price_rules(ctx, partner, [product.id], on=on or ctx.today())
    steps = rules[product.id].price(quantity, product=product.code)
    return PartnerPrice(steps[-1].price, partner.currency, steps)


async def price_rules(
    ctx: kehu.Context, partner: Partner, products: Sequence[uuid.UUID], *, on: date
) -> Mapping[uuid.UUID, PriceRules]:
    """What may decide on the price of each product on a day, whoever asks. Raises PriceInOtherCurrency."""
    level = await _level(ctx, partner)
    price_list = await _price_list(ctx, partner, level)
    unusable = _unusable(price_list, on)
    listed = await _listed(ctx, None if unusable else price_list, products, on)
    promotions = await _promotions(ctx, partner, products, on)
    special = await _special(ctx, partner, products, on)
    off = Discount(level.id, level.name, level.discount_percent) if level else None
    return {
        key: PriceRules(
            *(price_list.name if price_list else "", listed[key], off, promotions[key], special[key]),
            unusable=unusable,
        )
        for key in products
    }


async def _level(ctx: kehu.Context, partner: Partner) -> PartnerLevel | None:
    statement = sa.select(PartnerLevel).where(PartnerLevel.id == partner.level_id)
    return (await whoever_asks.scalars(ctx, statement)).one_or_none()


async def _price_list(
    ctx: kehu.Context, partner: Partner, level: PartnerLevel | None
) -> kehu.PriceList | None:
    """The partner's own list, else that of its level."""
    key = partner.price_list_id or (level.price_list_id if level else None)
    statement = sa.select(kehu.PriceList).where(kehu.PriceList.id == key)
    found = (await whoever_asks.scalars(ctx, statement)).one_or_none()
    if found is not None:
        await check_list_currency(ctx, found, partner.currency, field="partner")
    return found


async def check_list_currency(
    ctx: kehu.Context, price_list: kehu.PriceList, currency: str, *, field: object
) -> None:
    """Raise PriceInOtherCurrency, which blames `field`, for a list that is in another currency."""
    if price_list.currency != currency:
        name = price_list.name if await ctx.find(kehu.PriceList, price_list.id) else kehu.UNTOLD
        message = kehu.text("{list} is in {currency}.", list=name, currency=price_list.currency)
        raise PriceInOtherCurrency(message, field=field)


def _unusable(price_list: kehu.PriceList | None, on: date) -> kehu.Refusal | None:
    """Why the prices of a list cannot be taken on a day; None where they can."""
    try:
        if price_list is not None:
            check_current(price_list, "PriceList", field="product_id")
            price_list.check_holds(on, field="product_id")
    except (PriceListNotActive, RecordArchived) as refusal:
        return refusal
    return None


async def _listed(
    ctx: kehu.Context, price_list: kehu.PriceList | None, products: Sequence[uuid.UUID], on: date
) -> Mapping[uuid.UUID, Sequence[ListedPrice]]:
    found: dict[uuid.UUID, list[ListedPrice]] = defaultdict(list)
    if price_list is None:
        return found
    item = kehu.PriceListItem
    statement = sa.select(item).where(item.price_list_id == price_list.id, item.product_id.in_(products))
    for each in await whoever_asks.scalars(ctx, statement):
        if holds_on(on, each.valid_from_on, each.valid_until_on):
            found[each.product_id].append(ListedPrice(each.id, each.min_quantity, each.price))
    return found


async def _promotions(
    ctx: kehu.Context, partner: Partner, products: Sequence[uuid.UUID], on: date
) -> Mapping[uuid.UUID, Sequence[Discount]]:
    statement = sa.select(Promotion).where(
        Promotion.archived_at.is_(None),
        sa.or_(Promotion.level_id.is_(None), Promotion.level_id == partner.level_id),
        sa.or_(Promotion.product_id.is_(None), Promotion.product_id.in_(products)),
    )
    running = [
        each
        for each in await whoever_asks.scalars(ctx, statement)
        if holds_on(on, each.valid_from_on, each.valid_until_on)
    ]
    categories = await categories_of(ctx, products) if any(each.category_id for each in running) else {}
    found: dict[uuid.UUID, list[Discount]] = defaultdict(list)
    for each in running:
        off = Discount(each.id, each.name, each.discount_percent, each.min_quantity, each.priority)
        for key in products:
            in_category = each.category_id is None or each.category_id in categories[key]
            if each.product_id in (None, key) and in_category:
                found[key].append(off)
    return found


async def _special(
    ctx: kehu.Context, partner: Partner, products: Sequence[uuid.UUID], on: date
) -> Mapping[uuid.UUID, Sequence[ListedPrice]]:
    p = SpecialPrice
    statement = sa.select(p).where(
        p.partner_id == partner.id, p.product_id.in_(products), p.archived_at.is_(None)
    )
    found: dict[uuid.UUID, list[ListedPrice]] = defaultdict(list)
    for each in await whoever_asks.scalars(ctx, statement):
        if holds_on(on, each.valid_from_on, each.valid_until_on):
            found[each.product_id].append(ListedPrice(each.id, each.min_quantity, each.price))
    return found


async def categories_of(
    ctx: kehu.Context, products: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """The category of each product and all above it."""
    product, above = kehu.Product, whoever_asks.rows(kehu.ProductCategory)
    tree = sa.select(product.id.label("product_id"), product.category_id.label("id")).where(
        product.id.in_(products)
    )
    chain = tree.cte(recursive=True)
    chain = chain.union(
        sa.select(chain.c.product_id, above.c.parent_id).join(above, above.c.id == chain.c.id)
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {key: set() for key in products}
    for key, category in await whoever_asks.execute(ctx, sa.select(chain.c.product_id, chain.c.id)):
        if category is not None:
            found[key].add(category)
    return {key: frozenset(each) for key, each in found.items()}
