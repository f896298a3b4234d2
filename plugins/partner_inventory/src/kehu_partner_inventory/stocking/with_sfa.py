"""What of sfa is offered and ordered by quantity."""

from __future__ import annotations

import kehu
from kehu_sfa import OpportunityLine, OrderLine, QuoteLine

OFFERED: tuple[type[kehu.Entity], ...] = (OpportunityLine, OrderLine, QuoteLine)
