"""Sales force automation for kehu."""

from kehu_sfa import demo
from kehu_sfa.conversion import actions as conversion_actions
from kehu_sfa.conversion import rules as conversion_rules
from kehu_sfa.conversion.models import LeadFieldMapping
from kehu_sfa.imports import commands
from kehu_sfa.leads import actions as lead_actions
from kehu_sfa.leads import fields as lead_fields
from kehu_sfa.leads import queries as lead_queries
from kehu_sfa.leads import rules as lead_rules
from kehu_sfa.leads.models import Lead, LeadPolicy, LeadStatus
from kehu_sfa.money import rules as money_rules
from kehu_sfa.money.models import TaxRate
from kehu_sfa.opportunities import actions, fields, queries, rules
from kehu_sfa.opportunities.models import Opportunity, StageChange
from kehu_sfa.opportunities.queries import WinRate
from kehu_sfa.pipelines import rules as pipeline_rules
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.plugin import plugin
from kehu_sfa.scoring import rules as scoring_rules
from kehu_sfa.scoring.models import LeadScoreRule, ScoreOperator

# Importing these has run their declarations.
_DECLARING = (actions, commands, demo, fields, money_rules, queries, rules, pipeline_rules)

__all__ = ["Opportunity", "Pipeline", "Stage", "StageCategory", "StageChange", "TaxRate", "WinRate", "plugin"]

_DECLARING_LEADS = (
    *(conversion_actions, conversion_rules, lead_actions, lead_fields, lead_queries, lead_rules),
    scoring_rules,
)
__all__ += ["Lead", "LeadFieldMapping", "LeadPolicy", "LeadScoreRule", "LeadStatus", "ScoreOperator"]
