"""The portal: what users of partners see, which is their own subtree and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.alerts.models import StockAlert
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerInvoiceLine, PartnerPayment
from kehu_partner_inventory.deals.models import DealRegistration
from kehu_partner_inventory.evaluation.models import PartnerTarget
from kehu_partner_inventory.funds.models import FundAllocation, FundClaim, FundRequest, MarketFund
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.orders.models import ChannelOrder, ChannelOrderLine
from kehu_partner_inventory.partners.models import (
    Partner,
    PartnerAuthorisation,
    PartnerLevelChange,
    PartnerPlacement,
    PartnerUser,
)
from kehu_partner_inventory.partners.queries import PARTNER_USERS, PARTNERS, subtree_of_user
from kehu_partner_inventory.plugin import PORTAL, plugin
from kehu_partner_inventory.pricing.models import SpecialPrice
from kehu_partner_inventory.programmes.models import PartnerLevel, PartnerProgramme
from kehu_partner_inventory.rebates.models import (
    RebateAccrual,
    RebateExclusion,
    RebateMember,
    RebateProgramme,
    RebateStatement,
    RebateStatementLine,
    RebateTier,
)
from kehu_partner_inventory.stock.models import StockBalance

Partners = sa.Select[uuid.UUID]
Shown = Callable[[Any, Partners], sa.ColumnElement[bool]]

_LOCATIONS, _STATEMENTS = Location.__table__, RebateStatement.__table__
_MEMBERS = RebateMember.__table__
_ALLOTTED, _ASKED = FundAllocation.__table__, FundRequest.__table__
_ORDERS, _INVOICES = ChannelOrder.__table__, PartnerInvoice.__table__


def _customers(partners: Partners) -> sa.Select[Any]:
    return sa.select(PARTNERS.c.customer_id).where(PARTNERS.c.id.in_(partners))


def _locations(partners: Partners) -> sa.Select[Any]:
    is_theirs = _LOCATIONS.c.holder_id.in_(_customers(partners))
    return sa.select(_LOCATIONS.c.id).where(sa.or_(is_theirs, _LOCATIONS.c.is_shown_to_partners.is_(True)))


def _users(partners: Partners) -> sa.Select[Any]:
    return sa.select(PARTNER_USERS.c.user_id).where(PARTNER_USERS.c.partner_id.in_(partners))


def _orders(partners: Partners) -> sa.Select[Any]:
    return sa.select(_ORDERS.c.id).where(_ORDERS.c.partner_id.in_(partners))


def _invoices(partners: Partners) -> sa.Select[Any]:
    return sa.select(_INVOICES.c.id).where(_INVOICES.c.partner_id.in_(partners))


def _statements(partners: Partners) -> sa.Select[Any]:
    return sa.select(_STATEMENTS.c.id).where(_STATEMENTS.c.partner_id.in_(partners))


def _rebates(partners: Partners) -> sa.Select[Any]:
    return sa.select(_MEMBERS.c.programme_id).where(_MEMBERS.c.partner_id.in_(partners))


def _allotted(partners: Partners, column: Any) -> sa.Select[Any]:
    return sa.select(column).where(_ALLOTTED.c.partner_id.in_(partners))


def _asked(partners: Partners) -> sa.Select[Any]:
    return sa.select(_ASKED.c.id).where(_ASKED.c.allocation_id.in_(_allotted(partners, _ALLOTTED.c.id)))


def _of_partner(entity: Any, partners: Partners) -> sa.ColumnElement[bool]:
    return entity.partner_id.in_(partners)  # type: ignore[no-any-return]


def _everything(_entity: Any, _partners: Partners) -> sa.ColumnElement[bool]:
    return sa.true()


SHOWN: Final[Mapping[type[Any], Shown]] = {
    kehu.Product: _everything,
    kehu.ProductCategory: _everything,
    PartnerProgramme: _everything,
    PartnerLevel: _everything,
    kehu.Customer: lambda entity, partners: entity.id.in_(_customers(partners)),
    kehu.User: lambda entity, partners: entity.id.in_(_users(partners)),
    Partner: lambda entity, partners: entity.id.in_(partners),
    StockAlert: _of_partner,
    PartnerPlacement: _of_partner,
    PartnerLevelChange: _of_partner,
    PartnerAuthorisation: _of_partner,
    PartnerUser: _of_partner,
    SpecialPrice: _of_partner,
    DealRegistration: _of_partner,
    PartnerTarget: _of_partner,
    kehu.Attachment: lambda entity, _partners: entity.record_type == "FundRequest",
    MarketFund: lambda entity, partners: entity.id.in_(_allotted(partners, _ALLOTTED.c.fund_id)),
    FundAllocation: _of_partner,
    FundRequest: lambda entity, partners: entity.allocation_id.in_(_allotted(partners, _ALLOTTED.c.id)),
    FundClaim: lambda entity, partners: entity.request_id.in_(_asked(partners)),
    ChannelOrder: _of_partner,
    ChannelOrderLine: lambda entity, partners: entity.order_id.in_(_orders(partners)),
    PartnerInvoice: _of_partner,
    PartnerInvoiceLine: lambda entity, partners: entity.invoice_id.in_(_invoices(partners)),
    PartnerPayment: _of_partner,
    RebateMember: _of_partner,
    RebateAccrual: _of_partner,
    RebateProgramme: lambda entity, partners: entity.id.in_(_rebates(partners)),
    RebateExclusion: lambda entity, partners: entity.programme_id.in_(_rebates(partners)),
    RebateTier: lambda entity, partners: entity.programme_id.in_(_rebates(partners)),
    RebateStatement: _of_partner,
    RebateStatementLine: lambda entity, partners: entity.statement_id.in_(_statements(partners)),
    Location: lambda entity, partners: sa.or_(
        entity.holder_id.in_(_customers(partners)), entity.is_shown_to_partners.is_(True)
    ),
    StockBalance: lambda entity, partners: entity.location_id.in_(_locations(partners)),
}
"""What a partner's user may see of each kind of record; nothing of any kind that is not here."""


class WhatPartnersSee:
    """Who has the grant of the portal sees the subtree of the own partner, whatever else was granted."""

    @kehu.hookimpl
    def kehu_row_scope(
        self, ctx: kehu.Context, model: type[Any], entity: Any
    ) -> sa.ColumnElement[bool] | None:
        """Hide everything that does not belong to the subtree."""
        if PORTAL not in ctx.principal.grants:
            return None
        shown = SHOWN.get(model)
        return sa.false() if shown is None else shown(entity, subtree_of_user(ctx.principal.id))


plugin.hookimpl(WhatPartnersSee())
