"""What messages and reports leave out: names and numbers of records that their reader may not see."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu_partner_inventory import DealRegistration, Lot, PartnerTarget, Reservation
from kehu_partner_inventory.credit.checking import check_credit
from kehu_partner_inventory.deals.actions import approve
from kehu_partner_inventory.reservations.holders import check_held_for_no_order, check_returns_to_no_order
from kehu_partner_inventory.stock.facts import gather_facts
from kehu_partner_inventory.stock.models import InsufficientStock
from kehu_partner_inventory.stock.places import Places
from kehu_partner_inventory.stock.plans import PlannedMove
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

ALL, OWN = kehu.Level.ALL, kehu.Level.OWN


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


def lea(**grants: kehu.Level) -> kehu.Principal:
    """Somebody with these grants; a permission is spelled `core__customer__read`."""
    spelled = {"{}.{}:{}".format(*key.split("__")): level for key, level in grants.items()}
    return kehu.Principal(uuid.UUID(int=101), "Lea", grants=spelled)


async def said(call: Awaitable[Any]) -> str:
    """What a refusal says."""
    with pytest.raises(kehu.Refusal) as caught:
        await call
    return str(caught.value.errors[0].message)


async def test_the_limit_of_a_group_is_told_to_who_may_see_it(trade: Trade) -> None:
    await changed(trade.app, trade.channel.partners["AGENT"], group_credit_limit=D(100))
    told = {}
    for reader in (
        kehu.SYSTEM,
        await trade.channel.user_of("NORTH"),
        lea(partner_inventory__partner__read=ALL),
    ):
        async with trade.app.context(reader) as ctx, ctx.write():
            told[reader.name] = await said(check_credit(ctx, trade.channel.partners["NORTH"], D(500)))

    hidden = "With this order the partner, or its group, would owe more than it may."
    assert told.pop("system").startswith("AGENT may owe 100")
    assert told == {"NORTH's user": hidden, "Lea": hidden}


async def test_the_order_that_goods_are_held_back_for_is_told_to_who_may_see_it(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 10)
    order = await trade.order(("BOLT", 5))
    await trade.do(order, "submit", "confirm")
    told = {}
    for reader in (kehu.SYSTEM, lea()):
        async with trade.app.context() as ctx:
            reservation = (await ctx.session.scalars(sa.select(Reservation))).one()
        async with trade.app.context(reader) as ctx:
            held = await said(check_held_for_no_order(ctx, reservation))
            told[reader.name] = [held, await said(check_returns_to_no_order(ctx, kehu.GlobalId(order)))]

    message = "It holds goods back for {}; use the verbs of the order."
    returned = "What comes back of {} is taken back by the order."
    number = "C-2026-00001"
    assert told == {
        "system": [message.format(number), returned.format(number)],
        "Lea": [message.format("…"), returned.format("…")],
    }


async def test_the_deal_of_another_partner_is_told_to_who_may_see_it(trade: Trade) -> None:
    deals = []
    for code in ("NORTH", "SOUTH"):
        partner = trade.channel.partners[code].id
        made = DealRegistration(partner_id=partner, name="Pumps", customer_name="Water AG", currency="EUR")
        deals.append(await saved(trade.app, made))
    for deal in deals:
        await trade.channel.do(f'submitDealRegistration(id: "{kehu.global_id("DealRegistration", deal.id)}")')
    until = date(2026, 6, 30)
    first = kehu.global_id("DealRegistration", deals[0].id)
    await trade.channel.do(f'approveDealRegistration(id: "{first}", protectedUntilOn: "{until}")')
    owner = await saved(trade.app, kehu.User(id=uuid.UUID(int=101), name="Lea"))
    await changed(trade.app, trade.channel.partners["SOUTH"], owner_id=owner.id)

    async def approved_by(reader: kehu.Principal) -> None:
        async with trade.app.context(reader) as ctx, ctx.write():
            await approve(await ctx.get(DealRegistration, deals[1].id), ctx, until)

    readers = kehu.SYSTEM, lea(partner_inventory__deal_registration__read=OWN)
    told = {reader.name: await said(approved_by(reader)) for reader in readers}

    assert told == {
        "system": "D-2026-00001 is about the same and protected until 2026-06-30.",
        "Lea": "A registration of another partner is about the same and protected.",
    }


async def test_the_place_of_a_piece_is_told_to_who_may_see_it(trade: Trade) -> None:
    depot = trade.depot
    await depot.receive("PUMP", None, serials=["P1"])
    told = {}
    for reader in (kehu.SYSTEM, lea(partner_inventory__lot__read=ALL)):
        async with trade.app.context() as ctx:
            lot = (await ctx.session.scalars(sa.select(Lot.id))).one()
        async with trade.app.context(reader) as ctx, ctx.write():
            side, out = depot.locations["SIDE"].id, depot.locations["CUSTOMERS"].id
            product = depot.products["PUMP"].id
            facts = await gather_facts(ctx, locations=[side, out], products=[product], lots=[lot])
            places = Places(ctx, facts)
            await places.read([lot])
            move = PlannedMove(product_id=product, from_id=side, to_id=out, quantity=D(1), lot_id=lot)
            with pytest.raises(kehu.Refusal) as caught:
                places.move(move, target_on_hand=D(0))
            told[reader.name] = str(caught.value.errors[0].message), facts.locations[side].code

    assert told == {"system": ("P1 is at MAIN.", "SIDE"), "Lea": ("P1 is at ….", "…")}


def test_what_is_available_at_a_place_is_told_to_who_may_see_it() -> None:
    def message(location: str) -> str:
        refusal = InsufficientStock(product="BOLT", location=location, available=D(5), wanted=D(9))
        return str(refusal.errors[0].message)

    assert message("MAIN") == "MAIN has 5 of BOLT available; 9 is too much."
    assert message(kehu.UNTOLD) == "… has … of BOLT available; 9 is too much."


async def test_figures_of_a_partner_are_of_what_the_reader_may_see(trade: Trade) -> None:
    partner = trade.channel.partners["NORTH"]
    span = {"from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31)}
    await saved(trade.app, PartnerTarget(partner_id=partner.id, amount=D(100), **span))
    await trade.depot.receive("BOLT", 10)
    order = await trade.order(("BOLT", 5))
    await trade.do(order, "submit", "confirm", "ship", "invoice")
    kinds = ("partner_target", "partner_invoice", "channel_order")
    shown = f'{{ partner(id: "{trade.channel["NORTH"]}") {{ attainment exposure }} }}'

    async def seen(level: kehu.Level) -> Any:
        reads = {f"partner_inventory__{kind}__read": level for kind in kinds}
        reader = lea(partner_inventory__partner__read=ALL, **reads)
        return (await trade.channel.ask(shown, to=reader))["partner"]

    assert await seen(ALL) == {"attainment": "50", "exposure": "50"}
    assert await seen(OWN) == {"attainment": None, "exposure": "0"}


async def test_the_region_of_a_partner_is_told_to_who_may_see_the_customer(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 10)
    order = await trade.order(("BOLT", 5))
    await trade.do(order, "submit", "confirm", "ship", "invoice")
    async with trade.app.context() as ctx, ctx.write():
        customer = await ctx.get(kehu.Customer, trade.channel.partners["NORTH"].customer_id)
        customer.country = "DE"
    kinds = ("partner", "partner_invoice", "partner_invoice_line", "channel_order_line")
    reads = {f"partner_inventory__{kind}__read": ALL for kind in kinds} | {"core__product__read": ALL}
    asked = '{ channelSales(fromOn: "2026-01-01", untilOn: "2026-12-31", by: REGION) { key amount } }'

    async def sales(**more: kehu.Level) -> Any:
        return (await trade.channel.ask(asked, to=lea(**reads, **more)))["channelSales"]

    assert await sales(core__customer__read=ALL) == [{"key": "DE", "amount": "50"}]
    assert await sales() == [{"key": "", "amount": "50"}]


async def test_the_books_are_checked_by_who_sees_all_that_may_be_named(trade: Trade) -> None:
    asked = "{ stockDiscrepancies { what } }"
    reads = {f"partner_inventory__{kind}__read": ALL for kind in ("location", "channel_order")}
    checker = lea(partner_inventory__stock__check=ALL, core__product__read=ALL, **reads)
    assert await trade.channel.ask(asked, to=checker) == {"stockDiscrepancies": []}

    reads["partner_inventory__location__read"] = OWN
    checker = lea(partner_inventory__stock__check=ALL, core__product__read=ALL, **reads)
    answer = await trade.channel.api.execute(asked, principal=checker)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
