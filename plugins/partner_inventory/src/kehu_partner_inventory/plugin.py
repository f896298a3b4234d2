"""Partners in the channel tree, and the stock at their locations.

The table of contents of this plugin: what it adds to the API stands here, its nouns in folders beside it.
"""

from __future__ import annotations

from typing import Final

import kehu
from kehu_partner_inventory.alerts.models import StockAlert
from kehu_partner_inventory.billing.models import (
    PartnerInvoice,
    PartnerInvoiceLine,
    PartnerPayment,
    PaymentShare,
)
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.orders.models import ChannelOrder, ChannelOrderLine, OrderAllocation
from kehu_partner_inventory.partners.models import (
    Partner,
    PartnerAuthorisation,
    PartnerLevelChange,
    PartnerPlacement,
    PartnerUser,
)
from kehu_partner_inventory.pricing.models import Promotion, SpecialPrice
from kehu_partner_inventory.programmes.models import PartnerLevel, PartnerProgramme
from kehu_partner_inventory.rebates.models import (
    RebateMember,
    RebateProgramme,
    RebateStatement,
    RebateStatementLine,
    RebateTier,
)
from kehu_partner_inventory.receipts.models import ExpectedReceipt
from kehu_partner_inventory.replenishment.models import ReorderRule
from kehu_partner_inventory.reservations.models import Reservation
from kehu_partner_inventory.stock.models import StockBalance, StockLayer, StockLayerUse, StockMove
from kehu_partner_inventory.stocking.models import CountClass, StockProfile, StockUnit
from kehu_partner_inventory.stocktakes.models import Stocktake, StocktakeLine
from kehu_partner_inventory.transfers.models import Transfer, TransferLine

plugin = kehu.Plugin("partner_inventory", requires=["core"])

READ_ONLY: Final = ("list", "get", "aggregate")
WATCHED: Final = (*READ_ONLY, "watch")

PORTAL = plugin.permission("portal:use", "Sign in for a partner, and see its subtree only")

# Partners: who sells on, on which level, and what they may sell.
partner_programme = plugin.resource(PartnerProgramme, default_order=[PartnerProgramme.name])
partner_level = plugin.resource(PartnerLevel, default_order=[PartnerLevel.rank])
partner = plugin.resource(Partner, default_order=[Partner.code])
partner_placement = plugin.resource(
    PartnerPlacement,
    operations=READ_ONLY,
    row_scope=PartnerPlacement.partner_id,
    default_order=[PartnerPlacement.began_at.desc()],
)
partner_level_change = plugin.resource(
    PartnerLevelChange,
    operations=READ_ONLY,
    row_scope=PartnerLevelChange.partner_id,
    default_order=[PartnerLevelChange.changed_at.desc()],
)
partner_authorisation = plugin.resource(PartnerAuthorisation, row_scope=PartnerAuthorisation.partner_id)
partner_user = plugin.resource(
    PartnerUser,
    operations=("list", "get", "create", "delete", "aggregate"),
    row_scope=PartnerUser.partner_id,
)

promotion = plugin.resource(Promotion, default_order=[Promotion.name])
special_price = plugin.resource(SpecialPrice, row_scope=SpecialPrice.partner_id)

# Orders: what partners want, got, owe and paid.
channel_order = plugin.resource(
    ChannelOrder,
    operations=("list", "get", "create", "update", "aggregate", "watch"),
    row_scope=ChannelOrder.partner_id,
    default_order=[ChannelOrder.number.desc()],
)
channel_order_line = plugin.resource(
    ChannelOrderLine,
    operations=READ_ONLY,
    row_scope=ChannelOrderLine.order_id,
    default_order=[ChannelOrderLine.position],
)
order_allocation = plugin.resource(OrderAllocation, operations=READ_ONLY, row_scope=OrderAllocation.line_id)
partner_invoice = plugin.resource(
    PartnerInvoice,
    operations=WATCHED,
    row_scope=PartnerInvoice.partner_id,
    default_order=[PartnerInvoice.number.desc()],
)
partner_invoice_line = plugin.resource(
    PartnerInvoiceLine, operations=READ_ONLY, row_scope=PartnerInvoiceLine.invoice_id
)
partner_payment = plugin.resource(
    PartnerPayment,
    operations=READ_ONLY,
    row_scope=PartnerPayment.partner_id,
    default_order=[PartnerPayment.received_on.desc()],
)
payment_share = plugin.resource(PaymentShare, operations=READ_ONLY, row_scope=PaymentShare.payment_id)

# Rebates: what partners get back for what they bought.
rebate_programme = plugin.resource(RebateProgramme, default_order=[RebateProgramme.from_on.desc()])
rebate_tier = plugin.resource(RebateTier, default_order=[RebateTier.from_amount])
rebate_member = plugin.resource(
    RebateMember, operations=(*WATCHED, "create", "delete"), row_scope=RebateMember.partner_id
)
rebate_statement = plugin.resource(
    RebateStatement,
    operations=WATCHED,
    row_scope=RebateStatement.partner_id,
    default_order=[RebateStatement.drawn_up_at.desc()],
)
rebate_statement_line = plugin.resource(
    RebateStatementLine, operations=READ_ONLY, row_scope=RebateStatementLine.statement_id
)
plugin.permission("rebate_programme:simulate", "Work out what partners would have earned")

plugin.relation(RebateProgramme, "tiers", RebateTier.programme_id, description="Its tiers, lowest first.")
plugin.relation(RebateProgramme, "members", RebateMember.programme_id, description="Who takes part.")
plugin.relation(RebateProgramme, "statements", RebateStatement.programme_id, description="Newest first.")
plugin.relation(Partner, "rebates", RebateStatement.partner_id, description="What it earned, newest first.")
plugin.relation(
    RebateStatement, "lines", RebateStatementLine.statement_id, description="What of it each line earned."
)
plugin.relation(Partner, "orders", ChannelOrder.partner_id, description="What it ordered, newest first.")
plugin.permission("channel_order:agreePrice", "Agree on the price of a line of an order")
plugin.relation(Partner, "invoices", PartnerInvoice.partner_id, description="What it owes or owed.")
plugin.relation(Partner, "payments", PartnerPayment.partner_id, description="What it paid, newest first.")
plugin.relation(ChannelOrder, "lines", ChannelOrderLine.order_id, description="What is ordered.")
plugin.relation(ChannelOrder, "invoices", PartnerInvoice.order_id, description="What was billed of it.")
plugin.relation(
    ChannelOrderLine, "allocations", OrderAllocation.line_id, description="What holds goods back for it."
)
plugin.relation(PartnerInvoice, "lines", PartnerInvoiceLine.invoice_id, description="What is on it.")
plugin.relation(PartnerInvoice, "shares", PaymentShare.invoice_id, description="What was paid of it.")
plugin.relation(PartnerPayment, "shares", PaymentShare.payment_id, description="For which invoices.")
plugin.relation(Partner, "special_prices", SpecialPrice.partner_id, description="What was agreed with it.")
plugin.relation(
    PartnerProgramme, "levels", PartnerLevel.programme_id, description="Its levels, lowest first."
)
plugin.relation(PartnerLevel, "partners", Partner.level_id, description="Who has reached it.")
plugin.relation(Partner, "children", Partner.parent_id, description="Those directly below.")
plugin.relation(
    Partner, "placements", PartnerPlacement.partner_id, description="Below whom it stood, newest first."
)
plugin.relation(
    Partner, "level_changes", PartnerLevelChange.partner_id, description="Its levels, newest first."
)
plugin.relation(
    Partner, "authorisations", PartnerAuthorisation.partner_id, description="What it may sell, and where."
)
plugin.relation(Partner, "portal_users", PartnerUser.partner_id, description="Who signs in for it.")

# Stock: where it is, what it is, how it moved.
location = plugin.resource(Location, default_order=[Location.code])
lot = plugin.resource(Lot, default_order=[Lot.number])
stock_unit = plugin.resource(StockUnit, default_order=[StockUnit.name])
stock_profile = plugin.resource(StockProfile)
count_class = plugin.resource(CountClass, plural_name="CountClasses", default_order=[CountClass.name])
stock_move = plugin.resource(
    StockMove,
    operations=READ_ONLY,
    row_scope=(StockMove.from_location_id, StockMove.to_location_id),
    default_order=[StockMove.moved_at.desc()],
)
stock_balance = plugin.resource(StockBalance, operations=READ_ONLY, row_scope=StockBalance.location_id)
stock_layer = plugin.resource(
    StockLayer,
    operations=READ_ONLY,
    row_scope=StockLayer.balance_id,
    default_order=[StockLayer.received_at],
)
stock_layer_use = plugin.resource(StockLayerUse, operations=READ_ONLY, row_scope=StockLayerUse.layer_id)
reservation = plugin.resource(
    Reservation,
    operations=WATCHED,
    row_scope=Reservation.location_id,
    default_order=[Reservation.reserved_at.desc()],
)

# Stock: what is done with it.
expected_receipt = plugin.resource(
    ExpectedReceipt,
    row_scope=ExpectedReceipt.location_id,
    operations=("list", "get", "create", "update", "aggregate", "watch"),
    default_order=[ExpectedReceipt.due_on],
)
transfer = plugin.resource(
    Transfer,
    operations=WATCHED,
    row_scope=(Transfer.from_location_id, Transfer.to_location_id),
    default_order=[Transfer.created_at.desc()],
)
transfer_line = plugin.resource(TransferLine, operations=READ_ONLY, row_scope=TransferLine.transfer_id)
stocktake = plugin.resource(
    Stocktake,
    operations=WATCHED,
    row_scope=Stocktake.location_id,
    default_order=[Stocktake.created_at.desc()],
)
stocktake_line = plugin.resource(StocktakeLine, operations=READ_ONLY, row_scope=StocktakeLine.stocktake_id)
reorder_rule = plugin.resource(ReorderRule, row_scope=ReorderRule.location_id)

stock_alert = plugin.resource(StockAlert, operations=WATCHED, default_order=[StockAlert.opened_at.desc()])

plugin.relation(
    Location, "alerts", StockAlert.location_id, description="What to look at there, newest first."
)
plugin.relation(
    Location, "sublocations", Location.parent_id, description="The locations that are part of it."
)
plugin.relation(Location, "balances", StockBalance.location_id, description="What is there.")
plugin.relation(
    Location, "outgoing_moves", StockMove.from_location_id, description="What left, newest first."
)
plugin.relation(Location, "incoming_moves", StockMove.to_location_id, description="What came, newest first.")
plugin.relation(Location, "reservations", Reservation.location_id, description="What is promised there.")
plugin.relation(Location, "reorder_rules", ReorderRule.location_id, description="How much should be there.")
plugin.relation(kehu.Customer, "locations", Location.holder_id, description="The locations that it keeps.")
plugin.relation(kehu.Product, "balances", StockBalance.product_id, description="Where it is.")
plugin.relation(kehu.Product, "lots", Lot.product_id, description="Its lots, or its pieces.")
plugin.relation(
    kehu.Product, "expected_receipts", ExpectedReceipt.product_id, description="What is on order."
)
plugin.relation(Lot, "moves", StockMove.lot_id, description="The way it took, newest first.")
plugin.relation(Lot, "balances", StockBalance.lot_id, description="Where it is.")
plugin.relation(Reservation, "moves", StockMove.reservation_id, description="What was shipped of it.")
plugin.relation(StockMove, "layer_uses", StockLayerUse.move_id, description="Which goods left, by cost.")
plugin.relation(StockMove, "layers", StockLayer.move_id, description="Which goods came, by cost.")
plugin.relation(Transfer, "lines", TransferLine.transfer_id, description="The goods.")
plugin.relation(Stocktake, "lines", StocktakeLine.stocktake_id, description="What is counted.")

_OF_CORE = tuple(f"core.{name}" for name in ("user", "team", "customer", "product", "product_category"))
LOOKED_UP = dict.fromkeys(("lot", "stock_unit", "stock_profile", "count_class"), "read")
STOCK = ("location", "stock_move", "stock_balance", "stock_layer", "stock_layer_use", "reservation")
DONE = ("expected_receipt", "transfer", "transfer_line", "stocktake", "stocktake_line", "reorder_rule")


def _works_in_stock(reach: str) -> dict[str, str]:
    """Takes goods in, sends them, and counts them blind, within `reach`."""
    verbs = {
        "location": "read receiveAt issueFrom moveFrom reserveAt",
        "reservation": "read release ship",
        "expected_receipt": "read receive",
        "transfer": "read create send receive",
        "stocktake": "read count recount complete",
    }
    reaching = {
        entity: " ".join(f"{verb}:{reach}" for verb in verbs.get(entity, "read").split())
        for entity in (*STOCK, *DONE)
    }
    return {**dict.fromkeys(_OF_CORE, "read"), **LOOKED_UP, **reaching, "lot": "read create update"}


def _runs_stock(reach: str) -> dict[str, str]:
    """Does everything with stock within `reach`, and sees what it is worth."""
    verbs = {
        "location": "create update delete adjustAt",
        "stock_move": "reverse",
        "expected_receipt": "create update cancel",
        "transfer": "approve cancel",
        "stocktake": "create approve post cancel",
        "reorder_rule": "create update delete",
    }
    more = {entity: " ".join(f"{verb}:{reach}" for verb in words.split()) for entity, words in verbs.items()}
    worker = _works_in_stock(reach)
    return {
        **worker,
        **{entity: f"{worker[entity]} {words}" for entity, words in more.items()},
        "stocktake": f"{worker['stocktake']} {more['stocktake']} expectation",
        "stock": "value",
    }


plugin.grant("Warehouse Worker", **_works_in_stock("TEAM"))
plugin.grant(
    "Warehouse Manager",
    **{
        **_runs_stock("SUBTREE"),
        **dict.fromkeys(("stock_unit", "stock_profile", "count_class"), "read create update delete"),
        "stock": "value check",
    },
)
plugin.grant(
    "Partner Manager",
    **{
        **_runs_stock("TEAM"),
        "stock_balance": "read",
        "location": (
            "read create:TEAM update:TEAM receiveAt:TEAM issueFrom:TEAM moveFrom:TEAM reserveAt:TEAM adjustAt:TEAM"
        ),
    },
)
plugin.grant(
    "Salesperson",
    **LOOKED_UP,
    location="read reserveAt",
    stock_balance="read",
    reservation="read",
    expected_receipt="read",
    transfer="read",
    transfer_line="read",
)
plugin.grant("Sales Manager", **{**dict.fromkeys((*STOCK, *DONE), "read"), **LOOKED_UP, "stock": "value"})
plugin.grant("Service Agent", **LOOKED_UP, location="read", stock_balance="read", stock_move="read")
plugin.grant(
    "Auditor",
    **{
        **dict.fromkeys((*STOCK, *DONE, *LOOKED_UP), "read export"),
        "stocktake": "read export expectation",
        "stock": "value check",
    },
)
plugin.grant("Integration", **_works_in_stock("ALL"))

_RATED = dict.fromkeys(
    ("partner_programme", "partner_level", "promotion", "rebate_programme", "rebate_tier"), "read"
)
_REBATED = ("rebate_member", "rebate_statement", "rebate_statement_line")
_BOOKED = (
    *("channel_order_line", "partner_invoice", "partner_invoice_line"),
    *("partner_payment", "payment_share"),
)
_TOLD = (
    "special_price",
    "channel_order",
    *_BOOKED,
    *_REBATED,
    "partner",
    "partner_placement",
    "partner_level_change",
    "partner_authorisation",
    "partner_user",
)
_RUN = {
    "partner": "read create update delete approve activate suspend end rate",
    "partner_authorisation": "read create update delete",
    "partner_user": "read delete",
    "special_price": "read create update delete",
    "channel_order": (
        "read create update setLines submit confirm allocate ship deliver invoice takeBack close cancel cancelRest"
    ),
    **dict.fromkeys((*_BOOKED, *_REBATED, "order_allocation"), "read"),
    **dict.fromkeys(("partner_placement", "partner_level_change"), "read"),
}


def _looks_after_partners(reach: str) -> dict[str, str]:
    """Does everything with partners within `reach`."""
    return _RATED | {
        entity: " ".join(f"{verb}:{reach}" for verb in words.split()) for entity, words in _RUN.items()
    }


plugin.grant("Partner Manager", **_looks_after_partners("TEAM"))
plugin.grant("Sales Manager", **_looks_after_partners("SUBTREE"))
plugin.grant("Sales Manager", channel_order="agreePrice")
plugin.grant("Sales Manager", channel_order="release:SUBTREE", partner="receivePayment:SUBTREE")
plugin.grant("Sales Manager", **dict.fromkeys(_RATED, "read create update delete"))
plugin.grant("Partner Manager", rebate_programme="drawUp simulate")
plugin.grant(
    "Sales Manager",
    rebate_programme="drawUp simulate",
    rebate_member="create:SUBTREE delete:SUBTREE",
    rebate_statement="approve:SUBTREE payOut:SUBTREE payOutInCash:SUBTREE",
)
plugin.grant("Salesperson", **_RATED, partner="read")
plugin.grant("Auditor", **dict.fromkeys((*_RATED, *_TOLD), "read export"))
plugin.grant(
    "Partner Portal",
    **{"core.customer": "read", "core.user": "read", "core.product": "read", "core.product_category": "read"},
    **_RATED,
    **dict.fromkeys((*_TOLD, "location", "stock_balance"), "read"),
    portal="use",
)
plugin.grant("Partner Portal", channel_order="create update setLines submit")
plugin.grant(
    "Warehouse Manager", channel_order="read allocate ship deliver", channel_order_line="read", partner="read"
)
_SOLD = "reportSellOutAt countAt sellOutFromFileAt"
plugin.grant("Partner Portal", location=_SOLD)
plugin.grant("Partner Manager", location=" ".join(f"{verb}:TEAM" for verb in _SOLD.split()))
plugin.grant("Warehouse Manager", location=" ".join(f"{verb}:SUBTREE" for verb in _SOLD.split()))
plugin.permission("stock_alert:check", "Look for alerts now")
plugin.grant("Warehouse Worker", stock_alert="read:TEAM")
plugin.grant("Warehouse Manager", stock_alert="read:SUBTREE check")
plugin.grant("Partner Manager", stock_alert="read:TEAM")
plugin.grant("Sales Manager", stock_alert="read:SUBTREE")
plugin.grant("Auditor", stock_alert="read export")
plugin.grant("Partner Portal", stock_alert="read")
