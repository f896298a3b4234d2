"""Exposure: what partners owe, and what is confirmed and not billed yet."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoice
from kehu_partner_inventory.orders.models import ChannelOrder

whoever_asks = kehu.Unscoped("a partner owes what it owes")

Keys = list[uuid.UUID] | sa.Select[uuid.UUID]
Exposures = Mapping[uuid.UUID, Mapping[str, Decimal]]
_Sums = sa.Select[uuid.UUID, str, Decimal]


async def exposures(ctx: kehu.Context, partners: Keys) -> Exposures:
    """Of each partner what is unpaid and unbilled, by currency, whoever asks; nothing where it is nothing."""
    return _added_up([await whoever_asks.execute(ctx, sums) for sums in _owed(partners)])


async def seen_exposures(ctx: kehu.Context, partners: Keys) -> Exposures:
    """The same of invoices and orders that the reader may see."""
    return _added_up([await ctx.session.execute(sums) for sums in _owed(partners)])


def _owed(partners: Keys) -> Iterator[_Sums]:
    for entity, amount in (
        (PartnerInvoice, PartnerInvoice.open_amount),
        (ChannelOrder, ChannelOrder.unbilled_amount),
    ):
        yield (
            sa.select(entity.partner_id, entity.currency, sa.func.sum(amount))
            .where(entity.partner_id.in_(partners), amount != 0)
            .group_by(entity.partner_id, entity.currency)
        )


def _added_up(results: list[sa.Result[uuid.UUID, str, Decimal]]) -> Exposures:
    found: dict[uuid.UUID, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for rows in results:
        for key, currency, total in rows:
            found[key][currency] += total
    return found
