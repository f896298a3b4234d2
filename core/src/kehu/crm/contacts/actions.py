"""What people do with contacts."""

from __future__ import annotations

from kehu.crm.contacts.models import ContactRole
from kehu.crm.contacts.queries import current_roles, whoever_asks
from kehu.crm.contacts.resources import contact_role
from kehu.kernel.context import Context
from kehu.kernel.errors import Refusal


class RoleHasEnded(Refusal):
    """The person is not at the customer any more."""

    code = "ROLE_HAS_ENDED"


@contact_role.action
async def make_primary(role: ContactRole, ctx: Context) -> None:
    """Make this the first person to ask for at the customer, in place of whoever it was."""
    if not role.is_current(ctx.today()):
        raise RoleHasEnded("A role that has ended cannot be the primary one.", field=ContactRole.until_on)
    primary = current_roles(role.customer_id, ctx.today()).where(
        ContactRole.is_primary, ContactRole.id != role.id
    )
    for previous in await whoever_asks.scalars(ctx, primary):
        previous.is_primary = False
    await ctx.flush()
    role.is_primary = True
