"""The ledger of plugins, a table that is not in the API."""

from __future__ import annotations

from kehu.platform.core import plugin
from kehu.platform.ledger.models import LEDGER

plugin.table(LEDGER)
