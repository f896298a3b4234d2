"""Sales force automation: pipelines and stages, opportunities that move along them, and how they got there.

The table of contents of this plugin: what it adds to the API stands here, its nouns in folders beside it.
"""

from __future__ import annotations

import kehu
from kehu_sfa.assignment.models import Absence, AssignmentRule, LeadAssignment, LeadCapacity
from kehu_sfa.commissions.models import CommissionEntry, CommissionPlan, CommissionSlab
from kehu_sfa.competitors.models import CompetitionChange, Competitor, OpportunityCompetitor
from kehu_sfa.conversion.models import LeadFieldMapping
from kehu_sfa.discount_limits.models import DiscountLimit
from kehu_sfa.forecasts.models import ForecastAdjustment, ForecastSnapshot, ForecastSubmission
from kehu_sfa.history.models import OpportunityChange
from kehu_sfa.leads.models import Lead, LeadPolicy
from kehu_sfa.money.models import TaxRate
from kehu_sfa.numbering.models import COUNTERS
from kehu_sfa.opportunities.models import Opportunity, StageChange
from kehu_sfa.opportunity_contacts.models import OpportunityContact
from kehu_sfa.opportunity_lines.models import OpportunityLine
from kehu_sfa.orders.models import Order, OrderLine, OrderReturn, Payment
from kehu_sfa.pipelines.models import Pipeline, Stage
from kehu_sfa.quotas.models import Quota
from kehu_sfa.quotes.models import Quote, QuoteLine
from kehu_sfa.scoring.models import LeadScoreRule
from kehu_sfa.splits.models import OpportunitySplit
from kehu_sfa.visits.models import VisitPlan, VisitSlot

plugin = kehu.Plugin("sfa", requires=["core"])

pipeline = plugin.resource(Pipeline, default_order=[Pipeline.name])
stage = plugin.resource(Stage, default_order=[Stage.position])
opportunity = plugin.resource(Opportunity, default_order=[Opportunity.created_at.desc()])
stage_change = plugin.resource(
    StageChange,
    operations=["list", "get", "aggregate"],
    row_scope=StageChange.opportunity_id,
    default_order=[StageChange.entered_at],
)

opportunity_change = plugin.resource(
    OpportunityChange,
    operations=["list", "get", "aggregate"],
    row_scope=OpportunityChange.opportunity_id,
    default_order=[OpportunityChange.valid_from],
)
opportunity_contact = plugin.resource(
    OpportunityContact,
    row_scope=OpportunityContact.opportunity_id,
    default_order=[OpportunityContact.is_primary.desc(), OpportunityContact.created_at],
)
competitor = plugin.resource(Competitor, default_order=[Competitor.name])
opportunity_competitor = plugin.resource(
    OpportunityCompetitor,
    row_scope=OpportunityCompetitor.opportunity_id,
    default_order=[OpportunityCompetitor.created_at],
)
competition_change = plugin.resource(
    CompetitionChange,
    operations=["list", "get", "aggregate"],
    row_scope=CompetitionChange.opportunity_id,
    default_order=[CompetitionChange.valid_from],
)
opportunity_line = plugin.resource(
    OpportunityLine,
    row_scope=OpportunityLine.opportunity_id,
    default_order=[OpportunityLine.position, OpportunityLine.created_at],
)
opportunity_split = plugin.resource(
    OpportunitySplit,
    operations=["list", "get", "aggregate"],
    row_scope=OpportunitySplit.opportunity_id,
    default_order=[OpportunitySplit.percent.desc()],
)
lead = plugin.resource(Lead, default_order=[Lead.created_at.desc()])
lead_policy = plugin.resource(LeadPolicy, plural_name="LeadPolicies", default_order=[LeadPolicy.created_at])
lead_score_rule = plugin.resource(LeadScoreRule, default_order=[LeadScoreRule.name])
lead_field_mapping = plugin.resource(LeadFieldMapping, default_order=[LeadFieldMapping.lead_field])
assignment_rule = plugin.resource(AssignmentRule, default_order=[AssignmentRule.position])
lead_assignment = plugin.resource(
    LeadAssignment,
    operations=["list", "get", "aggregate"],
    row_scope=LeadAssignment.lead_id,
    default_order=[LeadAssignment.assigned_at],
)
lead_capacity = plugin.resource(LeadCapacity, plural_name="LeadCapacities")
absence = plugin.resource(Absence, default_order=[Absence.from_on])
visit_plan = plugin.resource(VisitPlan, default_order=[VisitPlan.name])
visit_slot = plugin.resource(
    VisitSlot,
    operations=["list", "get"],
    row_scope=VisitSlot.plan_id,
    default_order=[VisitSlot.falls_on],
)
plugin.relation(Lead, "assignments", LeadAssignment.lead_id, description="Who had it and why, oldest first.")
plugin.relation(kehu.User, "leads", Lead.owner_id, description="Leads that the user owns.")
plugin.relation(kehu.Customer, "leads", Lead.customer_id, description="The leads that became this customer.")
plugin.relation(kehu.Contact, "leads", Lead.contact_id, description="The leads that became this contact.")
plugin.relation(Opportunity, "leads", Lead.opportunity_id, description="The leads that led to it.")

tax_rate = plugin.resource(TaxRate, default_order=[TaxRate.percent])
plugin.table(COUNTERS)
discount_limit = plugin.resource(DiscountLimit, default_order=[DiscountLimit.name])
quote = plugin.resource(Quote, default_order=[Quote.number.desc(), Quote.revision.desc()])
quote_line = plugin.resource(
    QuoteLine,
    operations=["list", "get", "aggregate"],
    row_scope=QuoteLine.quote_id,
    default_order=[QuoteLine.position],
)
order = plugin.resource(Order, default_order=[Order.number.desc()])
order_line = plugin.resource(
    OrderLine,
    operations=["list", "get", "aggregate"],
    row_scope=OrderLine.order_id,
    default_order=[OrderLine.position],
)
payment = plugin.resource(
    Payment,
    operations=["list", "get", "aggregate"],
    row_scope=Payment.order_id,
    default_order=[Payment.received_on],
)
order_return = plugin.resource(
    OrderReturn,
    operations=["list", "get", "aggregate"],
    row_scope=OrderReturn.order_id,
    default_order=[OrderReturn.returned_on],
)
commission_plan = plugin.resource(CommissionPlan, default_order=[CommissionPlan.name])
commission_slab = plugin.resource(CommissionSlab, default_order=[CommissionSlab.above])
commission_entry = plugin.resource(
    CommissionEntry,
    plural_name="CommissionEntries",
    operations=["list", "get", "aggregate"],
    default_order=[CommissionEntry.earned_on.desc()],
)

quota = plugin.resource(Quota, default_order=[Quota.starts_on.desc()])
forecast_submission = plugin.resource(
    ForecastSubmission,
    operations=["list", "get", "create", "aggregate"],
    default_order=[ForecastSubmission.submitted_at.desc()],
)
forecast_adjustment = plugin.resource(
    ForecastAdjustment,
    operations=["list", "get"],
    row_scope=ForecastAdjustment.submission_id,
    default_order=[ForecastAdjustment.adjusted_at.desc()],
)
forecast_snapshot = plugin.resource(
    ForecastSnapshot,
    operations=["list", "get", "aggregate"],
    default_order=[ForecastSnapshot.taken_at.desc()],
)
plugin.relation(
    ForecastSubmission,
    "adjustments",
    ForecastAdjustment.submission_id,
    description="What managers made of it, the last one first.",
)
plugin.relation(kehu.User, "quotas", Quota.owner_id, description="What the user is to reach.")

plugin.relation(Quote, "lines", QuoteLine.quote_id, description="What is offered, in order.")
plugin.relation(Quote, "orders", Order.quote_id, description="The order that came of it.")
plugin.relation(kehu.Customer, "quotes", Quote.customer_id, description="What was offered.")
plugin.relation(Opportunity, "quotes", Quote.opportunity_id, description="What was offered for the deal.")
plugin.relation(Order, "lines", OrderLine.order_id, description="What was agreed, in order.")
plugin.relation(Order, "payments", Payment.order_id, description="What was paid, and given back.")
plugin.relation(Order, "returns", OrderReturn.order_id, description="What came back.")
plugin.relation(Order, "commissions", CommissionEntry.order_id, description="Who earned by it.")
plugin.relation(kehu.Customer, "orders", Order.customer_id, description="What was ordered.")
plugin.relation(Opportunity, "orders", Order.opportunity_id, description="What the deal led to.")
plugin.relation(CommissionPlan, "slabs", CommissionSlab.plan_id, description="What it gives from where.")

plugin.relation(Pipeline, "stages", Stage.pipeline_id, description="Its steps, in order.")
plugin.relation(Pipeline, "opportunities", Opportunity.pipeline_id, description="Deals on this path.")
plugin.relation(Stage, "opportunities", Opportunity.stage_id, description="Deals in this stage.")
plugin.relation(
    Opportunity, "stage_changes", StageChange.opportunity_id, description="Its way so far, oldest first."
)
plugin.relation(
    Opportunity,
    "changes",
    OpportunityChange.opportunity_id,
    description="How it was at each moment, oldest first.",
)
plugin.relation(
    Opportunity,
    "contacts",
    OpportunityContact.opportunity_id,
    description="Who has a say, the primary one first.",
)
plugin.relation(
    Opportunity, "competitors", OpportunityCompetitor.opportunity_id, description="Who else offers."
)
plugin.relation(Competitor, "encounters", OpportunityCompetitor.competitor_id, description="Where we met it.")
plugin.relation(
    Opportunity, "lines", OpportunityLine.opportunity_id, description="What it is made of, in order."
)
plugin.relation(
    Opportunity, "splits", OpportunitySplit.opportunity_id, description="Who gets which part of it."
)
plugin.relation(
    kehu.Customer, "opportunities", Opportunity.customer_id, description="Deals with this customer."
)
plugin.relation(kehu.User, "opportunities", Opportunity.owner_id, description="Deals that the user owns.")

plugin.grant(
    "Salesperson",
    pipeline="read",
    stage="read",
    stage_change="read:TEAM",
    opportunity="read:TEAM create:OWN update:OWN moveTo:OWN win:OWN lose:OWN reopen:OWN delete:OWN",
)
plugin.grant(
    "Sales Manager",
    pipeline="read create update delete",
    stage="read create update delete",
    stage_change="read:SUBTREE",
    opportunity=(
        "read:SUBTREE create:SUBTREE update:SUBTREE moveTo:SUBTREE win:SUBTREE lose:SUBTREE reopen:SUBTREE"
        " delete:SUBTREE export:SUBTREE"
    ),
)
plugin.grant(
    "Partner Manager", pipeline="read", stage="read", stage_change="read:TEAM", opportunity="read:TEAM"
)
plugin.grant("Marketing", pipeline="read", stage="read", stage_change="read", opportunity="read")
plugin.grant("Auditor", pipeline="read", stage="read", stage_change="read", opportunity="read")
plugin.grant(
    "Integration",
    pipeline="read",
    stage="read",
    stage_change="read",
    opportunity="read create update moveTo win lose reopen export",
)

# What quotes and orders look up.
for role in ("Salesperson", "Partner Manager", "Marketing", "Auditor"):
    plugin.grant(role, tax_rate="read")
plugin.grant("Sales Manager", tax_rate="read create update delete")
plugin.grant("Integration", tax_rate="read create update")

# What belongs to an opportunity is read and written as far as the opportunity is.
_PARTS = ("opportunity_contact", "opportunity_competitor", "opportunity_line")
for role, read, write in (
    ("Salesperson", "TEAM", "OWN"),
    ("Sales Manager", "SUBTREE", "SUBTREE"),
    ("Integration", "ALL", "ALL"),
):
    parts = f"read:{read} create:{write} update:{write} delete:{write}"
    plugin.grant(
        role,
        **dict.fromkeys(_PARTS, parts),
        opportunity_change=f"read:{read}",
        competition_change=f"read:{read}",
        opportunity_split=f"read:{read}",
    )
    plugin.grant(
        role,
        opportunity=f"clone:{write} split:{write} share:{write}",
        opportunity_contact=f"makePrimary:{write}",
    )
    plugin.grant(role, competitor="read create update")
for role, read in (("Partner Manager", "TEAM"), ("Marketing", "ALL"), ("Auditor", "ALL")):
    plugin.grant(
        role,
        **dict.fromkeys(
            (*_PARTS, "opportunity_change", "competition_change", "opportunity_split"), f"read:{read}"
        ),
        competitor="read",
    )
plugin.grant("Sales Manager", competitor="delete")

_QUOTING = "setLines submit withdraw send accept decline revise"
_ORDERING = "setLines confirm fulfil cancel"
_CASHING = "receivePayment refund takeBack"
_SEEN_WITH = ("quote_line", "order_line", "payment", "order_return")


def _at(reach: str, verbs: str) -> str:
    return " ".join(f"{verb}:{reach}" for verb in verbs.split())


plugin.grant(
    "Salesperson",
    quote=f"read:TEAM {_at('OWN', f'create update delete {_QUOTING}')}",
    order=f"read:TEAM {_at('OWN', f'create update delete {_ORDERING}')}",
    **dict.fromkeys(_SEEN_WITH, "read:TEAM"),
    discount_limit="read",
    commission_plan="read",
    commission_slab="read",
    commission_entry="read:OWN",
    margin="read",
)
plugin.grant(
    "Sales Manager",
    quote=_at("SUBTREE", f"read create update delete export {_QUOTING}"),
    order=_at("SUBTREE", f"read create update delete export {_ORDERING} {_CASHING}"),
    **dict.fromkeys(_SEEN_WITH, "read:SUBTREE"),
    discount_limit="read",
    commission_plan="read create update delete",
    commission_slab="read create update delete",
    commission_entry="read:SUBTREE export:SUBTREE",
    margin="read",
)
plugin.grant(
    "Partner Manager", quote="read:TEAM", order="read:TEAM", **dict.fromkeys(_SEEN_WITH, "read:TEAM")
)
plugin.grant(
    "Auditor",
    **dict.fromkeys(("quote", "order", "discount_limit", *_SEEN_WITH), "read"),
    **dict.fromkeys(("commission_plan", "commission_slab", "commission_entry", "margin"), "read"),
)
plugin.grant(
    "Integration",
    quote=f"read create update export {_QUOTING}",
    order=f"read create update export {_ORDERING} {_CASHING}",
    **dict.fromkeys(_SEEN_WITH, "read"),
)

plugin.grant(
    "Salesperson",
    quota="read:TEAM",
    forecast_submission="read:OWN create:OWN",
    forecast_adjustment="read:OWN",
    forecast_snapshot="read:OWN",
)
plugin.grant(
    "Sales Manager",
    quota=_at("SUBTREE", "read create update delete export"),
    forecast_submission=_at("SUBTREE", "read create adjust"),
    forecast_adjustment="read:SUBTREE",
    forecast_snapshot="read:SUBTREE take",
)
plugin.grant(
    "Auditor",
    **dict.fromkeys(("quota", "forecast_submission", "forecast_adjustment", "forecast_snapshot"), "read"),
)
plugin.grant(
    "Integration",
    quota="read create update export",
    forecast_submission="read create",
    forecast_adjustment="read",
    forecast_snapshot="read take",
)
