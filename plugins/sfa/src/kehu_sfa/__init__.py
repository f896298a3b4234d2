"""Sales force automation for kehu."""

from kehu_sfa import demo
from kehu_sfa.assignment import actions as assignment_actions
from kehu_sfa.assignment import jobs as assignment_jobs
from kehu_sfa.assignment import rules as assignment_rules
from kehu_sfa.assignment.models import Absence, AssignmentMethod, AssignmentRule, LeadAssignment, LeadCapacity
from kehu_sfa.commissions import queries as commission_queries
from kehu_sfa.commissions import rules as commission_rules
from kehu_sfa.commissions.models import CommissionEntry, CommissionPlan, CommissionSlab
from kehu_sfa.commissions.queries import CommissionStatement
from kehu_sfa.competitors import rules as competitor_rules
from kehu_sfa.competitors.models import CompetitionOutcome, Competitor, OpportunityCompetitor
from kehu_sfa.conversion import actions as conversion_actions
from kehu_sfa.conversion import rules as conversion_rules
from kehu_sfa.conversion.models import LeadFieldMapping
from kehu_sfa.customer_figures import fields as customer_fields
from kehu_sfa.discount_limits import rules as discount_limit_rules
from kehu_sfa.discount_limits.models import DiscountLimit
from kehu_sfa.feeds import actions as feed_actions
from kehu_sfa.feeds import addresses as feed_addresses
from kehu_sfa.feeds.models import UserFeed
from kehu_sfa.files import fields as file_fields
from kehu_sfa.forecasts import accuracy
from kehu_sfa.forecasts import actions as forecast_actions
from kehu_sfa.forecasts import queries as forecast_queries
from kehu_sfa.forecasts import rules as forecast_rules
from kehu_sfa.forecasts.models import ForecastAdjustment, ForecastSnapshot, ForecastSubmission
from kehu_sfa.history import rules as history_rules
from kehu_sfa.history.models import ForecastCategory, OpportunityChange
from kehu_sfa.imports import commands
from kehu_sfa.leads import actions as lead_actions
from kehu_sfa.leads import demo as lead_demo
from kehu_sfa.leads import fields as lead_fields
from kehu_sfa.leads import queries as lead_queries
from kehu_sfa.leads import rights as lead_rights
from kehu_sfa.leads import rules as lead_rules
from kehu_sfa.leads.events import LeadConverted
from kehu_sfa.leads.models import Lead, LeadPolicy, LeadStatus
from kehu_sfa.money import rules as money_rules
from kehu_sfa.money.models import TaxRate
from kehu_sfa.opportunities import actions, copying, exit_criteria, fields, queries, rules
from kehu_sfa.opportunities.models import Opportunity, StageChange
from kehu_sfa.opportunities.queries import WinRate
from kehu_sfa.opportunity_contacts import actions as contact_actions
from kehu_sfa.opportunity_contacts import rules as contact_rules
from kehu_sfa.opportunity_contacts.models import OpportunityContact
from kehu_sfa.opportunity_lines import rules as line_rules
from kehu_sfa.opportunity_lines.models import OpportunityLine
from kehu_sfa.orders import actions as order_actions
from kehu_sfa.orders import demo as order_demo
from kehu_sfa.orders import fields as order_fields
from kehu_sfa.orders import rules as order_rules
from kehu_sfa.orders.events import OrderConfirmed
from kehu_sfa.orders.models import Order, OrderLine, OrderReturn, OrderStatus, Payment
from kehu_sfa.periods import PeriodKind
from kehu_sfa.pipelines import rules as pipeline_rules
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.plugin import plugin
from kehu_sfa.quotas import fields as quota_fields
from kehu_sfa.quotas import rules as quota_rules
from kehu_sfa.quotas.models import Quota, QuotaHolder, QuotaMeasure
from kehu_sfa.quotes import actions as quote_actions
from kehu_sfa.quotes import deals as quote_deals
from kehu_sfa.quotes import fields as quote_fields
from kehu_sfa.quotes import rules as quote_rules
from kehu_sfa.quotes.models import Quote, QuoteLine, QuoteStatus
from kehu_sfa.reports import funnel, outcomes, pipeline, rivals
from kehu_sfa.scoring import rules as scoring_rules
from kehu_sfa.scoring.models import LeadScoreRule, ScoreOperator
from kehu_sfa.service_cost import fields as service_cost_fields
from kehu_sfa.service_cost.models import CustomerClass, ServiceCost
from kehu_sfa.splits import actions as split_actions
from kehu_sfa.splits import rules as split_rules
from kehu_sfa.splits.models import OpportunitySplit, Share
from kehu_sfa.visits import jobs as visit_jobs
from kehu_sfa.visits import queries as visit_queries
from kehu_sfa.visits import rules as visit_rules
from kehu_sfa.visits.models import VisitPlan, VisitSlot
from kehu_sfa.visits.queries import RouteStop
from kehu_sfa.work_plan import fields as work_plan_fields
from kehu_sfa.work_plan import queries as work_plan_queries
from kehu_sfa.work_plan import rights as work_plan_rights
from kehu_sfa.work_plan.queries import Coaching, MyDay

# Importing these has run their declarations.
_DECLARING = (
    feed_addresses,
    file_fields,
    commission_queries,
    commission_rules,
    discount_limit_rules,
    order_actions,
    order_demo,
    order_fields,
    order_rules,
    quote_actions,
    quote_deals,
    quote_fields,
    quote_rules,
    *(actions, commands, demo, fields, money_rules, queries, rules, pipeline_rules),
    *(copying, exit_criteria, competitor_rules, contact_actions, contact_rules, history_rules),
    *(line_rules, split_actions, split_rules),
    *(funnel, outcomes, pipeline, rivals),
)

__all__ = [
    "CommissionEntry",
    "CommissionPlan",
    "CommissionSlab",
    "CommissionStatement",
    "CompetitionOutcome",
    "Competitor",
    "DiscountLimit",
    "ForecastCategory",
    "Opportunity",
    "OpportunityChange",
    "OpportunityCompetitor",
    "OpportunityContact",
    "OpportunityLine",
    "OpportunitySplit",
    "Order",
    "OrderConfirmed",
    "OrderLine",
    "OrderReturn",
    "OrderStatus",
    "Payment",
    "Pipeline",
    "Quote",
    "QuoteLine",
    "QuoteStatus",
    "Share",
    "Stage",
    "StageCategory",
    "StageChange",
    "TaxRate",
    "WinRate",
    "plugin",
]

_DECLARING_LEADS = (
    *(
        conversion_actions,
        conversion_rules,
        lead_actions,
        lead_demo,
        lead_fields,
        lead_queries,
        lead_rights,
        lead_rules,
    ),
    *(scoring_rules, assignment_actions, assignment_jobs, assignment_rules),
)
__all__ += [
    "Lead",
    "LeadConverted",
    "LeadFieldMapping",
    "LeadPolicy",
    "LeadScoreRule",
    "LeadStatus",
    "ScoreOperator",
]
__all__ += ["Absence", "AssignmentMethod", "AssignmentRule", "LeadAssignment", "LeadCapacity"]

_DECLARING_PLANS = (
    *(feed_actions, service_cost_fields, visit_jobs, visit_queries, visit_rules),
    *(work_plan_fields, work_plan_queries, work_plan_rights),
)
__all__ += [
    "Coaching",
    "CustomerClass",
    "MyDay",
    "RouteStop",
    "ServiceCost",
    "UserFeed",
    "VisitPlan",
    "VisitSlot",
]

_DECLARING_TARGETS = (
    *(accuracy, customer_fields, forecast_actions, forecast_queries, forecast_rules),
    *(quota_fields, quota_rules),
)
__all__ += ["ForecastAdjustment", "ForecastSnapshot", "ForecastSubmission"]
__all__ += ["PeriodKind", "Quota", "QuotaHolder", "QuotaMeasure"]
