"""The ledger of plugins, a table that is not in the API."""

from __future__ import annotations

from kehu.core import plugin
from kehu.ledger.models import LEDGER

plugin.table(LEDGER)
