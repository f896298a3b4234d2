"""Which location is meant where nobody names one."""

from __future__ import annotations

import kehu
from kehu_partner_inventory import Location, LocationUsage
from kehu_partner_inventory.locations.queries import location_for
from tests.kehu.factories import saved
from tests.kehu_partner_inventory.depot import Depot, somebody


async def test_a_team_sends_to_its_own_customers_and_to_those_it_does_not_see(depot: Depot) -> None:
    north = await saved(depot.app, kehu.Team(name="North"))
    own = await saved(
        depot.app, Location(code="OURS", name="Ours", usage=LocationUsage.CUSTOMER, team_id=north.id)
    )
    worker = await somebody(depot, north, location__read=kehu.Level.TEAM)

    async with depot.app.context(worker) as ctx:
        customers = await location_for(ctx, LocationUsage.CUSTOMER)
        suppliers = await location_for(ctx, LocationUsage.SUPPLIER)

    assert (customers.id, suppliers.id) == (own.id, depot.locations["SUPPLIERS"].id)
