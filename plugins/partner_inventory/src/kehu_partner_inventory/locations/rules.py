"""What must hold of locations."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.kernel.trees import chain_above
from kehu_partner_inventory.locations.models import (
    HOLDING,
    Location,
    LocationInUse,
    LocationNotEmpty,
    check_on_the_map,
)
from kehu_partner_inventory.locations.queries import whoever_asks
from kehu_partner_inventory.plugin import location
from kehu_partner_inventory.stock.models import StockBalance


@location.before_write
async def locations_make_a_tree(ctx: kehu.Context, change: kehu.Change[Location]) -> None:
    """A location does not stand below itself."""
    if change.deleting or not change.touches(Location.parent_id):
        return
    chain = await chain_above(ctx, Location.parent_id, change.obj.parent_id)
    with change.noting():
        change.obj.stand_below(chain)


@location.before_write
async def value_in_one_currency(ctx: kehu.Context, change: kehu.Change[Location]) -> None:
    """Stock is valued in the location's currency, which comes from above unless it is given."""
    place = change.obj
    if change.deleting or not (change.creating or change.touches(Location.currency, Location.usage)):
        return
    inherited = None
    if place.currency is None and place.parent_id is not None:
        above = sa.select(Location.currency).where(Location.id == place.parent_id)
        inherited = await whoever_asks.scalar(ctx, above)
    with change.noting():
        place.value_in(inherited)


@location.before_write
async def keep_what_moves_rely_on(ctx: kehu.Context, change: kehu.Change[Location]) -> None:
    """Usage and currency stay once something has moved; a location with stock is not archived."""
    place = change.obj
    fixed = change.touches(Location.usage, Location.currency)
    archiving = change.touches(Location.archived_at) and place.archived_at is not None
    if change.creating or change.deleting or not (fixed or archiving):
        return
    await _lock(ctx, place)
    with change.noting():
        if fixed and await _any_balance(ctx, place):
            message = kehu.text("Goods have moved to or from {name}; what it is stays.", name=place.name)
            raise LocationInUse(message, field=Location.usage)
        if archiving and await _any_balance(ctx, place, sa.not_(_is_empty())):
            message = kehu.text("{name} still holds stock; move it first.", name=place.name)
            raise LocationNotEmpty(message)


@location.before_write
async def locations_are_on_the_map(_ctx: kehu.Context, change: kehu.Change[Location]) -> None:
    """A location has both degrees, or neither."""
    place = change.obj
    if change.deleting:
        return
    with change.noting():
        check_on_the_map(place.latitude, place.longitude, field=Location.latitude)


async def _lock(ctx: kehu.Context, place: Location) -> None:
    """Wait until moves that are on their way to or from here are done; later ones wait for us."""
    await whoever_asks.execute(ctx, sa.select(Location.id).where(Location.id == place.id).with_for_update())


def _is_empty() -> sa.ColumnElement[bool]:
    outside = StockBalance.usage.notin_(HOLDING)
    return sa.or_(outside, StockBalance.on_hand == 0)


async def _any_balance(ctx: kehu.Context, place: Location, *conditions: sa.ColumnElement[bool]) -> bool:
    found = sa.select(StockBalance.id).where(StockBalance.location_id == place.id, *conditions).limit(1)
    return await whoever_asks.exists(ctx, found)
