"""Quotes and orders of deals of somebody who has left belong to who makes them."""

from __future__ import annotations

import kehu
from tests.kehu.factories import changed, stored
from tests.kehu_sfa.factories import Stages, saved_opportunity
from tests.kehu_sfa.quotes.conftest import Shop


async def test_what_comes_of_a_deal_of_somebody_who_left_goes_to_who_acts(shop: Shop, stages: Stages) -> None:
    deal = await saved_opportunity(
        shop.app, stages.qualified, customer_id=shop.customer.id, currency="EUR", owner_id=shop.boss.id
    )
    quote = await shop.quote(opportunity_id=deal.id, owner_id=shop.boss.id)
    await shop.call("send", quote)
    await changed(shop.app, shop.boss, is_active=False)
    ann = kehu.Principal(shop.ann.id, "Ann", grants={"*": kehu.Level.ALL})

    lines = shop.lines('PRESS, unitPrice: "5"')
    calls = (
        f'a: quoteOpportunity(id: "{kehu.global_id("Opportunity", deal.id)}", {lines})',
        f'b: acceptQuote(id: "{kehu.global_id("Quote", quote.id)}")',
        f'c: cloneOpportunity(id: "{kehu.global_id("Opportunity", deal.id)}")',
    )
    shown = (
        "result { owner { name } }",
        "result { owner { name } }",
        "result { opportunity { owner { name } } }",
    )
    for call, seen in zip(calls, shown, strict=True):
        answer = await shop.ask(f"mutation {{ {call} {{ {seen} userErrors {{ code }} }} }}", ann)
        [payload] = answer.values()
        assert payload["userErrors"] == []
        made = payload["result"]
        assert made.get("opportunity", made)["owner"] == {"name": "Ann"}

    assert (await stored(shop.app, deal)).owner_id == shop.boss.id
    assert (await stored(shop.app, quote)).owner_id == shop.boss.id
