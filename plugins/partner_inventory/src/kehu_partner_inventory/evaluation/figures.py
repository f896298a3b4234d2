"""What partners bought, brought back, paid on time and attained: figures from invoices and payments."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import (
    PartnerInvoice,
    PartnerInvoiceLine,
    PartnerPayment,
    PaymentShare,
)
from kehu_partner_inventory.evaluation.models import PartnerTarget
from kehu_partner_inventory.evaluation.scoring import ZERO, Figures
from kehu_partner_inventory.orders.models import ChannelOrderLine
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.product_groups.queries import group_of

whoever_asks = kehu.Unscoped("a partner is judged by all that it bought and paid")

_CATEGORIES = whoever_asks.rows(kehu.ProductCategory)


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last day, of a product group or of everything."""

    first: date
    last: date
    category_id: uuid.UUID | None = None


async def figures_of(
    ctx: kehu.Context, partners: Sequence[Partner], span: Span
) -> Mapping[uuid.UUID, Figures]:
    """The figures of each partner, whoever asks; payments are those of all products."""
    keys = [each.id for each in partners]
    bought = {row[0]: row[1:] for row in await whoever_asks.execute(ctx, _bought(keys, span))}
    paid = await _paid(ctx, keys, span)
    t = PartnerTarget
    targets = sa.select(t).where(t.partner_id.in_(keys), t.from_on >= span.first, t.until_on <= span.last)
    if span.category_id is not None:
        targets = targets.where(t.category_id.in_(group_of(span.category_id)))
    wanted = (await whoever_asks.scalars(ctx, targets)).all()
    attained = await attained_of(ctx, [each.id for each in wanted])
    found = {}
    for key in keys:
        own = [each for each in wanted if each.partner_id == key]
        purchases, returns = bought.get(key, (ZERO, ZERO))
        due, on_time = paid.get(key, (ZERO, ZERO))
        target = sum((each.amount for each in own), ZERO)
        reached = sum((attained[each.id] for each in own), ZERO)
        found[key] = Figures(purchases, -returns, due, on_time, target, reached)
    return found


async def attained_of(ctx: kehu.Context, targets: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Decimal]:
    """What was bought for each target in its period, less what came back, whoever asks."""
    t, invoice, line = PartnerTarget, PartnerInvoice, PartnerInvoiceLine
    part = _CATEGORIES.alias()
    tree = sa.select(_CATEGORIES.c.id.label("root"), _CATEGORIES.c.id.label("id")).cte(recursive=True)
    tree = tree.union(sa.select(tree.c.root, part.c.id).join(tree, part.c.parent_id == tree.c.id))
    group = sa.select(tree.c.id).where(tree.c.root == t.category_id).correlate(t)
    statement = (
        sa.select(t.id, sa.func.sum(line.amount))
        .join(Partner, Partner.id == t.partner_id)
        .join(
            invoice,
            sa.and_(
                invoice.partner_id == t.partner_id,
                invoice.currency == Partner.currency,
                invoice.issued_on.between(t.from_on, t.until_on),
            ),
        )
        .join(line, line.invoice_id == invoice.id)
        .join(ChannelOrderLine, ChannelOrderLine.id == line.order_line_id)
        .join(kehu.Product, kehu.Product.id == ChannelOrderLine.product_id)
        .where(t.id.in_(targets), sa.or_(t.category_id.is_(None), kehu.Product.category_id.in_(group)))
        .group_by(t.id)
    )
    rows = {row[0]: row[1] for row in await whoever_asks.execute(ctx, statement)}
    return {key: rows.get(key, ZERO) for key in targets}


def lines_between(partners: Sequence[uuid.UUID], span: Span, *shown: Any) -> sa.Select[Any]:
    """Lines of invoices and credit notes of these partners in a span, each in its partner's currency."""
    line, invoice = PartnerInvoiceLine, PartnerInvoice
    statement = (
        sa.select(*shown)
        .select_from(line)
        .join(invoice, invoice.id == line.invoice_id)
        .join(Partner, sa.and_(Partner.id == invoice.partner_id, Partner.currency == invoice.currency))
        .where(invoice.partner_id.in_(partners), invoice.issued_on.between(span.first, span.last))
    )
    if span.category_id is None:
        return statement
    return (
        statement.join(ChannelOrderLine, ChannelOrderLine.id == line.order_line_id)
        .join(kehu.Product, kehu.Product.id == ChannelOrderLine.product_id)
        .where(kehu.Product.category_id.in_(group_of(span.category_id)))
    )


def _bought(partners: Sequence[uuid.UUID], span: Span) -> sa.Select[*tuple[Any, ...]]:
    line = PartnerInvoiceLine
    out = sa.func.sum(sa.case((line.quantity > 0, line.amount), else_=sa.literal(ZERO, line.amount.type)))
    back = sa.func.sum(sa.case((line.quantity < 0, line.amount), else_=sa.literal(ZERO, line.amount.type)))
    shown = (PartnerInvoice.partner_id, out, back)
    return lines_between(partners, span, *shown).group_by(PartnerInvoice.partner_id)


async def _paid(
    ctx: kehu.Context, partners: Sequence[uuid.UUID], span: Span
) -> Mapping[uuid.UUID, tuple[Decimal, Decimal]]:
    """What of each partner's invoices was due in the span, and what of that was paid until its day."""
    i, share = PartnerInvoice, PaymentShare
    statement = (
        sa.select(i.id, i.partner_id, i.amount, share.amount, PartnerPayment.received_on <= i.due_on)
        .join(Partner, sa.and_(Partner.id == i.partner_id, Partner.currency == i.currency))
        .outerjoin(share, share.invoice_id == i.id)
        .outerjoin(PartnerPayment, PartnerPayment.id == share.payment_id)
        .where(i.partner_id.in_(partners), i.due_on.between(span.first, span.last), i.amount > 0)
    )
    due: dict[uuid.UUID, dict[uuid.UUID, Decimal]] = {}
    on_time: dict[uuid.UUID, Decimal] = {}
    for key, partner, amount, paid, in_time in await whoever_asks.execute(ctx, statement):
        due.setdefault(partner, {})[key] = amount
        if in_time:
            on_time[partner] = on_time.get(partner, ZERO) + paid
    return {key: (sum(each.values(), ZERO), on_time.get(key, ZERO)) for key, each in due.items()}
