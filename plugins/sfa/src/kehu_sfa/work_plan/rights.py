"""What the predefined roles may do with visit plans and the coaching list."""

from __future__ import annotations

from kehu_sfa.plugin import plugin

_CHANGING = "create:{0} update:{0} delete:{0}"

plugin.grant("Salesperson", visit_plan=f"read:TEAM {_CHANGING.format('OWN')}", visit_slot="read:TEAM")
plugin.grant(
    "Sales Manager",
    visit_plan=f"read:SUBTREE {_CHANGING.format('SUBTREE')}",
    visit_slot="read:SUBTREE",
    coaching="read",
)
plugin.grant("Partner Manager", visit_plan=f"read:TEAM {_CHANGING.format('TEAM')}", visit_slot="read:TEAM")
plugin.grant("Auditor", visit_plan="read", visit_slot="read", coaching="read")
