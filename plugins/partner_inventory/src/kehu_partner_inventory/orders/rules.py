"""What must hold of orders and their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

import kehu
from kehu.business.approvals.models import ApprovalRequest, ApprovalStatus
from kehu.kernel.ids import parse_global_id
from kehu_partner_inventory.documents import checked_document
from kehu_partner_inventory.orders.models import (
    ChannelOrder,
    ChannelOrderLine,
    ChannelOrderStatus,
    ContractEnded,
    NotAuthorised,
    PartnerNotActive,
)
from kehu_partner_inventory.orders.numbering import next_number
from kehu_partner_inventory.orders.queries import whoever_asks
from kehu_partner_inventory.partners.models import Partner, PartnerAuthorisation, PartnerStatus
from kehu_partner_inventory.plugin import channel_order, plugin
from kehu_partner_inventory.pricing.engine import holds_on
from kehu_partner_inventory.pricing.queries import categories_of

_DECIDED = {
    ApprovalStatus.APPROVED: "agree",
    ApprovalStatus.REJECTED: "disagree",
    ApprovalStatus.WITHDRAWN: "disagree",
}


@channel_order.before_write
async def complete_order(ctx: kehu.Context, change: kehu.Change[ChannelOrder]) -> None:
    """A new order gets its number, the partner's currency, and who entered it."""
    made = change.obj
    if not change.creating or made.number:
        return
    partner = await partner_of(ctx, made)
    made.number, made.currency = await next_number(ctx, "C"), partner.currency
    made.ordered_by_id = ctx.principal.id
    with change.noting():
        made.document = checked_document(made.document)


@plugin.after_write(ApprovalRequest)
async def carry_on_with_the_order(ctx: kehu.Context, change: kehu.Change[ApprovalRequest]) -> None:
    """An order that was agreed to can be confirmed; one that was not is a draft again."""
    verb = _DECIDED.get(change.obj.status)
    if verb is None or not change.touches(ApprovalRequest.status):
        return
    type_name, key = parse_global_id(change.obj.subject_id)
    if type_name != "ChannelOrder":
        return
    statement = sa.select(ChannelOrder).where(ChannelOrder.id == key)
    order = (await whoever_asks.scalars(ctx, statement)).one()
    if order.status is ChannelOrderStatus.APPROVAL:
        order.move(verb)


async def partner_of(ctx: kehu.Context, order: ChannelOrder) -> Partner:
    """The partner of an order, whoever asks."""
    statement = sa.select(Partner).where(Partner.id == order.partner_id)
    return (await whoever_asks.scalars(ctx, statement)).one()


async def check_may_order(ctx: kehu.Context, partner: Partner, lines: Sequence[ChannelOrderLine]) -> None:
    """Raise PartnerNotActive, ContractEnded; NotAuthorised where it has authorisations, and none for a product."""
    if partner.status is not PartnerStatus.ACTIVE:
        message = kehu.text(
            "{partner} is {state}.", partner=partner.code, state=kehu.label(Partner.status, partner.status)
        )
        raise PartnerNotActive(message, field="partner")
    last_day = partner.contract_until_on
    if last_day is not None and last_day < ctx.today():
        message = kehu.text("The contract of {partner} ended on {day}.", partner=partner.code, day=last_day)
        raise ContractEnded(message, field="partner")
    a = PartnerAuthorisation
    statement = sa.select(a).where(a.partner_id == partner.id, a.archived_at.is_(None))
    known = (await whoever_asks.scalars(ctx, statement)).all()
    if not any(each.product_id or each.category_id for each in known):
        return
    products = [line.product_id for line in lines]
    categories = await categories_of(ctx, products)
    holding = [each for each in known if holds_on(ctx.today(), each.valid_from_on, each.valid_until_on)]
    allowed = {
        key
        for key in products
        for each in holding
        if each.product_id in (None, key)
        and (each.category_id is None or each.category_id in categories[key])
    }
    for line in lines:
        if line.product_id not in allowed:
            codes = await _codes(ctx, products)
            code = codes[line.product_id]
            message = kehu.text("{partner} may not sell {product}.", partner=partner.code, product=code)
            raise NotAuthorised(message, field="lines")


async def _codes(ctx: kehu.Context, products: Sequence[object]) -> Mapping[object, str]:
    statement = sa.select(kehu.Product.id, whoever_asks.told(ctx, kehu.Product.code))
    statement = statement.where(kehu.Product.id.in_(products))
    return {row[0]: row[1] for row in await whoever_asks.execute(ctx, statement)}
