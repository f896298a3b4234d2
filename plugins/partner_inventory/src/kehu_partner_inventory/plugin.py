"""Partners in the channel tree, and the stock at their locations.

The table of contents of this plugin: its permissions and settings stand here, its nouns in folders beside it.
"""

from __future__ import annotations

import kehu

plugin = kehu.Plugin("partner_inventory", requires=["core"])
