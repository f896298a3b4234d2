"""The amount of a won deal is what its customer has accepted, on both databases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu_sfa import Opportunity, OpportunityChange, OpportunityLine, Order, Quote
from tests.crm import reasons
from tests.kehu.factories import change_refused, changed, saved, stored
from tests.kehu_sfa.factories import Stages, saved_opportunity
from tests.kehu_sfa.quotes.conftest import Shop


async def deal_of(shop: Shop, stages: Stages, **values: Any) -> Opportunity:
    return await saved_opportunity(
        shop.app, stages.qualified, customer_id=shop.customer.id, **{"currency": "EUR", **values}
    )


async def sent(shop: Shop, deal: Opportunity, *lines: str, **values: Any) -> Quote:
    quote = await shop.quote(*lines, opportunity_id=deal.id, **values)
    await shop.call("send", quote)
    return quote


async def money_of(shop: Shop, deal: Opportunity) -> tuple[Decimal | None, str | None]:
    found = await stored(shop.app, deal)
    return found.amount, found.currency


async def lines_of(shop: Shop, deal: Opportunity) -> list[tuple[str | None, Decimal, Decimal, Decimal]]:
    async with shop.app.context() as ctx:
        found = await ctx.session.scalars(
            sa.select(OpportunityLine)
            .where(OpportunityLine.opportunity_id == deal.id)
            .order_by(OpportunityLine.position)
        )
        return [(line.description, line.quantity, line.unit_price, line.amount) for line in found]


async def test_an_open_deal_is_worth_what_was_accepted(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages, amount=Decimal(5000))
    quote = await sent(shop, deal, 'PRESS, discountPercent: "10"')
    await shop.call("accept", quote)
    assert await money_of(shop, deal) == (Decimal(900), "EUR")


async def test_a_deal_without_an_amount_gets_that_of_the_quote_with_its_currency(
    shop: Shop, stages: Stages
) -> None:
    deal = await deal_of(shop, stages, amount=Decimal(5000), currency="USD")
    await shop.call("accept", await sent(shop, deal))
    assert await money_of(shop, deal) == (Decimal(1000), "EUR")


async def test_winning_takes_what_was_accepted_and_keeps_it(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages)
    await shop.call("accept", await sent(shop, deal))
    await changed(shop.app, deal, amount=Decimal(5000))

    await shop.call("win", deal)

    assert await money_of(shop, deal) == (Decimal(1000), "EUR")
    assert (await stored(shop.app, deal)).closed_on is not None
    async with shop.app.context() as ctx:
        kept = (
            await ctx.session.scalars(
                sa.select(OpportunityChange).where(
                    OpportunityChange.opportunity_id == deal.id, OpportunityChange.valid_until.is_(None)
                )
            )
        ).all()
    assert [(row.amount, row.stage_id) for row in kept] == [(Decimal(1000), stages.won.id)]
    errors = await change_refused(shop.app, deal, amount=Decimal(1))
    assert reasons(errors) == [("AMOUNT_OF_QUOTE", "amount", "sfa")]
    assert errors[0].message.endswith("is worth what was accepted, 1,000.00 EUR.")


async def test_of_many_deals_each_is_worth_its_own_quote(shop: Shop, stages: Stages) -> None:
    deals = [await deal_of(shop, stages) for _ in range(3)]
    for number, deal in enumerate(deals[:2], start=1):
        await shop.call("accept", await sent(shop, deal, f'PRESS, quantity: "{number}"'))
        await changed(shop.app, deal, amount=Decimal(77))
    ids = ", ".join(f'"{kehu.global_id("Opportunity", deal.id)}"' for deal in deals)

    answer = await shop.ask(
        f"mutation {{ done: winOpportunities(ids: [{ids}]) {{ userErrors {{ code }} }} }}"
    )

    assert answer["done"]["userErrors"] == []
    assert [(await money_of(shop, deal))[0] for deal in deals] == [1000, 2000, None]


async def test_the_lines_of_the_deal_become_those_of_the_quote(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages)
    await saved(shop.app, OpportunityLine(opportunity_id=deal.id, unit_price=Decimal(70), description="Old"))
    quote = await sent(
        shop,
        deal,
        'PRESS, quantity: "3", discountPercent: "10"',
        'description: "Freight", unitPrice: "50"',
        discount_percent=Decimal(10),
    )

    await shop.call("accept", quote)

    assert await lines_of(shop, deal) == [
        ("Press", Decimal(3), Decimal(810), Decimal(2430)),
        ("Freight", Decimal(1), Decimal(45), Decimal(45)),
    ]
    assert await money_of(shop, deal) == (Decimal(2475), "EUR")


async def test_a_net_that_no_price_of_a_piece_gives_is_one_line(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages)
    await saved(shop.app, OpportunityLine(opportunity_id=deal.id, unit_price=Decimal(70), description="Old"))
    line = 'description: "Pins", quantity: "70000", unitPrice: "0.0101"'
    quote = await sent(shop, deal, line, discount_percent=Decimal(3))

    await shop.call("accept", quote)

    net = (await stored(shop.app, quote)).net_amount
    assert await money_of(shop, deal) == (net, "EUR")
    assert sum(line[3] for line in await lines_of(shop, deal)) == net


async def test_what_was_accepted_of_a_deal_is_added_up(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages)
    for quote in [await sent(shop, deal), await sent(shop, deal, 'PRESS, quantity: "2"')]:
        await shop.call("accept", quote)
    assert await money_of(shop, deal) == (Decimal(3000), "EUR")


@pytest.mark.parametrize("recurring", [False, True])
async def test_a_deal_is_agreed_on_in_one_currency(shop: Shop, stages: Stages, recurring: bool) -> None:
    deal = await deal_of(shop, stages)
    if recurring:
        await changed(shop.app, deal, recurring_amount=Decimal(5), recurring_interval="MONTH")
    else:
        await shop.call("accept", await sent(shop, deal))
    dollars = await sent(
        shop, deal, 'description: "Work", unitPrice: "9"', currency="USD", price_list_id=None
    )
    before = await money_of(shop, deal)

    assert await shop.refused("accept", dollars) == [("CURRENCY_DIFFERS", "currency")]

    assert await money_of(shop, deal) == before
    assert (await stored(shop.app, dollars)).status.name == "SENT"


async def test_the_quote_of_a_lost_deal_is_accepted_when_it_is_reopened(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages, amount=Decimal(5))
    quote = await sent(shop, deal)
    await shop.call("lose", deal, "reason: PRICE")

    assert await shop.refused("accept", quote) == [("DEAL_LOST", "opportunityId")]

    assert (await stored(shop.app, quote)).status.name == "SENT"
    assert await money_of(shop, deal) == (Decimal(5), "EUR")
    await shop.call("reopen", deal)
    await shop.call("accept", quote)
    assert await money_of(shop, deal) == (Decimal(1000), "EUR")


async def test_lines_become_those_of_the_quote_although_they_come_to_the_same(
    shop: Shop, stages: Stages
) -> None:
    deal = await deal_of(shop, stages)
    await saved(
        shop.app, OpportunityLine(opportunity_id=deal.id, unit_price=Decimal(1000), description="Old")
    )
    await shop.call("accept", await sent(shop, deal, 'description: "New", quantity: "4", unitPrice: "250"'))
    assert await lines_of(shop, deal) == [("New", Decimal(4), Decimal(250), Decimal(1000))]
    assert await money_of(shop, deal) == (Decimal(1000), "EUR")


async def test_no_part_is_split_off_what_was_accepted(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages)
    await shop.call("accept", await sent(shop, deal))
    assert await shop.refused("split", deal, 'name: "Part", amount: "10"') == [("AMOUNT_OF_QUOTE", "amount")]
    assert await money_of(shop, deal) == (Decimal(1000), "EUR")


async def won(shop: Shop, deal: Opportunity, *lines: str) -> list[Order]:
    """Win a deal of which a quote with each of these lines was accepted; gives their orders."""
    for line in lines:
        await shop.call("accept", await sent(shop, deal, line))
    await shop.call("win", deal)
    async with shop.app.context() as ctx:
        found = await ctx.session.scalars(
            sa.select(Order).where(Order.opportunity_id == deal.id).order_by(Order.number)
        )
        return list(found)


async def updated(shop: Shop, deal: Opportunity, values: str) -> list[dict[str, str]]:
    key = kehu.global_id("Opportunity", deal.id)
    document = f"""mutation {{ updateOpportunity(input: {{ id: "{key}", {values} }}) {{
        userErrors {{ code field }} }} }}"""
    errors: list[dict[str, str]] = (await shop.ask(document))["updateOpportunity"]["userErrors"]
    return errors


async def test_the_amount_of_a_won_deal_is_free_once_its_order_is_cancelled(
    shop: Shop, stages: Stages
) -> None:
    deal = await deal_of(shop, stages)
    [order] = await won(shop, deal, "PRESS")
    refused = [{"code": "AMOUNT_OF_QUOTE", "field": "amount"}]
    assert await updated(shop, deal, 'amount: "700"') == refused

    await shop.call("cancel", order, 'reason: "Their budget is gone."')

    assert await money_of(shop, deal) == (Decimal(1000), "EUR")
    assert await updated(shop, deal, 'amount: "700"') == []
    assert await money_of(shop, deal) == (Decimal(700), "EUR")


async def test_a_deal_is_worth_what_is_left_after_an_order_is_cancelled(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages)
    await saved(shop.app, OpportunityLine(opportunity_id=deal.id, unit_price=Decimal(70), description="Old"))
    [first, _second] = await won(shop, deal, "PRESS", 'PRESS, quantity: "2"')

    await shop.call("cancel", first, 'reason: "One machine less."')

    assert await money_of(shop, deal) == (Decimal(2000), "EUR")
    assert await lines_of(shop, deal) == [("Press", Decimal(2), Decimal(1000), Decimal(2000))]
    errors = await updated(shop, deal, 'amount: "1"')
    assert [error["code"] for error in errors] == ["AMOUNT_OF_QUOTE", "AMOUNT_OF_LINES"]


async def test_another_quote_is_accepted_instead_of_a_cancelled_order(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages)
    [order] = await won(shop, deal, "PRESS")
    await shop.call("cancel", order, 'reason: "They want three."')

    await shop.call("accept", await sent(shop, deal, 'PRESS, quantity: "3"'))

    assert await money_of(shop, deal) == (Decimal(3000), "EUR")


async def test_a_deal_whose_order_is_cancelled_is_reopened_divided_and_lost(
    shop: Shop, stages: Stages
) -> None:
    deal = await deal_of(shop, stages)
    [order] = await won(shop, deal, "PRESS")
    await shop.call("cancel", order, 'reason: "They went elsewhere."')

    await shop.call("reopen", deal)
    await shop.call("split", deal, 'name: "Part", amount: "10"')
    await shop.call("lose", deal, "reason: COMPETITOR")

    found = await stored(shop.app, deal)
    assert (found.state.name, found.amount) == ("LOST", Decimal(990))


async def test_the_currency_that_was_agreed_on_is_that_of_the_deal(shop: Shop, stages: Stages) -> None:
    deal = await deal_of(shop, stages, currency="JPY", amount=Decimal(5))
    yen = 'description: "Work", unitPrice: "9"'
    await shop.call("accept", await sent(shop, deal, yen, currency="JPY", price_list_id=None))
    euros = await sent(shop, deal, yen, currency="EUR", price_list_id=None)
    (error,) = (await shop._payload("accept", euros, "", ""))["userErrors"]
    assert error["message"].endswith("is agreed on in JPY, the quote is in EUR.")
