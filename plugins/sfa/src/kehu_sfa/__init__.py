"""Sales force automation for kehu."""

from kehu_sfa.opportunities.models import Opportunity, StageChange
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.plugin import plugin

__all__ = ["Opportunity", "Pipeline", "Stage", "StageCategory", "StageChange", "plugin"]
