"""What can be said of a location."""

from __future__ import annotations

import sqlalchemy as sa

from kehu_partner_inventory.locations.models import HOLDING, Location
from kehu_partner_inventory.plugin import location


@location.sql_field
def is_consignment(place: type[Location]) -> sa.ColumnElement[bool]:
    """The goods there are not the holder's own."""
    differ = place.holder_id.is_distinct_from(place.stock_owner_id)
    return sa.and_(place.usage.in_(HOLDING), differ)
