"""What we do together with partners: registered deals, targets, scorecards, level reviews, funds.

The second page of the table of contents; `plugin.py` is the first.
"""

from __future__ import annotations

import kehu
from kehu_partner_inventory.deals.models import DealRegistration
from kehu_partner_inventory.evaluation.models import PartnerTarget, Scorecard, ScorecardCriterion
from kehu_partner_inventory.funds.models import FundAllocation, FundClaim, FundRequest, MarketFund
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import READ_ONLY, WATCHED, plugin
from kehu_partner_inventory.programmes.models import PartnerLevel
from kehu_partner_inventory.rebates.models import RebateAccrual, RebateExclusion, RebateProgramme
from kehu_partner_inventory.reviews.models import LevelReview, LevelRule

# Deals: what partners claim.
deal_registration = plugin.resource(
    DealRegistration,
    operations=("list", "get", "create", "update", "aggregate", "watch"),
    row_scope=DealRegistration.partner_id,
    default_order=[DealRegistration.number.desc()],
)
plugin.relation(
    Partner, "deals", DealRegistration.partner_id, description="What it registered, newest first."
)


@plugin.when("sfa")
def deals_become_opportunities(plugin: kehu.Plugin) -> None:
    """Approved deals become opportunities where sfa is enabled."""
    from kehu_partner_inventory.deals import with_sfa  # noqa: PLC0415  # only where sfa is there

    with_sfa.declare(plugin)


# Evaluation: how well partners do, and on which level that puts them.
EVALUATE = plugin.permission("partner:evaluate", "See what partners did in a period, and compare them")

partner_target = plugin.resource(
    PartnerTarget, row_scope=PartnerTarget.partner_id, default_order=[PartnerTarget.from_on.desc()]
)
scorecard = plugin.resource(Scorecard, default_order=[Scorecard.name])
scorecard_criterion = plugin.resource(
    ScorecardCriterion, plural_name="ScorecardCriteria", default_order=[ScorecardCriterion.measure]
)
level_rule = plugin.resource(LevelRule, default_order=[LevelRule.measure])
level_review = plugin.resource(
    LevelReview,
    operations=READ_ONLY,
    row_scope=LevelReview.partner_id,
    default_order=[LevelReview.proposed_at.desc()],
)
plugin.relation(Partner, "targets", PartnerTarget.partner_id, description="What it should buy, newest first.")
plugin.relation(
    Partner, "level_reviews", LevelReview.partner_id, description="What was proposed of it, newest first."
)
plugin.relation(
    Scorecard, "criteria", ScorecardCriterion.scorecard_id, description="What is measured, and its weight."
)
plugin.relation(PartnerLevel, "rules", LevelRule.level_id, description="What it asks of its partners.")

# Funds: money for the marketing of partners.
market_fund = plugin.resource(MarketFund, default_order=[MarketFund.from_on.desc()])
fund_allocation = plugin.resource(
    FundAllocation,
    operations=("list", "get", "create", "update", "aggregate"),
    row_scope=FundAllocation.partner_id,
)
fund_request = plugin.resource(
    FundRequest,
    operations=("list", "get", "create", "update", "aggregate", "watch"),
    row_scope=FundRequest.allocation_id,
    default_order=[FundRequest.created_at.desc()],
)
fund_claim = plugin.resource(
    FundClaim,
    operations=WATCHED,
    row_scope=FundClaim.request_id,
    default_order=[FundClaim.claimed_at.desc()],
)
plugin.relation(MarketFund, "allocations", FundAllocation.fund_id, description="Who may ask for how much.")
plugin.relation(Partner, "fund_allocations", FundAllocation.partner_id, description="What it may ask for.")
plugin.relation(
    FundAllocation, "requests", FundRequest.allocation_id, description="What was asked for, newest first."
)
plugin.relation(FundRequest, "claims", FundClaim.request_id, description="What was claimed, newest first.")

# The ledger of rebates.
rebate_accrual = plugin.resource(
    RebateAccrual,
    operations=READ_ONLY,
    row_scope=RebateAccrual.partner_id,
    default_order=[RebateAccrual.accrued_at.desc()],
)
plugin.relation(
    RebateProgramme,
    "accruals",
    RebateAccrual.programme_id,
    description="What was earned and paid, newest first.",
)
plugin.relation(
    Partner, "rebate_accruals", RebateAccrual.partner_id, description="What it earned and got, newest first."
)

rebate_exclusion = plugin.resource(
    RebateExclusion, operations=("list", "get", "create", "delete", "aggregate")
)
plugin.relation(
    RebateProgramme, "exclusions", RebateExclusion.programme_id, description="Products that do not count."
)

_RUN = {
    "rebate_accrual": "read",
    "deal_registration": "read create update submit approve reject win lose",
    "partner_target": "read create update delete",
    "level_review": "read confirm dismiss",
    "fund_request": "read create update submit claim close",
    "fund_claim": "read",
    "fund_allocation": "read",
}
_RULED = ("scorecard", "scorecard_criterion", "level_rule", "market_fund")


def _within(reach: str) -> dict[str, str]:
    """Everything of it within `reach`."""
    return {entity: " ".join(f"{verb}:{reach}" for verb in words.split()) for entity, words in _RUN.items()}


plugin.grant(
    "Partner Manager",
    **_within("TEAM"),
    **dict.fromkeys((*_RULED, "rebate_exclusion"), "read"),
    partner_programme="reviewLevels",
    partner="evaluate",
)
plugin.grant(
    "Sales Manager",
    **_within("SUBTREE"),
    **dict.fromkeys(_RULED, "read create update delete"),
    rebate_exclusion="read create delete",
    partner_programme="reviewLevels",
    partner="evaluate",
)
plugin.grant("Partner Manager", fund_request="grant:TEAM reject:TEAM", fund_claim="approve:TEAM reject:TEAM")
plugin.grant(
    "Sales Manager",
    fund_allocation="create:SUBTREE update:SUBTREE",
    fund_request="grant:SUBTREE reject:SUBTREE",
    fund_claim="approve:SUBTREE reject:SUBTREE payOut:SUBTREE",
)
plugin.grant("Salesperson", deal_registration="read")
plugin.grant(
    "Auditor", **dict.fromkeys((*_RUN, *_RULED, "rebate_exclusion"), "read export"), partner="evaluate"
)
plugin.grant(
    "Partner Portal",
    deal_registration="read create update submit win lose",
    fund_request="read create update submit claim",
    **{"core.attachment": "read create"},
    **dict.fromkeys(
        (
            "partner_target",
            "rebate_accrual",
            "rebate_exclusion",
            "market_fund",
            "fund_allocation",
            "fund_claim",
        ),
        "read",
    ),
)
