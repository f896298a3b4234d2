"""What we do together with partners: registered deals.

The second page of the table of contents; `plugin.py` is the first.
"""

from __future__ import annotations

import kehu
from kehu_partner_inventory.deals.models import DealRegistration
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin

deal_registration = plugin.resource(
    DealRegistration,
    operations=("list", "get", "create", "update", "aggregate", "watch"),
    row_scope=DealRegistration.partner_id,
    default_order=[DealRegistration.number.desc()],
)
plugin.relation(
    Partner, "deals", DealRegistration.partner_id, description="What it registered, newest first."
)


@plugin.when("sfa")
def deals_become_opportunities(plugin: kehu.Plugin) -> None:
    """Approved deals become opportunities where sfa is enabled."""
    from kehu_partner_inventory.deals import with_sfa  # noqa: PLC0415  # only where sfa is there

    with_sfa.declare(plugin)


_RUN = {"deal_registration": "read create update submit approve reject win lose"}


def _within(reach: str) -> dict[str, str]:
    """Everything of it within `reach`."""
    return {entity: " ".join(f"{verb}:{reach}" for verb in words.split()) for entity, words in _RUN.items()}


plugin.grant("Partner Manager", **_within("TEAM"))
plugin.grant("Sales Manager", **_within("SUBTREE"))
plugin.grant("Salesperson", deal_registration="read")
plugin.grant("Auditor", **dict.fromkeys(_RUN, "read export"))
plugin.grant("Partner Portal", deal_registration="read create update submit win lose")
