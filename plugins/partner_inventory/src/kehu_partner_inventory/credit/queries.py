"""Exposure: what partners owe, and what is confirmed and not billed yet."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoice
from kehu_partner_inventory.orders.models import ChannelOrder

whoever_asks = kehu.Unscoped("a partner owes what it owes")

Keys = list[uuid.UUID] | sa.Select[uuid.UUID]


async def exposures(ctx: kehu.Context, partners: Keys) -> Mapping[uuid.UUID, Mapping[str, Decimal]]:
    """Of each partner what is unpaid and unbilled, by currency, whoever asks; nothing where it is nothing."""
    found: dict[uuid.UUID, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for entity, amount in (
        (PartnerInvoice, PartnerInvoice.open_amount),
        (ChannelOrder, ChannelOrder.unbilled_amount),
    ):
        statement = (
            sa.select(entity.partner_id, entity.currency, sa.func.sum(amount))
            .where(entity.partner_id.in_(partners), amount != 0)
            .group_by(entity.partner_id, entity.currency)
        )
        for key, currency, total in await whoever_asks.execute(ctx, statement):
            found[key][currency] += total
    return found
