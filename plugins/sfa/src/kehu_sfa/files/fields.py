"""The files of leads, opportunities, quotes and orders."""

from __future__ import annotations

from kehu.platform.attachments.fields import attachments
from kehu_sfa.leads.models import Lead
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.orders.models import Order
from kehu_sfa.plugin import plugin
from kehu_sfa.quotes.models import Quote

for model in (Lead, Opportunity, Quote, Order):
    plugin.batch_field(model, description="Its files, oldest first.")(attachments)
