"""The predefined roles: which there are, and what core grants them."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from kehu.kernel.access import EVERYTHING
from kehu.kernel.context import Context
from kehu.platform.core import plugin
from kehu.platform.identity.models import Grant, OfferedGrant, Reach, Role

ADMINISTRATOR = "Administrator"
ROLES = {
    ADMINISTRATOR: "Runs the system: may do everything.",
    "Sales Manager": "Leads sales people: sees and changes what the teams below have.",
    "Salesperson": "Sells: works on the customers of one's own.",
    "Marketing": "Runs campaigns: sees customers, changes what is known of them.",
    "Service Agent": "Answers requests: sees customers, talks to them.",
    "Partner Manager": "Looks after resellers: works on the customers of the team.",
    "Auditor": "Sees everything and who did it, changes nothing.",
    "Integration": "Another system: reads and writes records, never deletes them.",
}

_CALENDARS = ("calendar", "calendar_hours", "calendar_exception", "public_holiday")
_LOOKED_UP = dict.fromkeys(
    (
        "user",
        "team",
        "membership",
        "product",
        "product_category",
        "price_list",
        "price_list_item",
        "currency_rate",
        *_CALENDARS,
    ),
    "read",
)
_RECORDS = (
    *("customer", "contact", "contact_role", "contact_point", "address", "interaction"),
    *("product", "product_category", "price_list", "price_list_item", "currency_rate"),
)
_PARTICIPANTS = "interaction_participant"
# As far as the record of the file is seen, and may be changed.
_FILING = "read create update delete"


def _works_on_customers(reach: str) -> dict[str, str]:
    """Sees all customers, may add some, and changes those within `reach`."""
    change = f"read create update:{reach}"
    return {
        "customer": f"{change} delete:{reach} export:{reach}",
        "contact": f"{change} delete:{reach} export:{reach}",
        "contact_role": f"{change} delete:{reach} makePrimary:{reach}",
        "contact_point": f"{change} delete:{reach}",
        "address": f"{change} delete:{reach}",
        "interaction": f"{change} delete:{reach} complete:{reach} cancel:{reach}",
        _PARTICIPANTS: f"read create delete:{reach}",
        "attachment": _FILING,
    }


_PRICING = dict.fromkeys(
    ("product", "product_category", "price_list", "price_list_item", "currency_rate"),
    "read create update delete",
)
_SERVING = {
    "customer": "read create update",
    "contact": "read create update",
    "contact_role": "read create update makePrimary",
    "contact_point": "read create update",
    "address": "read create update",
    "interaction": "read create update:TEAM complete:TEAM cancel:TEAM",
    _PARTICIPANTS: "read create delete:TEAM",
    "attachment": _FILING,
}

_ASKED = {
    "approval_rule": "read",
    "approval_request": "read:OWN withdraw",
    "approval_step": "read:OWN approve reject delegate",
    "approval_decision": "read:OWN",
}

plugin.grant("Sales Manager", **{**_LOOKED_UP, **_works_on_customers("SUBTREE"), **_PRICING})
plugin.grant("Salesperson", **{**_LOOKED_UP, **_works_on_customers("OWN")})
plugin.grant("Marketing", **{**_LOOKED_UP, **_SERVING, "customer": "read create update export"})
plugin.grant("Service Agent", **{**_LOOKED_UP, **_SERVING})
plugin.grant("Partner Manager", **{**_LOOKED_UP, **_works_on_customers("TEAM")})
plugin.grant(
    "Auditor",
    **{**_LOOKED_UP, **dict.fromkeys((*_RECORDS, _PARTICIPANTS), "read export"), "attachment": "read"},
    **dict.fromkeys(("role", "grant", "role_assignment", "audit_entry"), "read export"),
)
plugin.grant(
    "Integration",
    **{**_LOOKED_UP, **dict.fromkeys(_RECORDS, "read create update"), _PARTICIPANTS: "read create"},
    attachment="read create update",
)


for name in ("Sales Manager", "Salesperson", "Marketing", "Service Agent", "Partner Manager"):
    plugin.grant(name, **_ASKED)
plugin.grant("Auditor", **dict.fromkeys(_ASKED, "read"))


async def ensure_roles(ctx: Context) -> None:
    """Create the predefined roles, and give each what plugins grant it and it was never given before.

    So a plugin that is added later brings its grants, while a grant that somebody took away stays away.
    """
    async with ctx.write():
        roles = await _existing_or_new(ctx)
        offered = {
            tuple(row)
            for row in await ctx.session.execute(sa.select(OfferedGrant.role, OfferedGrant.permission))
        }
        held = {tuple(row) for row in await ctx.session.execute(sa.select(Grant.role_id, Grant.permission))}
        for (name, permission), reach in _wanted(ctx).items():
            if (name, permission) in offered:
                continue
            ctx.session.add(OfferedGrant(role=name, permission=permission))
            if (roles[name].id, permission) not in held:
                ctx.add(Grant(role_id=roles[name].id, permission=permission, level=reach))


async def _existing_or_new(ctx: Context) -> dict[str, Role]:
    roles = {role.name: role for role in await ctx.session.scalars(sa.select(Role))}
    described = ROLES | {grant.role: None for grant in ctx.app.composition.grants if grant.role not in ROLES}
    for name, description in described.items():
        if name not in roles:
            roles[name] = ctx.add(Role(name=name, description=description))
    await ctx.flush()
    return roles


def _wanted(ctx: Context) -> dict[tuple[str, str], Reach]:
    """Role and permission with the furthest reach that any plugin grants."""
    wanted = {(ADMINISTRATOR, EVERYTHING): Reach.ALL}
    levels: dict[tuple[str, str], list[Reach]] = defaultdict(list)
    for declaration in ctx.app.composition.grants:
        for permission, level in declaration.permissions.items():
            levels[declaration.role, permission].append(Reach[level])
    return wanted | {key: max(reaches, key=lambda reach: reach.level) for key, reaches in levels.items()}
