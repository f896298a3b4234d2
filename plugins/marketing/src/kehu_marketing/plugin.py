"""Segments, campaigns, consent and touches.

The table of contents of this plugin: its permissions and settings stand here, its nouns in folders beside it.
"""

from __future__ import annotations

import kehu

plugin = kehu.Plugin("marketing", requires=["core"])
