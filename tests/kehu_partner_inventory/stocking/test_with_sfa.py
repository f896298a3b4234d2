"""Where sfa is enabled its lines offer and order no finer than the unit of the product."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

import kehu
from kehu_sfa import Order, Quote
from tests.kehu.factories import saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import Depot, depot_of
from tests.kehu_sfa.factories import saved_opportunity, saved_stages


@pytest.fixture
async def app(depot_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    app = kehu.App(kehu.installed(["partner_inventory", "sfa"]), depot_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


async def test_half_a_piece_is_neither_offered_nor_ordered(app: kehu.App) -> None:
    depot = await depot_of(app)
    calls = await _calls(app, depot)
    for verb, call in calls.items():
        assert await depot.refused(call("BOLT", "1.5")) == [("TOO_MANY_DECIMALS", "quantity")], verb
        await depot.do(call("BOLT", "2"))
        await depot.do(call("FLOUR", "1.5"))


@pytest.mark.parametrize("kind", [Quote, Order])
async def test_many_get_no_half_pieces_at_once(app: kehu.App, kind: type[Quote | Order]) -> None:
    depot = await depot_of(app)
    customer = await saved(app, kehu.Customer(name="Water Company"))
    records = [
        await saved(app, kind(name="Bolts", customer_id=customer.id, currency="EUR")) for _ in range(2)
    ]
    ids = ", ".join(f'"{kehu.global_id(kind.__name__, each.id)}"' for each in records)
    line = f'{{product: "{depot["BOLT"]}", quantity: "%s", unitPrice: "1"}}'
    many = f"setLines{kind.__name__}s(ids: [{ids}], lines: [{line}])"

    told = [("TOO_MANY_DECIMALS", f"ids.{at}") for at in (0, 1)]
    assert await depot.refused(many % "1.5") == told
    await depot.do(many % "2")


async def test_a_line_does_not_become_half_a_piece(app: kehu.App) -> None:
    depot = await depot_of(app)
    create = (await _calls(app, depot))["createOpportunityLine"]("BOLT", "2")
    made = await depot.do(create, "opportunityLine { id }")
    key = made["opportunityLine"]["id"]

    assert await depot.refused(f'updateOpportunityLine(input: {{id: "{key}", quantity: "2.5"}})') == [
        ("TOO_MANY_DECIMALS", "quantity")
    ]


async def _calls(app: kehu.App, depot: Depot) -> dict[str, Callable[[str, str], str]]:
    """What writes lines of sfa, by its name: of a product, so many."""
    customer = await saved(app, kehu.Customer(name="Water Company"))
    prices = await saved(app, kehu.PriceList(name="List", currency="EUR"))
    of = {"customer_id": customer.id, "price_list_id": prices.id}
    stages = await saved_stages(app)
    deal = await saved_opportunity(app, stages.qualified, **of)
    another = await saved_opportunity(app, stages.qualified, name="Another press", **of)
    quote = await saved(app, Quote(name="Bolts", **of))
    order = await saved(app, Order(name="Bolts", **of))

    def line(product: str, quantity: str) -> str:
        return f'lines: [{{product: "{depot[product]}", quantity: "{quantity}", unitPrice: "1"}}]'

    def key(record: kehu.Entity) -> str:
        return kehu.global_id(type(record).__name__, record.id)

    return {
        "createOpportunityLine": lambda product, quantity: (
            f'createOpportunityLine(input: {{opportunityId: "{key(deal)}", productId: "{depot[product]}", '
            f'quantity: "{quantity}", unitPrice: "1"}})'
        ),
        "quoteOpportunity": lambda *of: f'quoteOpportunity(id: "{key(another)}", {line(*of)})',
        "setLinesQuote": lambda *of: f'setLinesQuote(id: "{key(quote)}", {line(*of)})',
        "setLinesOrder": lambda *of: f'setLinesOrder(id: "{key(order)}", {line(*of)})',
    }
