"""Sales force automation for kehu."""

from kehu_sfa import demo
from kehu_sfa.imports import commands
from kehu_sfa.money import rules as money_rules
from kehu_sfa.money.models import TaxRate
from kehu_sfa.opportunities import actions, fields, queries, rules
from kehu_sfa.opportunities.models import Opportunity, StageChange
from kehu_sfa.opportunities.queries import WinRate
from kehu_sfa.pipelines import rules as pipeline_rules
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.plugin import plugin

# Importing these has run their declarations.
_DECLARING = (actions, commands, demo, fields, money_rules, queries, rules, pipeline_rules)

__all__ = ["Opportunity", "Pipeline", "Stage", "StageCategory", "StageChange", "TaxRate", "WinRate", "plugin"]
