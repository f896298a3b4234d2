"""The route sheet: the visits of a day in the order of the places."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

import kehu
from kehu.crm.contacts.models import AddressKind
from kehu_sfa.plugin import plugin
from kehu_sfa.work_plan.days import MOMENT, Day, planned_by


@dataclasses.dataclass(frozen=True, slots=True)
class RouteStop:
    """One visit of a day, at its place in the order; `address` is where, where that is known."""

    position: int
    visit: kehu.Interaction
    customer: kehu.Customer | None
    address: kehu.Address | None
    city: str | None
    district: str | None


@plugin.query(permission="core.interaction:read")
async def route_sheet(
    ctx: kehu.Context, on: date | None = None, owner: kehu.User | None = None
) -> list[RouteStop]:
    """Your visits of today, or another day or person: by city, district, postal code and time."""
    day = Day.of(on or ctx.today(), ctx.principal.time_zone)
    statement = planned_by(owner.id if owner else ctx.principal.id).where(
        kehu.Interaction.kind == "VISIT", day.begins <= MOMENT, day.ends > MOMENT
    )
    visits = (await ctx.session.scalars(statement)).all()
    keys = [visit.customer_id for visit in visits if visit.customer_id is not None]
    customers = await _customers(ctx, keys)
    places = await _places(ctx, keys)
    ordered = sorted(visits, key=lambda visit: _order(places.get(visit.customer_id), visit))
    return [
        _stop(position, visit, customers.get(visit.customer_id), places.get(visit.customer_id))
        for position, visit in enumerate(ordered, start=1)
    ]


def _stop(
    position: int, visit: kehu.Interaction, customer: kehu.Customer | None, place: kehu.Address | None
) -> RouteStop:
    city, district = (place.city, place.district) if place else (None, None)
    return RouteStop(position, visit, customer, place, city, district)


def _order(place: kehu.Address | None, visit: kehu.Interaction) -> tuple[bool, str, str, str, str]:
    """Places that are not known come last."""
    when = (visit.planned_for or visit.due_at or visit.created_at).isoformat()
    if place is None:
        return True, "", "", "", when
    return False, place.city or "", place.district or "", place.postcode or "", when


async def _customers(ctx: kehu.Context, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID | None, kehu.Customer]:
    found = sa.select(kehu.Customer).where(kehu.Customer.id.in_(keys))
    return {customer.id: customer for customer in await ctx.session.scalars(found)}


async def _places(ctx: kehu.Context, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID | None, kehu.Address]:
    """The address of each customer for visits, the primary one first, else any."""
    found = sa.select(kehu.Address).where(
        kehu.Address.customer_id.in_(keys), kehu.Address.archived_at.is_(None)
    )
    addresses = (await ctx.session.scalars(found)).all()
    best_last = sorted(addresses, key=lambda one: (one.kind is AddressKind.VISIT, one.is_primary))
    return {address.customer_id: address for address in best_last}
