"""Value tiers, programmes, surveys and lifetime value.

The table of contents of this plugin: its permissions and settings stand here, its nouns in folders beside it.
"""

from __future__ import annotations

import kehu

plugin = kehu.Plugin("care", requires=["core"])
