"""Partners and inventory for kehu."""

from kehu_partner_inventory.alerts import watching
from kehu_partner_inventory.alerts.models import AlertKind, AlertState, StockAlert
from kehu_partner_inventory.availability import fields as availability_fields
from kehu_partner_inventory.availability import queries as availability_queries
from kehu_partner_inventory.billing import actions as billing_actions
from kehu_partner_inventory.billing import collecting
from kehu_partner_inventory.billing import reports as billing_reports
from kehu_partner_inventory.billing import rules as billing_rules
from kehu_partner_inventory.billing.models import (
    PartnerInvoice,
    PartnerInvoiceLine,
    PartnerPayment,
    PaymentShare,
)
from kehu_partner_inventory.credit import fields as credit_fields
from kehu_partner_inventory.deals import actions as deal_actions
from kehu_partner_inventory.deals import rules as deal_rules
from kehu_partner_inventory.deals.models import DealRegistration, DealStatus
from kehu_partner_inventory.evaluation import queries as evaluation_queries
from kehu_partner_inventory.evaluation import rules as evaluation_rules
from kehu_partner_inventory.evaluation.models import (
    PartnerMeasure,
    PartnerTarget,
    Scorecard,
    ScorecardCriterion,
)
from kehu_partner_inventory.funds import actions as fund_actions
from kehu_partner_inventory.funds import claims as fund_claims
from kehu_partner_inventory.funds import fields as fund_fields
from kehu_partner_inventory.funds import rules as fund_rules
from kehu_partner_inventory.funds.events import FundClaimPaid
from kehu_partner_inventory.funds.models import (
    FundAllocation,
    FundClaim,
    FundClaimStatus,
    FundRequest,
    FundRequestStatus,
    MarketFund,
)
from kehu_partner_inventory.locations import fields as location_fields
from kehu_partner_inventory.locations import rules as location_rules
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.lots import queries as lot_queries
from kehu_partner_inventory.lots import rules as lot_rules
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.orders import actions as order_actions
from kehu_partner_inventory.orders import back_orders, from_quotes
from kehu_partner_inventory.orders import fields as order_fields
from kehu_partner_inventory.orders import reports as order_reports
from kehu_partner_inventory.orders import rules as order_rules
from kehu_partner_inventory.orders.models import (
    ChannelOrder,
    ChannelOrderLine,
    ChannelOrderStatus,
    OrderAllocation,
)
from kehu_partner_inventory.partners import actions as partner_actions
from kehu_partner_inventory.partners import currencies, portal
from kehu_partner_inventory.partners import fields as partner_fields
from kehu_partner_inventory.partners import rules as partner_rules
from kehu_partner_inventory.partners.models import (
    Partner,
    PartnerAuthorisation,
    PartnerLevelChange,
    PartnerPlacement,
    PartnerStatus,
    PartnerUser,
)
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.pricing import queries as price_queries
from kehu_partner_inventory.pricing import rules as price_rules
from kehu_partner_inventory.pricing.models import Promotion, SpecialPrice
from kehu_partner_inventory.programmes import rules as programme_rules
from kehu_partner_inventory.programmes.models import PartnerLevel, PartnerProgramme, ReviewInterval
from kehu_partner_inventory.rebates import accruing as rebate_accruals
from kehu_partner_inventory.rebates import actions as rebate_actions
from kehu_partner_inventory.rebates import queries as rebate_queries
from kehu_partner_inventory.rebates import rules as rebate_rules
from kehu_partner_inventory.rebates.models import (
    AccrualKind,
    RebateAccrual,
    RebateExclusion,
    RebateMember,
    RebateProgramme,
    RebateStatement,
    RebateStatementLine,
    RebateStatus,
    RebateTier,
)
from kehu_partner_inventory.rebates.reckoning import RebateBase, RebateKind
from kehu_partner_inventory.receipts import actions as receipt_actions
from kehu_partner_inventory.receipts import rules as receipt_rules
from kehu_partner_inventory.receipts.models import ExpectedReceipt, ReceiptState
from kehu_partner_inventory.replenishment import queries as replenishment_queries
from kehu_partner_inventory.replenishment import rules as replenishment_rules
from kehu_partner_inventory.replenishment.models import ReorderRule
from kehu_partner_inventory.reservations import actions as reservation_actions
from kehu_partner_inventory.reservations import rules as reservation_rules
from kehu_partner_inventory.reservations.models import Reservation, ReservationState
from kehu_partner_inventory.reviews import actions as review_actions
from kehu_partner_inventory.reviews import rules as review_rules
from kehu_partner_inventory.reviews.models import LevelDirection, LevelReview, LevelReviewStatus, LevelRule
from kehu_partner_inventory.sellout import actions as sellout_actions
from kehu_partner_inventory.sellout import figures as sellout_figures
from kehu_partner_inventory.stock import actions, checking, commands, reports, rules
from kehu_partner_inventory.stock.models import (
    InsufficientStock,
    StockBalance,
    StockLayer,
    StockLayerUse,
    StockMove,
)
from kehu_partner_inventory.stocking import quantities
from kehu_partner_inventory.stocking import rules as stocking_rules
from kehu_partner_inventory.stocking.models import Costing, CountClass, StockProfile, StockUnit
from kehu_partner_inventory.stocktakes import actions as stocktake_actions
from kehu_partner_inventory.stocktakes import fields as stocktake_fields
from kehu_partner_inventory.stocktakes import rules as stocktake_rules
from kehu_partner_inventory.stocktakes.models import Stocktake, StocktakeLine, StocktakeState
from kehu_partner_inventory.transfers import actions as transfer_actions
from kehu_partner_inventory.transfers.models import Transfer, TransferLine, TransferState

# Importing these has run their declarations.
_DECLARING = (
    *(
        actions,
        checking,
        commands,
        reports,
        rules,
        quantities,
        stocking_rules,
        availability_fields,
        availability_queries,
    ),
    *(location_fields, location_rules, lot_queries, lot_rules, receipt_actions, receipt_rules),
    *(replenishment_queries, replenishment_rules, reservation_actions, reservation_rules),
    *(stocktake_actions, stocktake_fields, stocktake_rules, transfer_actions),
    *(currencies, partner_actions, partner_fields, partner_rules, portal, programme_rules),
    *(price_queries, price_rules, billing_actions, billing_reports, collecting, billing_rules, credit_fields),
    *(deal_actions, deal_rules, evaluation_queries, evaluation_rules, review_actions, review_rules),
    *(fund_actions, fund_claims, fund_fields, fund_rules),
    *(back_orders, from_quotes, order_reports, order_actions, order_fields, order_rules),
    *(rebate_accruals, rebate_actions, rebate_queries, rebate_rules),
    *(sellout_actions, sellout_figures, watching),
)

__all__ = [
    "AccrualKind",
    "AlertKind",
    "AlertState",
    "ChannelOrder",
    "ChannelOrderLine",
    "ChannelOrderStatus",
    "Costing",
    "CountClass",
    "DealRegistration",
    "DealStatus",
    "ExpectedReceipt",
    "FundAllocation",
    "FundClaim",
    "FundClaimPaid",
    "FundClaimStatus",
    "FundRequest",
    "FundRequestStatus",
    "InsufficientStock",
    "LevelDirection",
    "LevelReview",
    "LevelReviewStatus",
    "LevelRule",
    "Location",
    "LocationUsage",
    "Lot",
    "MarketFund",
    "OrderAllocation",
    "Partner",
    "PartnerAuthorisation",
    "PartnerInvoice",
    "PartnerInvoiceLine",
    "PartnerLevel",
    "PartnerLevelChange",
    "PartnerMeasure",
    "PartnerPayment",
    "PartnerPlacement",
    "PartnerProgramme",
    "PartnerStatus",
    "PartnerTarget",
    "PartnerUser",
    "PaymentShare",
    "Promotion",
    "RebateAccrual",
    "RebateBase",
    "RebateExclusion",
    "RebateKind",
    "RebateMember",
    "RebateProgramme",
    "RebateStatement",
    "RebateStatementLine",
    "RebateStatus",
    "RebateTier",
    "ReceiptState",
    "ReorderRule",
    "Reservation",
    "ReservationState",
    "ReviewInterval",
    "Scorecard",
    "ScorecardCriterion",
    "SpecialPrice",
    "StockAlert",
    "StockBalance",
    "StockLayer",
    "StockLayerUse",
    "StockMove",
    "StockProfile",
    "StockUnit",
    "Stocktake",
    "StocktakeLine",
    "StocktakeState",
    "Transfer",
    "TransferLine",
    "TransferState",
    "plugin",
]
