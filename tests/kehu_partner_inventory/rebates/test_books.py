"""On random books every base earns what a plain-Python reference says; the ledger, the lines and a simulation agree."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu_partner_inventory import (
    Location,
    LocationUsage,
    RebateBase,
    RebateKind,
    RebateMember,
    RebateProgramme,
    RebateTier,
)
from kehu_partner_inventory.rebates.accruing import accrue_rebates
from kehu_partner_inventory.rebates.reckoning import Terms
from tests.kehu.factories import changed, refused, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.rebates.reference import expected
from tests.kehu_partner_inventory.rebates.shop import Shop
from tests.kehu_partner_inventory.trade import Trade, open_trade

FIRST, LAST, GRACE, PAYMENT_GRACE = date(2026, 1, 1), date(2026, 6, 30), 20, 3
TIERS = ((0, 30, "1.25"), (30, 150, "3"), (150, None, "7.5"))


@dataclasses.dataclass
class Books:
    """What happened, in plain Python."""

    trade: Trade
    clock: Clock
    bulk: kehu.ProductCategory
    chance: random.Random
    orders: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    @property
    def today(self) -> date:
        return self.clock.now.date()


@pytest.fixture
async def books(app: kehu.App, clock: Clock) -> Books:
    trade = await open_trade(app)
    bulk = await saved(app, kehu.ProductCategory(name="Bulk"))
    await changed(app, trade.depot.products["SAND"], category_id=bulk.id)
    for code in ("BOLT", "SAND"):
        await trade.depot.receive(code, 500)
    await changed(app, trade.channel.partners["NORTH"], credit_limit=D(100_000))
    shop = {"usage": LocationUsage.PARTNER, "holder_id": trade.channel.partners["NORTH"].customer_id}
    await saved(app, Location(code="AT NORTH", name="Shop", currency="EUR", **shop))
    return Books(trade, clock, bulk, random.Random(11))


async def offered(books: Books, base: RebateBase, **values: Any) -> RebateProgramme:
    told: dict[str, Any] = {
        "name": base.name,
        "base": base,
        "kind": RebateKind.WHOLE_AMOUNT,
        "currency": "EUR",
        "from_on": FIRST,
        "until_on": LAST,
        "grace_days": GRACE,
        "payment_grace_days": PAYMENT_GRACE,
        "mix_category_id": books.bulk.id if base is RebateBase.MIX else None,
    }
    made = await saved(books.trade.app, RebateProgramme(**(told | values)))
    for start, end, percent in TIERS:
        tier = {
            "from_amount": D(start),
            "until_amount": None if end is None else D(end),
            "percent": D(percent),
        }
        await saved(books.trade.app, RebateTier(programme_id=made.id, **tier))
    member = books.trade.channel.partners["NORTH"].id
    await saved(books.trade.app, RebateMember(programme_id=made.id, partner_id=member))
    return made


async def some_trade(books: Books) -> None:
    """Orders on some days, each billed; some come back, some are sold on, some are paid, in time or not."""
    trade, chance = books.trade, books.chance
    for _ in range(5):
        books.clock.advance(days=chance.randint(5, 40))
        bolts, sand = chance.randint(1, 9), chance.randint(1, 30)
        key = await trade.order(("BOLT", bolts), ("SAND", sand))
        await trade.do(key, "submit", "confirm", "ship", "invoice")
        order: dict[str, Any] = {
            "on": books.today,
            "lines": {"BOLT": D(10) * bolts, "SAND": D("2.5") * sand},
            "back": [],
        }
        books.orders.append(order)
        if chance.random() < 0.6:
            books.clock.advance(days=chance.randint(1, 25))
            line, worth = await trade.line(key, 2), D("2.5")
            await trade.do(
                key,
                f'takeBack(lines: [{{lineId: "{line}", quantity: "1"}}], '
                f'toLocation: "{trade.depot["MAIN"]}", reason: "Wet.")',
            )
            order["back"].append((books.today, worth))
        order["paid_on"] = None
        if chance.random() < 0.7:
            books.clock.advance(days=chance.randint(1, 40))
            shown = "{ partnerInvoices(filter: {openAmount: {ne: 0}}) { nodes { openAmount } } }"
            owed = sum(
                D(each["openAmount"]) for each in (await trade.channel.ask(shown))["partnerInvoices"]["nodes"]
            )
            await trade.channel.do(f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", amount: "{owed}")')
            for each in books.orders:
                each["paid_on"] = each.get("paid_on") or books.today


def counted(books: Books, base: RebateBase, first: date = FIRST, last: date = LAST) -> dict[str, Any]:
    """The amounts that count by the text of the specification, and what of them is of the category."""
    found: dict[str, Any] = defaultdict(list)
    for order in books.orders:
        due_on = order["on"] + timedelta(days=30 + PAYMENT_GRACE)
        in_time = order["paid_on"] is not None and order["paid_on"] <= due_on
        if not first <= order["on"] <= last or (base is RebateBase.ON_TIME_PAYMENT and not in_time):
            continue
        back = [-worth for day, worth in order["back"] if day <= last + timedelta(days=GRACE)]
        found["all"] += [*order["lines"].values(), *back]
        found["focus"] += [order["lines"]["SAND"], *back]
    return found


async def drawn_up(books: Books, programme: RebateProgramme) -> dict[str, Any]:
    key = kehu.global_id("RebateProgramme", programme.id)
    payload = await books.trade.channel.do(
        f'drawUpRebateProgramme(id: "{key}", partner: "{books.trade.channel["NORTH"]}")',
        "result { id boughtAmount earnedAmount payableAmount lines(first: 100) { nodes { amount earnedAmount "
        "move { id } invoiceLine { orderLine { order { number } } } } } }",
    )
    return dict(payload["result"])


async def owed(books: Books, more: str = "") -> dict[str, tuple[str, str, str]]:
    """What the report of liabilities says, by programme."""
    found = await books.trade.channel.ask(
        f"{{ rebateLiability{more} {{ programme {{ name }} earned paid owed }} }}"
    )
    return {
        each["programme"]["name"]: (each["earned"], each["paid"], each["owed"])
        for each in found["rebateLiability"]
    }


async def simulated(books: Books, programme: RebateProgramme, first: date = FIRST, last: date = LAST) -> str:
    found = await books.trade.channel.ask(
        f'{{ simulateRebate(programme: "{kehu.global_id("RebateProgramme", programme.id)}", '
        f'partners: ["{books.trade.channel["NORTH"]}"], fromOn: "{first}", untilOn: "{last}") {{ earned }} }}'
    )
    return str(found["simulateRebate"][0]["earned"])


async def test_statements_on_random_books_are_those_of_the_reference(books: Books) -> None:
    bases = (RebateBase.SELL_IN, RebateBase.MIX, RebateBase.ON_TIME_PAYMENT)
    programmes = [await offered(books, base) for base in bases]
    await some_trade(books)
    async with books.trade.app.context() as ctx:
        await accrue_rebates(ctx)
    before = await owed(books)
    for programme in programmes:
        statement, told = await drawn_up(books, programme), counted(books, programme.base)
        terms = Terms(programme.base, programme.kind, [], "EUR")
        async with books.trade.app.context() as ctx:
            tiers = [each.tier for each in (await ctx.session.scalars(tiers_of(programme))).all()]
        terms = dataclasses.replace(terms, tiers=tiers)
        earned = expected(terms, told["all"], [], sum(told["focus"], D(0)))
        assert D(statement["boughtAmount"]) == sum(told["all"]), programme.name
        assert D(statement["earnedAmount"]) == earned, programme.name
        lines = statement["lines"]["nodes"]
        assert sum(D(each["earnedAmount"]) for each in lines) == earned
        assert sorted(D(each["amount"]) for each in lines) == sorted(told["all"])
        assert D(await simulated(books, programme)) == earned
        assert D(before[programme.name][0] if earned else "0") == earned


def tiers_of(programme: RebateProgramme) -> Any:
    return sa.select(RebateTier).where(RebateTier.programme_id == programme.id)


async def test_growth_on_random_books_is_that_of_the_reference(books: Books, clock: Clock) -> None:
    await some_trade(books)
    clock.advance(days=(date(2027, 1, 5) - books.today).days)
    days = {"from_on": FIRST.replace(year=2027), "until_on": LAST.replace(year=2027)}
    programme = await offered(books, RebateBase.GROWTH, kind=RebateKind.MARGINAL, **days)
    await some_trade(books)
    statement = await drawn_up(books, programme)
    now = counted(books, RebateBase.GROWTH, *days.values())["all"]
    before = counted(books, RebateBase.GROWTH)["all"]
    async with books.trade.app.context() as ctx:
        tiers = [each.tier for each in (await ctx.session.scalars(tiers_of(programme))).all()]
    earned = expected(Terms(programme.base, programme.kind, tiers, "EUR"), now, before)
    assert (D(statement["boughtAmount"]), D(statement["earnedAmount"])) == (sum(now), earned)
    assert sum(D(each["earnedAmount"]) for each in statement["lines"]["nodes"]) == earned
    assert (await owed(books))["GROWTH"][0] == statement["earnedAmount"] != "0"
    assert await simulated(books, programme, *days.values()) == statement["earnedAmount"]


async def test_each_transaction_is_an_entry_of_the_ledger(books: Books, clock: Clock) -> None:
    programme = await offered(books, RebateBase.SELL_IN)
    trade = books.trade
    first = await trade.order(("BOLT", 2))
    await trade.do(first, "submit", "confirm", "ship", "invoice")
    morning = clock.now
    clock.advance(days=1)
    second = await trade.order(("BOLT", 2))
    await trade.do(second, "submit", "confirm", "ship", "invoice")
    line = await trade.line(second)
    await trade.do(
        second,
        f'takeBack(lines: [{{lineId: "{line}", quantity: "1"}}], toLocation: "{trade.depot["MAIN"]}", reason: "Wet.")',
    )
    found = await trade.channel.ask(
        "{ rebateAccruals(orderBy: [{field: ID}]) { nodes { kind amount invoice { number } } } }"
    )
    assert [(each["amount"], each["invoice"]["number"]) for each in found["rebateAccruals"]["nodes"]] == [
        ("0.25", "I-2026-00001"),
        ("0.95", "I-2026-00002"),
        ("-0.3", "I-2026-00003"),
    ]
    assert await owed(books) == {"SELL_IN": ("0.9", "0", "0.9")}
    assert await owed(books, f'(at: "{morning:%Y-%m-%dT%H:%M:%SZ}")') == {"SELL_IN": ("0.25", "0", "0.25")}

    statement = await drawn_up(books, programme)
    await trade.channel.do(f'approveRebateStatement(id: "{statement["id"]}")')
    await trade.channel.do(f'payOutInCashRebateStatement(id: "{statement["id"]}")')
    assert await owed(books) == {"SELL_IN": ("0.9", "0.9", "0")}
    for code, seen in (("NORTH", 4), ("SOUTH", 0)):
        user = await trade.channel.user_of(code)
        count = await trade.channel.ask("{ rebateAccruals { totalCount } rebateLiability { owed } }", to=user)
        assert (count["rebateAccruals"]["totalCount"], len(count["rebateLiability"])) == (seen, min(seen, 1))


async def test_what_was_sold_on_counts_at_what_was_paid_for_it(books: Books, clock: Clock) -> None:
    programme = await offered(books, RebateBase.SELL_OUT)
    trade = books.trade
    key = await trade.order(("BOLT", 8), ("SAND", 4))
    await trade.do(key, "submit", "confirm", "ship", "invoice")
    clock.advance(days=3)
    for code, quantity in (("BOLT", 5), ("SAND", 2)):
        await trade.channel.do(
            f'issueFromLocation(id: "{await place(trade)}", lines: [{trade.depot.line(code, quantity)}])'
        )
    async with trade.app.context() as ctx:
        await accrue_rebates(ctx)
    statement = await drawn_up(books, programme)
    assert (statement["boughtAmount"], statement["earnedAmount"]) == ("55", "1.65")
    lines = statement["lines"]["nodes"]
    assert sorted(each["amount"] for each in lines) == ["5", "50"]
    assert all(each["move"] and each["invoiceLine"]["orderLine"]["order"]["number"] for each in lines)
    assert await simulated(books, programme) == "1.65"
    assert await owed(books) == {"SELL_OUT": ("1.65", "0", "1.65")}


async def test_sell_out_on_random_books_is_that_of_the_reference(books: Books) -> None:
    programme = await offered(books, RebateBase.SELL_OUT)
    shop = Shop(books.trade, books.clock, books.chance, await place(books.trade))
    for code in ("BOLT", "FLOUR"):
        await shop.find(code, 5)
    await shop.sell("BOLT", "FLOUR")
    for _ in range(7):
        books.clock.advance(days=books.chance.randint(5, 40))
        await shop.buy("BOLT", "SAND")
        await shop.sell("BOLT", "SAND", "FLOUR")
        books.clock.advance(days=books.chance.randint(0, 20))
        await shop.take_back("SAND")
        await shop.undo_a_sale()

    statement, amounts = await drawn_up(books, programme), shop.counted(FIRST, LAST, grace_days=GRACE)

    async with books.trade.app.context() as ctx:
        tiers = [each.tier for each in (await ctx.session.scalars(tiers_of(programme))).all()]
    earned = expected(Terms(programme.base, programme.kind, tiers, "EUR"), amounts, [])
    assert len(shop.sales) > len(amounts) > len(shop.sales) / 4
    assert (D(statement["boughtAmount"]), D(statement["earnedAmount"])) == (sum(amounts), earned)
    lines = statement["lines"]["nodes"]
    assert sorted(D(each["amount"]) for each in lines) == sorted(amounts)
    assert sum(D(each["earnedAmount"]) for each in lines) == earned > 0
    assert await simulated(books, programme) == statement["earnedAmount"]
    assert (await owed(books))["SELL_OUT"][0] == statement["earnedAmount"]


async def place(trade: Trade) -> str:
    found = await trade.channel.ask('{ locations(filter: {code: {eq: "AT NORTH"}}) { nodes { id } } }')
    return str(found["locations"]["nodes"][0]["id"])


async def test_a_mix_has_a_category_and_holds_for_the_whole_amount(books: Books) -> None:
    told = {
        "name": "X",
        "currency": "EUR",
        "from_on": FIRST,
        "until_on": LAST,
        "kind": RebateKind.WHOLE_AMOUNT,
    }
    for values, field in (
        ({"base": RebateBase.MIX}, "mixCategoryId"),
        ({"base": RebateBase.SELL_IN, "mix_category_id": books.bulk.id}, "mixCategoryId"),
        ({"base": RebateBase.MIX, "mix_category_id": books.bulk.id, "kind": RebateKind.MARGINAL}, "kind"),
        ({"base": RebateBase.SELL_IN, "payment_grace_days": -1}, "paymentGraceDays"),
    ):
        given: dict[str, Any] = told | values
        errors = await refused(books.trade.app, RebateProgramme(**given))
        assert [(each.code, each.field) for each in errors] == [("IMPOSSIBLE_REBATE", field)]


async def test_invoices_at_the_same_moment_earn_together_what_they_earn(books: Books) -> None:
    await offered(books, RebateBase.SELL_IN)
    trade = books.trade
    keys = [await trade.order(("BOLT", 3)) for _ in range(3)]
    for key in keys:
        await trade.do(key, "submit", "confirm", "ship")
    await asyncio.gather(*(trade.do(key, "invoice") for key in keys))
    assert await owed(books) == {"SELL_IN": ("2.7", "0", "2.7")}
    found = await trade.channel.ask("{ rebateAccruals { nodes { amount } } }")
    assert sorted(each["amount"] for each in found["rebateAccruals"]["nodes"]) == ["0.9"] * 3
