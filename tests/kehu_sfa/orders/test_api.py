"""Orders and payments through GraphQL, on both databases."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

import kehu
from kehu_sfa import Order, Payment
from tests.crm import reasons
from tests.kehu.factories import change_refused, changed, saved, stored
from tests.kehu_sfa.quotes.conftest import Shop

TRANSFER = "method: TRANSFER"


async def test_an_order_goes_its_way(shop: Shop) -> None:
    order = await shop.order()

    await shop.call("receivePayment", order, f'amount: "190", reference: "Mar", {TRANSFER}')
    await shop.call("fulfil", order)
    payload = await shop.call(
        "receivePayment",
        order,
        f'amount: "1000", {TRANSFER}',
        show="order { number status paidAmount outstandingAmount payments { totalCount } }",
    )

    assert payload["order"] == {
        "number": "O-2026-00001",
        "status": "FULFILLED",
        "paidAmount": "1190",
        "outstandingAmount": "0",
        "payments": {"totalCount": 2},
    }


async def test_more_than_is_outstanding_is_refused(shop: Shop) -> None:
    order = await shop.order()

    errors = await shop.refused("receivePayment", order, f'amount: "1190.01", {TRANSFER}')

    assert errors == [("PAID_TOO_MUCH", "amount")]
    assert (await stored(shop.app, order)).paid_amount == 0
    await shop.call("receivePayment", order, f'amount: "1190.01", isAdvance: true, {TRANSFER}')


async def test_two_payments_at_the_same_time_do_not_pay_too_much(shop: Shop) -> None:
    order = await shop.order()
    call = shop.refused("receivePayment", order, f'amount: "1190", {TRANSFER}')
    again = shop.refused("receivePayment", order, f'amount: "1190", {TRANSFER}')

    codes = await asyncio.gather(call, again)

    assert sorted(codes) == [[], [("PAID_TOO_MUCH", "amount")]]
    assert (await stored(shop.app, order)).paid_amount == 1190


async def test_what_is_returned_is_not_owed_any_more(shop: Shop) -> None:
    order = await shop.order()
    await shop.call("receivePayment", order, f'amount: "1190", {TRANSFER}')
    await shop.call("fulfil", order)

    await shop.call("takeBack", order, 'amount: "190", reason: "Scratched."')
    payload = await shop.call(
        "refund", order, f'amount: "190", {TRANSFER}', show="order { outstandingAmount } result { amount }"
    )

    assert payload["order"] == {"outstandingAmount": "0"}
    assert payload["result"] == {"amount": "-190"}


async def test_a_confirmed_order_is_not_changed_any_more(shop: Shop) -> None:
    order = await shop.order()

    errors = await change_refused(shop.app, order, discount_percent=Decimal(5))
    refused = await shop.refused("setLines", order, shop.lines())

    assert [error.code for error in errors] == ["ORDER_IN_OTHER_STATE"]
    assert refused == [("ORDER_IN_OTHER_STATE", "status")]
    assert (await stored(shop.app, order)).total_amount == 1190


async def test_a_blank_reason_is_blamed_on_the_argument(shop: Shop) -> None:
    order = await shop.order()
    assert await shop.refused("cancel", order, 'reason: " "') == [("CANCEL_REASON_MISSING", "reason")]
    assert (await stored(shop.app, order)).status.name == "CONFIRMED"


async def test_a_draft_without_lines_is_not_confirmed(shop: Shop) -> None:
    order = await saved(shop.app, Order(name="Empty", customer_id=shop.customer.id, currency="EUR"))

    assert await shop.refused("confirm", order) == [("ORDER_EMPTY", "lines")]


async def test_payments_stay_as_they_are(shop: Shop) -> None:
    order = await shop.order()
    await shop.call("receivePayment", order, f'amount: "10", {TRANSFER}')
    async with shop.app.context() as ctx:
        payment = (await ctx.session.scalars(sa.select(Payment))).one()

    assert reasons(await change_refused(shop.app, payment, amount=Decimal(9))) == [
        ("PAYMENT_STAYS", None, "sfa")
    ]


@pytest.mark.parametrize(
    ("verb", "arguments", "reason"),
    [
        ("receivePayment", f'amount: "1", receivedOn: "2026-03-04", {TRANSFER}', "receivedOn"),
        ("takeBack", 'amount: "1", returnedOn: "2026-03-04", reason: "x"', "returnedOn"),
        ("refund", f'amount: "1", refundedOn: "2026-03-04", {TRANSFER}', "refundedOn"),
    ],
)
async def test_nothing_comes_in_before_its_day(shop: Shop, verb: str, arguments: str, reason: str) -> None:
    order = await shop.order()
    if verb == "takeBack":
        await shop.call("fulfil", order)

    assert await shop.refused(verb, order, arguments) == [("PAID_IN_FUTURE", reason)]


@pytest.mark.parametrize(
    ("verb", "arguments", "reason"),
    [
        ("takeBack", 'amount: "1", returnedOn: "2026-03-01", reason: "x"', "returnedOn"),
        ("refund", f'amount: "1", refundedOn: "2026-03-01", {TRANSFER}', "refundedOn"),
    ],
)
async def test_nothing_goes_back_before_it_came(shop: Shop, verb: str, arguments: str, reason: str) -> None:
    order = await shop.order()
    await shop.call("receivePayment", order, f'amount: "10", {TRANSFER}')
    await shop.call("fulfil", order)

    assert await shop.refused(verb, order, arguments) == [("BEFORE_THE_ORDER", reason)]


async def test_what_is_paid_before_the_order_is_an_advance(shop: Shop) -> None:
    order = await shop.order()
    early = f'amount: "10", receivedOn: "2026-03-01", {TRANSFER}'

    assert await shop.refused("receivePayment", order, early) == [("BEFORE_THE_ORDER", "receivedOn")]

    assert (await stored(shop.app, order)).paid_amount == 0
    await shop.call("receivePayment", order, f"{early}, isAdvance: true")
    assert (await stored(shop.app, order)).paid_amount == 10


async def test_no_more_goes_back_than_had_been_paid_by_its_day(shop: Shop) -> None:
    order = await shop.order(ordered_on=date(2026, 2, 1))
    for day, amount in ((21, 10), (25, 50)):
        paid = f'amount: "{amount}", receivedOn: "2026-02-{day}", {TRANSFER}'
        await shop.call("receivePayment", order, paid)
    later = f'amount: "55", refundedOn: "2026-02-25", {TRANSFER}'
    earlier = f'refundedOn: "2026-02-22", {TRANSFER}'

    early = await shop.refused("refund", order, later.replace("25", "22"))
    await shop.call("refund", order, later)
    pushed = await shop.refused("refund", order, f'amount: "6", {earlier}')

    assert early == pushed == [("PAID_TOO_MUCH", "amount")]
    assert (await stored(shop.app, order)).paid_amount == 5
    await shop.call("refund", order, f'amount: "5", {earlier}')


async def test_an_order_in_another_currency_than_its_price_list_is_refused(shop: Shop) -> None:
    order = await saved(
        shop.app,
        Order(name="Press", customer_id=shop.customer.id, currency="CNY", price_list_id=shop.prices.id),
    )

    assert await shop.refused("setLines", order, shop.lines()) == [("CURRENCY_DIFFERS", "currency")]


async def test_a_salesperson_works_on_orders_of_his_own(shop: Shop) -> None:
    order = await shop.order(owner_id=shop.boss.id)
    grants = {"sfa.order:read": kehu.Level.ALL, "sfa.order:cancel": kehu.Level.OWN}
    ann = kehu.Principal(shop.ann.id, "Ann", grants=grants)
    key = kehu.global_id("Order", order.id)
    document = f'mutation {{ cancelOrder(id: "{key}", reason: "x") {{ userErrors {{ code }} }} }}'

    payload = await shop.ask(document, ann)

    assert payload["cancelOrder"]["userErrors"] == [{"code": "FORBIDDEN"}]
    await changed(shop.app, order, owner_id=shop.ann.id)
    assert (await shop.ask(document, ann))["cancelOrder"]["userErrors"] == []


async def test_a_payment_in_another_currency_is_worth_what_the_rate_of_its_day_says(shop: Shop) -> None:
    order = await shop.order()
    await saved(
        shop.app,
        kehu.CurrencyRate(base="USD", quote="EUR", rate=Decimal("0.9"), as_of=date(2026, 2, 1)),
    )

    payload = await shop.call(
        "receivePayment",
        order,
        f'amount: "100.05", currency: "USD", {TRANSFER}',
        show="order { paidAmount } result { amount paidAmount paidCurrency }",
    )

    assert payload["order"] == {"paidAmount": "90.05"}
    assert payload["result"] == {"amount": "90.05", "paidAmount": "100.05", "paidCurrency": "USD"}


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ('amount: "100", currency: "USD"', "NO_CURRENCY_RATE", "currency"),
        ('amount: "100", currency: "USD", receivedOn: "2026-01-31"', "NO_CURRENCY_RATE", "currency"),
        ('amount: "100", currency: "XXQ"', "UNKNOWN_CURRENCY", "currency"),
        ('amount: "100.5", currency: "JPY"', "IMPOSSIBLE_AMOUNT", "amount"),
        ('amount: "-1", currency: "USD"', "IMPOSSIBLE_AMOUNT", "amount"),
    ],
)
async def test_a_currency_without_a_rate_is_refused_and_nothing_received(
    shop: Shop, arguments: str, code: str, field: str
) -> None:
    order = await shop.order()

    assert await shop.refused("receivePayment", order, f"{arguments}, {TRANSFER}") == [(code, field)]

    assert (await stored(shop.app, order)).paid_amount == 0
    async with shop.app.context() as ctx:
        assert (await ctx.session.scalars(sa.select(Payment))).all() == []


async def test_a_missing_rate_names_pair_and_day_in_the_language_of_the_reader(shop: Shop) -> None:
    order, reader = (
        await shop.order(),
        kehu.SYSTEM.__class__(None, "System", grants=kehu.SYSTEM.grants, locale="zh_CN"),
    )
    key = kehu.global_id("Order", order.id)
    document = f"""mutation {{ receivePaymentOrder(id: "{key}", amount: "1", currency: "USD", {TRANSFER}) {{
        userErrors {{ message }}
    }} }}"""

    answer = await shop.ask(document, to=reader)

    (error,) = answer["receivePaymentOrder"]["userErrors"]
    assert error == {"message": "没有 2026-03-02 或之前从 USD 到 EUR 的汇率。"}
