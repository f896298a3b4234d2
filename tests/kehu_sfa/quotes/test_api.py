"""Quotes through GraphQL, on both databases: lines, approval, sending, and what the customer says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.business.approvals.models import ApprovalRequest, ApprovalRule, ApprovalStep
from kehu_sfa import DiscountLimit, Order, Quote, QuoteLine, QuoteStatus
from kehu_sfa.quotes.models import DISCOUNT
from kehu_sfa.quotes.rules import expire_quotes
from tests.kehu.factories import change_refused, changed, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity
from tests.kehu_sfa.quotes.conftest import Shop


async def status_of(shop: Shop, quote: Quote) -> str:
    return (await stored(shop.app, quote)).status.name


async def all_of(shop: Shop, model: type[Any]) -> list[Any]:
    async with shop.app.context() as ctx:
        return list((await ctx.session.scalars(sa.select(model).order_by(model.id))).all())


async def limited(shop: Shop) -> None:
    """Ann may give 10 %; the boss approves more."""
    await saved(shop.app, DiscountLimit(name="All", max_discount_percent=Decimal(10)))
    await saved(shop.app, ApprovalRule(name="Boss", kind=DISCOUNT, approver_id=shop.boss.id))


async def decide(shop: Shop, verb: str, person: kehu.User) -> list[str]:
    [step] = (each for each in await all_of(shop, ApprovalStep) if each.status.name == "OPEN")
    names = ("approval_request:read", "approval_step:read", f"approval_step:{verb}")
    rights = {f"core.{name}": kehu.Level.ALL for name in names}
    principal = kehu.Principal(person.id, person.name, grants=rights)
    key = kehu.global_id("ApprovalStep", step.id)
    document = f'mutation {{ {verb}ApprovalStep(id: "{key}", comment: "Fine.") {{ userErrors {{ code }} }} }}'
    payload = (await shop.ask(document, principal))[f"{verb}ApprovalStep"]
    return [error["code"] for error in payload["userErrors"]]


async def test_prices_come_from_the_list_and_tax_from_the_default_rate(shop: Shop) -> None:
    quote = await shop.quote('PRESS, quantity: "2"', 'description: "Freight", unitPrice: "50"')

    found = await stored(shop.app, quote)
    assert (found.number, found.revision, found.currency) == ("Q-2026-00001", 1, "EUR")
    assert (found.net_amount, found.tax_amount, found.total_amount) == (
        Decimal(2050),
        Decimal("389.50"),
        Decimal("2439.50"),
    )
    assert found.valid_until_on.isoformat() == "2026-04-01"


async def test_a_line_without_a_price_is_refused(shop: Shop) -> None:
    quote = await shop.quote()

    errors = await shop.refused("setLines", quote, shop.lines("PRESS", 'description: "Freight"'))

    assert errors == [("NO_PRICE", "lines.1.unitPrice")]
    assert len(await all_of(shop, QuoteLine)) == 1


async def test_a_quantity_below_zero_is_refused(shop: Shop) -> None:
    quote = await shop.quote()

    assert await shop.refused("setLines", quote, shop.lines('PRESS, quantity: "-1"')) == [
        ("OUT_OF_RANGE", "lines.0.quantity")
    ]


async def test_a_deal_is_quoted_in_one_request(shop: Shop, stages: Stages) -> None:
    deal = await saved_opportunity(shop.app, stages.qualified, customer_id=shop.customer.id, currency="EUR")
    nobody = await saved_opportunity(shop.app, stages.qualified)
    prices = f', priceList: "{kehu.global_id("PriceList", shop.prices.id)}"'

    payload = await shop.call(
        "quote", deal, shop.lines() + prices, show="result { number totalAmount lines { totalCount } }"
    )

    assert payload["result"] == {
        "number": "Q-2026-00001",
        "totalAmount": "1190",
        "lines": {"totalCount": 1},
    }
    assert await shop.refused("quote", nobody, shop.lines() + prices) == [("CUSTOMER_MISSING", "customerId")]


async def test_a_quote_has_the_prices_of_its_deal_unless_a_list_is_given(shop: Shop, stages: Stages) -> None:
    deal = await saved_opportunity(
        shop.app, stages.qualified, customer_id=shop.customer.id, price_list_id=shop.prices.id
    )
    shown = "result { totalAmount priceList { name } }"

    payload = await shop.call("quote", deal, shop.lines(), show=shown)

    assert payload["result"] == {"totalAmount": "1190", "priceList": {"name": "List"}}
    await changed(shop.app, shop.prices, is_active=False)
    assert await shop.refused("quote", deal, shop.lines()) == [("NO_PRICE", "lines.0.unitPrice")]
    payload = await shop.call("quote", deal, shop.lines('PRESS, unitPrice: "10"'), show=shown)
    assert payload["result"] == {"totalAmount": "11.9", "priceList": None}


async def test_a_change_of_the_discount_reckons_anew(shop: Shop) -> None:
    quote = await shop.quote()

    await changed(shop.app, quote, discount_percent=Decimal(10))

    found = await stored(shop.app, quote)
    assert (found.net_amount, found.conceded_percent) == (Decimal(900), Decimal(10))
    assert [line.net_amount for line in await all_of(shop, QuoteLine)] == [900]


async def test_a_quote_within_the_limits_needs_no_approval(shop: Shop) -> None:
    await limited(shop)
    quote = await shop.quote('PRESS, discountPercent: "10"')

    assert await shop.refused("submit", quote) == [("APPROVAL_NOT_NEEDED", "status")]
    await shop.call("send", quote)

    assert await status_of(shop, quote) == "SENT"


async def test_a_quote_beyond_the_limits_is_approved_and_sent(shop: Shop) -> None:
    await limited(shop)
    quote = await shop.quote('PRESS, unitPrice: "800"')

    assert await shop.refused("send", quote) == [("APPROVAL_NEEDED", "status")]
    await shop.call("submit", quote, 'comment: "A key customer."')
    assert await status_of(shop, quote) == "IN_APPROVAL"
    assert await decide(shop, "approve", shop.boss) == []
    assert await status_of(shop, quote) == "APPROVED"
    await shop.call("send", quote)
    assert await status_of(shop, quote) == "SENT"


async def test_nobody_approves_a_quote_of_his_own(shop: Shop) -> None:
    await saved(shop.app, DiscountLimit(name="All", max_discount_percent=Decimal(10)))
    await saved(shop.app, ApprovalRule(name="Ann", kind=DISCOUNT, approver_id=shop.ann.id))
    quote = await shop.quote('PRESS, discountPercent: "20"')
    await shop.call("submit", quote)

    assert await decide(shop, "approve", shop.ann) == ["OWN_APPROVAL"]
    assert await status_of(shop, quote) == "IN_APPROVAL"


async def test_a_rejected_quote_is_a_draft_again(shop: Shop) -> None:
    await limited(shop)
    quote = await shop.quote('PRESS, discountPercent: "20"')
    await shop.call("submit", quote)

    assert await decide(shop, "reject", shop.boss) == []

    assert await status_of(shop, quote) == "DRAFT"


async def test_a_changed_quote_loses_its_approval(shop: Shop) -> None:
    await limited(shop)
    quote = await shop.quote('PRESS, discountPercent: "20"')
    await shop.call("submit", quote)
    await decide(shop, "approve", shop.boss)

    await changed(shop.app, quote, terms="60 days")

    assert await status_of(shop, quote) == "DRAFT"
    assert await shop.refused("send", quote) == [("APPROVAL_NEEDED", "status")]


async def test_a_change_while_somebody_decides_takes_the_question_back(shop: Shop) -> None:
    await limited(shop)
    quote = await shop.quote('PRESS, discountPercent: "20"')
    await shop.call("submit", quote)

    await shop.call("setLines", quote, shop.lines('PRESS, discountPercent: "5"'))

    [request] = await all_of(shop, ApprovalRequest)
    assert (await status_of(shop, quote), request.status.name) == ("DRAFT", "WITHDRAWN")
    await shop.call("send", quote)


async def test_an_own_limit_comes_before_that_of_everybody(shop: Shop) -> None:
    await limited(shop)
    own = DiscountLimit(name="Ann", user_id=shop.ann.id, max_discount_percent=Decimal(25))
    await saved(shop.app, own)
    quote = await shop.quote('PRESS, discountPercent: "20"')

    await shop.call("send", quote)

    assert await status_of(shop, quote) == "SENT"


async def test_a_margin_below_the_floor_needs_approval(shop: Shop) -> None:
    await saved(shop.app, DiscountLimit(name="All", min_margin_percent=Decimal(30)))
    quote = await shop.quote('PRESS, unitCost: "750"')

    assert await shop.refused("send", quote) == [("APPROVAL_NEEDED", "status")]
    assert await shop.refused("submit", quote) == [("NO_APPROVER", None)]


async def test_a_sent_quote_is_revised_never_changed(shop: Shop) -> None:
    quote = await shop.quote()
    await shop.call("send", quote)

    errors = await change_refused(shop.app, quote, terms="60 days")
    payload = await shop.call("revise", quote, show="result { number revision status totalAmount }")

    assert [(error.code, error.field) for error in errors] == [("QUOTE_IN_OTHER_STATE", "status")]
    assert payload["result"] == {
        "number": "Q-2026-00001",
        "revision": 2,
        "status": "DRAFT",
        "totalAmount": "1190",
    }
    assert await status_of(shop, quote) == "REPLACED"


async def test_an_accepted_quote_makes_an_order_with_its_lines(shop: Shop) -> None:
    quote = await shop.quote('PRESS, quantity: "3", discountPercent: "10"', discount_amount=Decimal(0))
    await changed(shop.app, quote, discount_amount=Decimal(100))
    await shop.call("send", quote)

    payload = await shop.call(
        "accept",
        quote,
        show="result { number status totalAmount quote { number } lines { nodes { netAmount } } }",
    )

    assert payload["result"] == {
        "number": "O-2026-00001",
        "status": "DRAFT",
        "totalAmount": "3094",
        "quote": {"number": "Q-2026-00001"},
        "lines": {"nodes": [{"netAmount": "2600"}]},
    }
    assert await shop.refused("accept", quote) == [("QUOTE_IN_OTHER_STATE", "status")]
    assert len(await all_of(shop, Order)) == 1


async def test_a_quote_is_decided_on_after_it_was_sent_and_not_in_the_future(
    shop: Shop, clock: Clock
) -> None:
    quote = await shop.quote()
    await shop.call("send", quote)
    sent = clock.now.date()
    for day in (sent - timedelta(days=1), sent + timedelta(days=1)):
        assert await shop.refused("accept", quote, f'acceptedOn: "{day}"') == [
            ("IMPOSSIBLE_DECISION_DAY", "acceptedOn")
        ]
        assert await shop.refused("decline", quote, f'reason: PRICE declinedOn: "{day}"') == [
            ("IMPOSSIBLE_DECISION_DAY", "declinedOn")
        ]
    await shop.call("accept", quote, f'acceptedOn: "{sent}"')


async def test_a_quote_past_its_validity_expires_and_cannot_be_accepted(shop: Shop, clock: Clock) -> None:
    quote = await shop.quote()
    await shop.call("send", quote)
    clock.advance(days=32)

    assert await shop.refused("accept", quote) == [("QUOTE_EXPIRED", "validUntilOn")]
    async with shop.app.context() as ctx, ctx.write():
        await expire_quotes(ctx)

    assert await status_of(shop, quote) == "EXPIRED"


async def test_a_declined_quote_says_why(shop: Shop) -> None:
    quote = await shop.quote()
    await shop.call("send", quote)

    await shop.call("decline", quote, 'reason: COMPETITOR, note: "Cheaper."')

    found = await stored(shop.app, quote)
    assert (found.status, found.decline_reason) == (QuoteStatus.DECLINED, "COMPETITOR")


async def test_a_quote_is_printed_in_the_language_of_the_customer_and_escaped(shop: Shop) -> None:
    quote = await shop.quote(
        'description: "<script>alert(1)</script>", unitPrice: "1234.5"', terms='"Net" & 30'
    )

    page = (await shop.ask(f'{{ quote(id: "{kehu.global_id("Quote", quote.id)}") {{ html isExpired }} }}'))[
        "quote"
    ]

    assert page["isExpired"] is False
    assert '<html lang="zh-' in page["html"]
    assert "Gießerei &lt;Nord&gt; &amp; Co" in page["html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page["html"]
    assert "&quot;Net&quot; &amp; 30" in page["html"]
    assert "€1,234.50" in page["html"]
    assert "报价单" in page["html"]


async def test_a_quote_that_is_approved_and_changed_at_the_same_time_is_one_or_the_other(shop: Shop) -> None:
    await limited(shop)
    for _ in range(5):
        quote = await shop.quote('PRESS, discountPercent: "20"')
        await shop.call("submit", quote)
        lines = shop.lines('PRESS, discountPercent: "25"')

        refused_decision, refused_change = await asyncio.gather(
            decide(shop, "approve", shop.boss), shop.refused("setLines", quote, lines)
        )

        found = await stored(shop.app, quote)
        if found.status is QuoteStatus.APPROVED:
            assert (refused_decision, found.conceded_percent) == ([], Decimal(20))
            assert refused_change == [("CONFLICT", None)]
        else:
            assert (found.status, refused_change) == (QuoteStatus.DRAFT, [])
            assert refused_decision in ([], ["APPROVAL_CLOSED"])
            assert found.conceded_percent == Decimal(25)
