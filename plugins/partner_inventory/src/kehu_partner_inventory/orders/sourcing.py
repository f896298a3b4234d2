"""Sourcing: in which order our locations are looked at for a partner's goods, and why."""

from __future__ import annotations

import dataclasses
import math
import uuid
from collections.abc import Iterable
from decimal import Decimal

from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.orders.models import ChannelOrder, SourcingReason
from kehu_partner_inventory.partners.models import Partner

EARTH_KM = 6371.0088
"""The mean radius of the earth."""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A location that may meet an order, with the reason for its place in the row."""

    location_id: uuid.UUID
    reason: SourcingReason
    distance_km: int | None


def in_order(order: ChannelOrder, partner: Partner, places: Iterable[Location]) -> list[Source]:
    """The order's own location first, then the nearest to the partner, then those that are on no map, by code."""
    far = {place.id: distance_km(partner, place) for place in places}
    rest = sorted(
        (place for place in places if place.id != order.source_location_id),
        key=lambda place: (far[place.id] is None, far[place.id] or 0, place.code),
    )
    own = [place for place in places if place.id == order.source_location_id]
    sources = [Source(place.id, SourcingReason.ORDERED_FROM, far[place.id]) for place in own]
    for place in rest:
        reason = SourcingReason.NEXT_NEAREST if sources else SourcingReason.NEAREST
        if far[place.id] is None:
            reason = SourcingReason.BY_CODE
        sources.append(Source(place.id, reason, far[place.id]))
    return sources


def distance_km(partner: Partner, place: Location) -> int | None:
    """Whole kilometres between a partner and a location on a sphere; none where one is not on the map.

    Source: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), 159.
    """
    if partner.latitude is None or partner.longitude is None:
        return None
    if place.latitude is None or place.longitude is None:
        return None
    north, other = _radians(partner.latitude), _radians(place.latitude)
    east = _radians(place.longitude) - _radians(partner.longitude)
    chord = math.sin((other - north) / 2) ** 2 + math.cos(north) * math.cos(other) * math.sin(east / 2) ** 2
    return round(2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord))))


def _radians(degrees: Decimal) -> float:
    """Distances choose between locations only; no amount and no quantity comes of them."""
    return math.radians(degrees)
