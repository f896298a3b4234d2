"""The shop of the quotes, for quotas too."""

from __future__ import annotations

from tests.kehu_sfa.quotes.conftest import Shop, shop

__all__ = ["Shop", "shop"]
