"""What the predefined roles may do with leads, and with what decides about them."""

from __future__ import annotations

from kehu_sfa.plugin import plugin

_SETTING_UP = (
    *("lead_policy", "lead_score_rule", "lead_field_mapping"),
    *("assignment_rule", "lead_capacity", "absence"),
)
_LOOKED_UP = dict.fromkeys(_SETTING_UP, "read")
_VERBS = ("update", "work", "nurture", "qualify", "disqualify", "reopen", "convert", "delete")
_MANAGING = "assign:SUBTREE reassign:SUBTREE recycle:SUBTREE export:SUBTREE"


def _leads(read: str, change: str) -> dict[str, str]:
    """Sees leads as far as `read`, and may take those that nobody has; changes those within `change`."""
    verbs = " ".join(f"{verb}:{change}" for verb in _VERBS)
    return {
        **_LOOKED_UP,
        "lead": f"read:{read} create take:{read} {verbs}",
        "lead_assignment": f"read:{read}",
    }


plugin.grant("Salesperson", **_leads("TEAM", "OWN"))
plugin.grant("Sales Manager", **_leads("SUBTREE", "SUBTREE"))
plugin.grant("Sales Manager", lead=_MANAGING, **dict.fromkeys(_SETTING_UP, "read create update delete"))
plugin.grant("Marketing", **_leads("ALL", "OWN"))
plugin.grant("Partner Manager", **_leads("TEAM", "TEAM"))
plugin.grant("Auditor", **_LOOKED_UP, lead="read export", lead_assignment="read")
plugin.grant("Integration", **_LOOKED_UP, lead="read create update export", lead_assignment="read")
