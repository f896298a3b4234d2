"""Which locations are meant: those below others, and the one for a purpose."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import kehu
from kehu_partner_inventory.locations.models import Location, LocationUsage, NoLocation

whoever_asks = kehu.Unscoped("a location stays while goods are there, and goods may go to any")


def subtrees(roots: Sequence[uuid.UUID] | sa.Select[uuid.UUID]) -> sa.CTE:
    """Pairs (root_id, id): each root with itself and every location below it.

    The tree is walked whole; add the row scope where the locations that are found are shown.
    """
    part = aliased(Location)
    tree = (
        sa.select(Location.id.label("root_id"), Location.id.label("id"))
        .where(Location.id.in_(roots))
        .cte(recursive=True)
    )
    return tree.union(sa.select(tree.c.root_id, part.id).join(part, part.parent_id == tree.c.id))


def within(location: Location) -> sa.Select[uuid.UUID]:
    """The keys of a location and all below it, for `x.location_id.in_(...)`."""
    return sa.select(subtrees([location.id]).c.id)


async def location_for(
    ctx: kehu.Context, usage: LocationUsage, *, currency: str | None = None, field: str | None = None
) -> Location:
    """The oldest location of a usage, for goods whose other side nobody names; of a currency where one is given.

    Of those that whoever asks may see, where there is one: a team need not see what lies outside to send goods there.
    Raises NoLocation.
    """
    statement = (
        sa.select(Location)
        .where(Location.usage == usage, Location.archived_at.is_(None))
        .order_by(Location.created_at, Location.id)
        .limit(1)
    )
    if currency is not None:
        statement = statement.where(Location.currency == currency)
    found = await ctx.session.scalar(statement) or await whoever_asks.scalar(ctx, statement)
    if found is not None:
        return found
    raise NoLocation(
        kehu.text("There is no location with the usage {usage} yet.", usage=usage.name), field=field
    )
