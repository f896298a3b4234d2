"""Payments of partners, and how old what they owe is, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import kehu
from kehu_partner_inventory import PartnerInvoice, PartnerPayment
from tests.kehu.factories import change_refused
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

AGES = (
    "{ receivablesAgeing { partner { code } currency notDue upTo30 upTo60 upTo90 older total } "
    'then: receivablesAgeing(on: "2026-03-02") { notDue total } }'
)


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


async def billed(trade: Trade, quantity: int, by: str = "NORTH") -> str:
    """An order whose goods have left and are billed."""
    key = await trade.order(("BOLT", quantity), by=by)
    await trade.do(key, "submit", "confirm", "ship", "invoice")
    return key


async def test_a_payment_is_for_what_is_due_first(trade: Trade, clock: Clock) -> None:
    await trade.depot.receive("BOLT", 100)
    await billed(trade, 2)
    clock.advance(days=40)
    await billed(trade, 3)
    pay = f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", amount: '
    assert await trade.channel.refused(f'{pay}"50.01")') == [("PAID_TOO_MUCH", "amount")]
    await trade.channel.do(f'{pay}"25", reference: "Bank")')

    found = await trade.channel.ask(
        "{ partnerInvoices(orderBy: {field: NUMBER}) { nodes { openAmount } } "
        "partnerPayments { nodes { amount reference shares { nodes { amount } } } } }"
    )
    assert [each["openAmount"] for each in found["partnerInvoices"]["nodes"]] == ["0", "25"]
    assert found["partnerPayments"]["nodes"] == [
        {
            "amount": "25",
            "reference": "Bank",
            "shares": {"nodes": [{"amount": "20"}, {"amount": "5"}]},
        }
    ]
    assert await trade.exposure() == "25"


async def test_a_payment_is_in_whole_units_and_has_come_in(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 100)
    await billed(trade, 2)
    pay = f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", amount: '

    assert await trade.channel.refused(f'{pay}"10.005")') == [("IMPOSSIBLE_AMOUNT", "amount")]
    future = await trade.channel.refused(f'{pay}"10", receivedOn: "2026-03-03")')
    assert future == [("PAID_IN_FUTURE", "receivedOn")]
    assert await trade.exposure() == "20"


async def test_nothing_is_paid_of_an_invoice_before_it_was_written(trade: Trade, clock: Clock) -> None:
    await trade.depot.receive("BOLT", 100)
    await billed(trade, 2)
    clock.advance(days=3)
    await billed(trade, 3)
    found = await trade.channel.ask("{ partnerInvoices(orderBy: {field: NUMBER}) { nodes { id } } }")
    [first, second] = [each["id"] for each in found["partnerInvoices"]["nodes"]]
    pay = f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", receivedOn: "2026-03-04", amount: '

    named = await trade.channel.refused(f'{pay}"1", invoices: ["{first}", "{second}"])')
    unnamed = await trade.channel.refused(f'{pay}"21")')

    assert named == [("PAID_BEFORE_INVOICE", "receivedOn")]
    assert unnamed == [("PAID_TOO_MUCH", "amount")]
    assert await trade.exposure() == "50"
    await trade.channel.do(f'{pay}"20")')
    assert await trade.exposure() == "30"


async def test_receivables_by_age_on_any_day(trade: Trade, clock: Clock) -> None:
    await trade.depot.receive("BOLT", 100)
    await billed(trade, 2)
    await billed(trade, 1, by="RIVAL")
    clock.advance(days=65)
    await billed(trade, 3)
    await trade.channel.do(f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", amount: "5")')

    none = {"upTo30": "0", "upTo90": "0", "older": "0"}
    found = await trade.channel.ask(AGES)
    assert found["receivablesAgeing"] == [
        {
            "partner": {"code": code},
            "currency": "EUR",
            "notDue": not_due,
            "upTo60": late,
            "total": total,
            **none,
        }
        for code, not_due, late, total in (("NORTH", "30", "15", "45"), ("RIVAL", "0", "10", "10"))
    ]
    assert found["then"] == [{"notDue": "20", "total": "20"}, {"notDue": "10", "total": "10"}]
    seen = await trade.channel.ask(AGES, to=await trade.channel.user_of("RIVAL"))
    assert [each["partner"]["code"] for each in seen["receivablesAgeing"]] == ["RIVAL"]


async def test_invoices_and_payments_stay(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 100)
    await billed(trade, 2)
    await trade.channel.do(f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", amount: "5")')
    async with trade.app.context() as ctx:
        invoice = (await ctx.session.scalars(sa.select(PartnerInvoice))).one()
        payment = (await ctx.session.scalars(sa.select(PartnerPayment))).one()
    for record in (invoice, payment):
        errors = await change_refused(trade.app, record, amount=D(1))
        assert [error.code for error in errors] == ["BOOKS_STAY"]
